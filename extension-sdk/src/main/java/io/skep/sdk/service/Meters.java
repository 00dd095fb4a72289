// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * What an extension counts, and a view of all that is counted in the broker. A meter is made once and kept; asked for
 * again under the same name and tags it is the same. Those of an extension end with it. Everything here answers at
 * once, on any thread.
 *
 * <p>Names and tags are lower-case letters, digits and {@code _}, beginning with a letter. Each tag value makes a meter
 * of its own, so there should be few: a client id is no tag.
 */
public interface Meters {

    /** The most meters of an extension. */
    int METERS_MAX = 1_000;

    /**
     * {@return a counter}
     *
     * @param name what it counts, in the plural
     * @param description for people
     * @param tags what distinguishes it from others of that name
     * @throws IllegalArgumentException if a name is not as above, or another kind of meter has it
     * @throws IllegalStateException if there are {@value #METERS_MAX} others
     */
    Counter counter(String name, String description, Map<String, String> tags);

    /**
     * {@return a counter without tags}
     *
     * @param name what it counts, in the plural
     * @param description for people
     */
    default Counter counter(String name, String description) {
        return counter(name, description, Map.of());
    }

    /**
     * {@return a timer}
     *
     * @param name what takes its time
     * @param description for people
     * @param tags what distinguishes it from others of that name
     * @throws IllegalArgumentException if a name is not as above, or another kind of meter has it
     * @throws IllegalStateException if there are {@value #METERS_MAX} others
     */
    Timer timer(String name, String description, Map<String, String> tags);

    /**
     * {@return a timer without tags}
     *
     * @param name what takes its time
     * @param description for people
     */
    default Timer timer(String name, String description) {
        return timer(name, description, Map.of());
    }

    /**
     * Shows a number that goes up and down. The first one of that name and tags stays.
     *
     * @param name what it is
     * @param description for people
     * @param tags what distinguishes it from others of that name
     * @param value asked by whoever reads, on that thread; while it throws, the gauge is left out
     * @throws IllegalArgumentException if a name is not as above, or another kind of meter has it
     * @throws IllegalStateException if there are {@value #METERS_MAX} others
     */
    void gauge(String name, String description, Map<String, String> tags, DoubleSupplier value);

    /**
     * {@return every meter of the broker and of all extensions, as it is now}
     *
     * <p>Some gauges of the broker are found by a walk over all sessions. So this is for a thread that may take
     * milliseconds, now and then, and not for a hook.
     */
    List<Reading> read();
}
