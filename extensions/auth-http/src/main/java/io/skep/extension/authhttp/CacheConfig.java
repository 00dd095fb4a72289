// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authhttp;

import io.skep.extension.http.Checks;
import java.time.Duration;

/**
 * How long and how many answers are remembered, of those whose server allows it.
 *
 * @param timeMax longest; 0 to remember none
 * @param bytesMax memory for them
 */
public record CacheConfig(Duration timeMax, Integer bytesMax) {

    /** Five minutes and 16 MiB. */
    public static final CacheConfig DEFAULT = new CacheConfig(Duration.ofMinutes(5), 16 << 20);

    /** Checks each. */
    public CacheConfig {
        Checks.range("time-max", timeMax, Duration.ZERO, Duration.ofDays(1));
        Checks.range("bytes-max", bytesMax, 1 << 10, 1 << 30);
    }
}
