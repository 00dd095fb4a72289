// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.webhook;

import io.skep.extension.http.Checks;

/**
 * What may wait for one target; what comes above is dropped.
 *
 * @param eventsMax at most as many events
 * @param bytesMax and at most as long, as JSON
 */
public record QueueConfig(Integer eventsMax, Integer bytesMax) {

    /** Some minutes of a busy broker. */
    public static final QueueConfig DEFAULT = new QueueConfig(50_000, 32 << 20);

    /** Checks each. */
    public QueueConfig {
        Checks.range("events-max", eventsMax, 1, 10_000_000);
        Checks.range("bytes-max", bytesMax, 64 << 10, 1 << 30);
    }
}
