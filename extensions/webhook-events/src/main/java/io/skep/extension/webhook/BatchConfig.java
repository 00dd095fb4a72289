// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.webhook;

import io.skep.extension.http.Checks;
import java.time.Duration;

/**
 * What goes into one request.
 *
 * @param eventsMax at most as many events
 * @param waitMax longest that an event waits for others
 */
public record BatchConfig(Integer eventsMax, Duration waitMax) {

    /** Few requests, and no long wait. */
    public static final BatchConfig DEFAULT = new BatchConfig(100, Duration.ofSeconds(1));

    /** Checks each. */
    public BatchConfig {
        Checks.range("events-max", eventsMax, 1, 10_000);
        Checks.range("wait-max", waitMax, Duration.ZERO, Duration.ofHours(1));
    }
}
