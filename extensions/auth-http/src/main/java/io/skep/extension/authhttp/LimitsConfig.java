// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authhttp;

import io.skep.extension.http.Checks;
import java.time.Duration;

/**
 * How much the server may take, and how long.
 *
 * @param connectTimeout longest for a connection
 * @param requestTimeout longest from a request, its connection included, to the end of its answer
 * @param deadline longest from the question of a client to its answer, the wait for a free place included
 * @param inFlightMax requests at the same time, each with a connection of its own
 * @param waitingMax questions that wait for a free place; what comes above has failed at once
 * @param answerBytesMax longest body of an answer
 */
public record LimitsConfig(
        Duration connectTimeout,
        Duration requestTimeout,
        Duration deadline,
        Integer inFlightMax,
        Integer waitingMax,
        Integer answerBytesMax) {

    /** Room for 1,000 logins a second at a server that answers in half a second. */
    public static final LimitsConfig DEFAULT =
            new LimitsConfig(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(5), 500, 5_000, 64 << 10);

    /** Checks each. */
    public LimitsConfig {
        Duration min = Duration.ofMillis(100);
        Checks.range("connect-timeout", connectTimeout, min, Duration.ofMinutes(1));
        Checks.range("request-timeout", requestTimeout, min, Duration.ofMinutes(1));
        Checks.range("deadline", deadline, min, Duration.ofMinutes(5));
        Checks.range("in-flight-max", inFlightMax, 1, 10_000);
        Checks.range("waiting-max", waitingMax, 0, 1_000_000);
        Checks.range("answer-bytes-max", answerBytesMax, 256, 16 << 20);
    }
}
