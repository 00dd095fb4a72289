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

    /** {@return the same with another expiry} */
    public Message expiringAt(long millis) {
        return new Message(topic, payload, properties, qos, retain, millis);
    }

    public boolean isExpired(long nowMillis) {
        return expiresAtMillis != 0 && expiresAtMillis <= nowMillis;
    }
}
