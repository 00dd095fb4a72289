// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.webhook;

import io.skep.extension.http.Checks;
import java.time.Duration;

/**
 * How long a request may take, and what follows when it fails.
 *
 * @param connectTimeout longest for a connection
 * @param timeout longest from the begin of a request, its connection included, to the end of its answer
 * @param retryFirst wait after the first failure; each one after it is twice as long
 * @param retryMax the longest such wait
 * @param giveUpAfter how long the same events are tried before they are dropped; zero for ever
 * @param stopWait how long a stop waits for what is not delivered yet
 */
public record RequestConfig(
        Duration connectTimeout,
        Duration timeout,
        Duration retryFirst,
        Duration retryMax,
        Duration giveUpAfter,
        Duration stopWait) {

    /** The broker waits three seconds for an extension to stop. */
    private static final Duration STOP_MAX = Duration.ofMillis(2_500);

    /** An hour for a server to come back. */
    public static final RequestConfig DEFAULT = new RequestConfig(
            Duration.ofSeconds(3),
            Duration.ofSeconds(10),
            Duration.ofMillis(500),
            Duration.ofSeconds(30),
            Duration.ofHours(1),
            Duration.ofSeconds(2));

    /** Checks each. */
    public RequestConfig {
        Duration min = Duration.ofMillis(100);
        Checks.range("connect-timeout", connectTimeout, min, Duration.ofMinutes(1));
        Checks.range("timeout", timeout, min, Duration.ofMinutes(10));
        Checks.range("retry-first", retryFirst, Duration.ofMillis(10), Duration.ofMinutes(10));
        Checks.range("retry-max", retryMax, retryFirst, Duration.ofHours(1));
        Checks.range("give-up-after", giveUpAfter, Duration.ZERO, Duration.ofDays(365));
        Checks.range("stop-wait", stopWait, Duration.ZERO, STOP_MAX);
    }
}
