// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.skep.broker.codec.Properties;
import io.skep.broker.codec.PropertiesBuilder;
import io.skep.broker.codec.Topics;
import io.skep.broker.config.MqttConfig;
import io.skep.broker.routing.Message;
import io.skep.sdk.Qos;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Messages as extensions see them, and as the broker keeps them. */
final class Messages {

    private static final String SHARE = "$share/";

    private Messages() {}

    /**
     * {@return the message as the broker keeps it}
     *
     * @throws IllegalArgumentException if this broker does not take it
     */
    static Message kept(io.skep.sdk.service.Message message, MqttConfig mqtt) {
        if (message.topic().startsWith(SHARE)) {
            throw new IllegalArgumentException("topic: '" + message.topic() + "' (expected: not " + SHARE + ")");
        }
        if (message.retain() && !mqtt.features().retain()) {
            throw new IllegalArgumentException("retain: true (expected: false, for mqtt.features.retain is false)");
        }
        byte[] payload = bytes(message.payload());
        if (payload.length > mqtt.packetBytesMax()) {
            throw new IllegalArgumentException("payload: " + payload.length
                    + " bytes (expected: at most mqtt.packet-bytes-max, " + mqtt.packetBytesMax() + ")");
        }
        long expiry = message.expirySeconds();
        return new Message(
                message.topic().getBytes(UTF_8),
                payload,
                encoded(message.properties()),
                message.qos().ordinal(),
                message.retain(),
                expiry < 0 ? 0 : System.currentTimeMillis() + expiry * 1000);
    }

    private static byte @Nullable [] encoded(io.skep.sdk.service.Message.Properties properties) {
        PropertiesBuilder builder = Properties.builder();
        if (properties.payloadIsText()) {
            builder.payloadIsText();
        }
        String contentType = properties.contentType();
        if (contentType != null) {
            builder.contentType(contentType);
        }
        String responseTopic = properties.responseTopic();
        if (responseTopic != null) {
            Topics.checkName(responseTopic.getBytes(UTF_8));
            builder.responseTopic(responseTopic);
        }
        ByteBuffer correlationData = properties.correlationData();
        if (correlationData != null) {
            builder.correlationData(bytes(correlationData));
        }
        Properties all = builder.userProperties(properties.userProperties()).build();
        return all.isEmpty() ? null : all.encoded();
    }

    /** {@return the message as an extension sees it} */
    static io.skep.sdk.service.Message shown(Message message) {
        Properties properties = Properties.of(message.properties());
        byte[] correlationData = properties.correlationData();
        long expiresAt = message.expiresAtMillis();
        return new io.skep.sdk.service.Message(
                new String(message.topic(), UTF_8),
                ByteBuffer.wrap(message.payload()),
                Qos.of(message.qos()),
                message.retain(),
                expiresAt == 0 ? -1 : Message.secondsLeft(expiresAt),
                new io.skep.sdk.service.Message.Properties(
                        properties.payloadIsText(),
                        properties.contentType(),
                        properties.responseTopic(),
                        correlationData == null ? null : ByteBuffer.wrap(correlationData),
                        properties.userProperties()));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
