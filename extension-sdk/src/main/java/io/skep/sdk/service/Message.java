// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

import io.skep.sdk.Qos;
import io.skep.sdk.UserProperty;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message that an extension publishes, or that is retained. Immutable; begin with {@link #of}.
 *
 * @param topic a topic name
 * @param payload any bytes; read-only, a fresh view at each call
 * @param qos of the publication
 * @param retain whether it is to be retained, or was; an empty payload then removes what is retained
 * @param expirySeconds how long it is worth something, -1 for ever
 * @param properties what MQTT 5.0 subscribers get beside the payload
 */
public record Message(
        String topic, ByteBuffer payload, Qos qos, boolean retain, long expirySeconds, Properties properties) {

    private static final long EXPIRY_MAX = 0xFFFF_FFFFL;

    /**
     * Checks each, and copies the payload.
     *
     * @throws IllegalArgumentException if the topic has a wildcard or nothing at all, or the expiry is out of range
     */
    public Message {
        if (topic.isEmpty() || topic.chars().anyMatch(c -> c == '+' || c == '#' || c == 0)) {
            throw new IllegalArgumentException(
                    "topic: '" + topic + "' (expected: at least one character, no wildcard, no U+0000)");
        }
        if (expirySeconds < -1 || expirySeconds > EXPIRY_MAX) {
            throw new IllegalArgumentException(
                    "expirySeconds: " + expirySeconds + " (expected: -1 to " + EXPIRY_MAX + ")");
        }
        payload = ByteBuffer.allocate(payload.remaining())
                .put(payload.duplicate())
                .flip();
    }

    @Override
    public ByteBuffer payload() {
        return payload.asReadOnlyBuffer();
    }

    /** {@return the payload as text} */
    public String text() {
        return StandardCharsets.UTF_8.decode(payload()).toString();
    }

    /**
     * {@return a message of QoS 0 without properties}
     *
     * @param topic a topic name
     * @param payload is copied
     * @throws IllegalArgumentException if the topic is none
     */
    public static Message of(String topic, byte[] payload) {
        return new Message(topic, ByteBuffer.wrap(payload), Qos.AT_MOST_ONCE, false, -1, Properties.NONE);
    }

    /**
     * {@return a message of QoS 0 without properties}
     *
     * @param topic a topic name
     * @param text in UTF-8
     * @throws IllegalArgumentException if the topic is none
     */
    public static Message of(String topic, String text) {
        return of(topic, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * {@return a copy with another QoS}
     *
     * @param qos any
     */
    public Message withQos(Qos qos) {
        return new Message(topic, payload, qos, retain, expirySeconds, properties);
    }

    /**
     * {@return a copy with another retain flag}
     *
     * @param retain whether to retain
     */
    public Message withRetain(boolean retain) {
        return new Message(topic, payload, qos, retain, expirySeconds, properties);
    }

    /**
     * {@return a copy with another expiry}
     *
     * @param seconds -1 for none, at most 4294967295
     * @throws IllegalArgumentException if it is out of range
     */
    public Message withExpirySeconds(long seconds) {
        return new Message(topic, payload, qos, retain, seconds, properties);
    }

    /**
     * {@return a copy with other properties}
     *
     * @param properties replace all
     */
    public Message withProperties(Properties properties) {
        return new Message(topic, payload, qos, retain, expirySeconds, properties);
    }

    /**
     * What MQTT 5.0 subscribers get beside the payload. Immutable; begin with {@link #NONE}.
     *
     * @param payloadIsText whether the payload is marked as UTF-8 text
     * @param contentType null for none
     * @param responseTopic a topic name, null for none
     * @param correlationData read-only, null for none
     * @param userProperties in their order
     */
    public record Properties(
            boolean payloadIsText,
            @Nullable String contentType,
            @Nullable String responseTopic,
            @Nullable ByteBuffer correlationData,
            List<UserProperty> userProperties) {

        /** No properties. */
        public static final Properties NONE = new Properties(false, null, null, null, List.of());

        /** Copies what could change. */
        public Properties {
            userProperties = List.copyOf(userProperties);
            if (correlationData != null) {
                correlationData = ByteBuffer.allocate(correlationData.remaining())
                        .put(correlationData.duplicate())
                        .flip();
            }
        }

        @Override
        public @Nullable ByteBuffer correlationData() {
            return correlationData == null ? null : correlationData.asReadOnlyBuffer();
        }

        /**
         * {@return a copy with another content type that marks the payload as text, or not}
         *
         * @param type null for none
         * @param isText whether the payload is UTF-8
         */
        public Properties withContentType(@Nullable String type, boolean isText) {
            return new Properties(isText, type, responseTopic, correlationData, userProperties);
        }

        /**
         * {@return a copy that asks for a response}
         *
         * @param topic where to; null for none
         * @param data comes back with the response; null for none
         */
        public Properties withResponse(@Nullable String topic, @Nullable ByteBuffer data) {
            return new Properties(payloadIsText, contentType, topic, data, userProperties);
        }

        /**
         * {@return a copy with other user properties}
         *
         * @param properties in their order
         */
        public Properties withUserProperties(List<UserProperty> properties) {
            return new Properties(payloadIsText, contentType, responseTopic, correlationData, properties);
        }
    }
}
