// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is published and received, with its properties. */
record Mqtt5Message(String topic, String payload, int qos, boolean retain, Properties properties) {

    /**
     * What MQTT 5.0 lets one say about a message.
     *
     * @param expirySeconds 0: never
     * @param user name=value, in their order
     * @param subscriptions the identifiers of the subscriptions that it was received for
     * @param topicAlias with which it was received; 0: none
     */
    record Properties(
            long expirySeconds,
            @Nullable String contentType,
            @Nullable String responseTopic,
            @Nullable String correlationData,
            List<String> user,
            List<Integer> subscriptions,
            int topicAlias) {

        static final Properties NONE = expiring(0);

        static Properties expiring(long seconds) {
            return new Properties(seconds, null, null, null, List.of(), List.of(), 0);
        }

        static Properties correlated(@Nullable String correlationData) {
            return new Properties(0, null, null, correlationData, List.of(), List.of(), 0);
        }
    }

    /** A message that is not retained and says nothing more. */
    Mqtt5Message(String topic, String payload, int qos) {
        this(topic, payload, qos, false, Properties.NONE);
    }

    Mqtt5Message retained() {
        return new Mqtt5Message(topic, payload, qos, true, properties);
    }

    Mqtt5Message with(Properties replacement) {
        return new Mqtt5Message(topic, payload, qos, retain, replacement);
    }
}
