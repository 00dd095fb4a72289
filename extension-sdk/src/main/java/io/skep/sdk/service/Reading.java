// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A meter at one moment.
 *
 * @param source {@code skep} for one of the broker's, else the id of the extension
 * @param name of the meter
 * @param description for people
 * @param kind what it is
 * @param tags what distinguishes it from others of that name
 * @param value the count, or the value of a gauge; of a timer, how often it was recorded
 * @param times of a timer; else null
 */
public record Reading(
        String source,
        String name,
        String description,
        Kind kind,
        Map<String, String> tags,
        double value,
        @Nullable Times times) {

    /** What a meter is. */
    public enum Kind {
        /** Grows only. */
        COUNTER,
        /** Goes up and down. */
        GAUGE,
        /** A distribution of times. */
        TIMER
    }

    /**
     * What a timer has recorded.
     *
     * @param sumSeconds of all
     * @param buckets how many took up to some time, from the shortest on; longer ones are only in the count
     */
    public record Times(double sumSeconds, List<Bucket> buckets) {}

    /**
     * What took up to some time.
     *
     * @param seconds that time
     * @param count how many took that or less
     */
    public record Bucket(double seconds, long count) {}
}
