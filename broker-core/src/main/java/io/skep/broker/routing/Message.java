// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import org.jspecify.annotations.Nullable;

/**
 * A message that is kept: queued, retained, handed to another loop. Immutable, of its true size.
 *
 * @param topic name in UTF-8
 * @param payload any bytes
 * @param properties those that subscribers get, encoded without their length, null if there are none
 * @param qos of the publisher
 * @param retain as published
 * @param expiresAtMillis wall clock time at which it is worthless, 0 for never
 */
public record Message(
        byte[] topic, byte[] payload, byte @Nullable [] properties, int qos, boolean retain, long expiresAtMillis) {

    /** {@return bytes that it takes in a queue, about} */
    public int bytes() {
        return topic.length + payload.length + (properties == null ? 0 : properties.length);
    }

    public boolean isExpired(long nowMillis) {
        return expiresAtMillis != 0 && expiresAtMillis <= nowMillis;
    }

    /**
     * {@return the seconds that a message has left, 0 if it has expired} A second that has begun counts whole, so that
     * a message that did not wait keeps its interval [MQTT-3.3.2-6].
     */
    public static long secondsLeft(long expiresAtMillis) {
        return Math.max(0, (expiresAtMillis - System.currentTimeMillis() + 999) / 1000);
    }
}
