// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk;

/** Quality of Service; the ordinal is the value on the wire. */
public enum Qos {
    /** QoS 0. */
    AT_MOST_ONCE,
    /** QoS 1. */
    AT_LEAST_ONCE,
    /** QoS 2. */
    EXACTLY_ONCE;

    private static final Qos[] VALUES = values();

    /**
     * {@return the constant for a value on the wire}
     *
     * @param value 0, 1 or 2
     * @throws IndexOutOfBoundsException if it is none of these
     */
    public static Qos of(int value) {
        return VALUES[value];
    }
}
