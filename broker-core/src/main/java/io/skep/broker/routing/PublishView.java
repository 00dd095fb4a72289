// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import io.skep.broker.codec.MqttException;
import io.skep.broker.codec.Properties;
import io.skep.broker.codec.PropertiesBuilder;
import io.skep.broker.codec.PublishFrame;
import io.skep.broker.codec.Topics;
import io.skep.sdk.Qos;
import io.skep.sdk.UserProperty;
import io.skep.sdk.publish.Publish;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A PUBLISH as extensions see it: a view of the inbound buffer while they look at it, a message of its own afterwards.
 * What is not asked for is not decoded.
 */
public final class PublishView implements Publish {

    private final Topic topic;
    private @Nullable PublishFrame frame;
    private @Nullable Message message;
    private final boolean will;

    /** A view of what lies in the inbound buffer. */
    public PublishView(Topic topic, PublishFrame frame) {
        this.topic = topic;
        this.frame = frame;
        will = false;
    }

    private PublishView(Message message, boolean will) {
        this.topic = Topic.of(message.topic());
        this.message = message;
        this.will = will;
    }

    /** {@return a view of a message that is kept} */
    public static PublishView of(Message message) {
        return new PublishView(message, false);
    }

    /** {@return a view of a will} */
    public static PublishView ofWill(Message message) {
        return new PublishView(message, true);
    }

    /** {@return the message of a publish that an extension answered with} */
    public static Message messageOf(Publish publish) {
        if (publish instanceof PublishView view) {
            return view.message();
        }
        Message empty = new Message(new byte[0], new byte[0], null, 0, false, 0);
        return messageOf(
                of(empty) // an extension may have an implementation of its own, which is not to be trusted
                        .withTopic(publish.topic())
                        .withPayload(publish.payload())
                        .withQos(publish.qos())
                        .withRetain(publish.retain())
                        .withExpirySeconds(publish.expirySeconds())
                        .withPayloadIsText(publish.payloadIsText())
                        .withContentType(publish.contentType())
                        .withResponse(publish.responseTopic(), publish.correlationData())
                        .withUserProperties(publish.userProperties()));
    }

    /** {@return the packet, while it lies in the inbound buffer} */
    public @Nullable PublishFrame frame() {
        return frame;
    }

    /** Copies what lies in the inbound buffer, which is about to be given back. */
    public void keep() {
        message();
        frame = null;
    }

    /** {@return the message, copied out of the inbound buffer when first asked for} */
    public Message message() {
        Message kept = message;
        if (kept == null) {
            PublishFrame packet = frame;
            if (packet == null) {
                throw new IllegalStateException("publish: over (expected: used during the call, or copied)");
            }
            byte[] payload = new byte[packet.payloadLength()];
            packet.buffer().getBytes(packet.payloadStart(), payload);
            long expiry = packet.expirySeconds();
            long expiresAtMillis = expiry < 0 ? 0 : System.currentTimeMillis() + expiry * 1000;
            kept = new Message(
                    topic.name(),
                    payload,
                    packet.forwardableProperties(),
                    packet.qos(),
                    packet.retain(),
                    expiresAtMillis);
            message = kept;
        }
        return kept;
    }

    private Properties properties() {
        return Properties.of(
                frame != null ? frame.forwardableProperties() : message().properties());
    }

    @Override
    public String topic() {
        return topic.text();
    }

    @Override
    public boolean isWill() {
        return will;
    }

    @Override
    public ByteBuffer payload() {
        return frame != null
                ? frame.buffer()
                        .nioBuffer(frame.payloadStart(), frame.payloadLength())
                        .asReadOnlyBuffer()
                : ByteBuffer.wrap(message().payload()).asReadOnlyBuffer();
    }

    @Override
    public Qos qos() {
        return Qos.of(frame != null ? frame.qos() : message().qos());
    }

    @Override
    public boolean retain() {
        return frame != null ? frame.retain() : message().retain();
    }

    @Override
    public boolean payloadIsText() {
        return properties().payloadIsText();
    }

    @Override
    public long expirySeconds() {
        if (frame != null) {
            return frame.expirySeconds();
        }
        long at = message().expiresAtMillis();
        return at == 0 ? -1 : Message.secondsLeft(at);
    }

    @Override
    public @Nullable String contentType() {
        return properties().contentType();
    }

    @Override
    public @Nullable String responseTopic() {
        return properties().responseTopic();
    }

    @Override
    public @Nullable ByteBuffer correlationData() {
        byte[] data = properties().correlationData();
        return data == null ? null : ByteBuffer.wrap(data).asReadOnlyBuffer();
    }

    @Override
    public List<UserProperty> userProperties() {
        return properties().userProperties();
    }

    @Override
    public Publish withTopic(String topic) {
        byte[] name = checkedName(topic);
        Message old = message();
        return changed(name, old.payload(), old.properties(), old.qos(), old.retain());
    }

    @Override
    public Publish withPayload(ByteBuffer payload) {
        byte[] bytes = new byte[payload.remaining()];
        payload.duplicate().get(bytes);
        Message old = message();
        return changed(old.topic(), bytes, old.properties(), old.qos(), old.retain());
    }

    @Override
    public Publish withQos(Qos qos) {
        Message old = message();
        return changed(old.topic(), old.payload(), old.properties(), qos.ordinal(), old.retain());
    }

    @Override
    public Publish withRetain(boolean retain) {
        Message old = message();
        return changed(old.topic(), old.payload(), old.properties(), old.qos(), retain);
    }

    @Override
    public Publish withUserProperties(List<UserProperty> userProperties) {
        Message old = message();
        byte[] properties = Properties.of(old.properties())
                .withUserProperties(userProperties)
                .encoded();
        return changed(old.topic(), old.payload(), properties, old.qos(), old.retain());
    }

    @Override
    public Publish withExpirySeconds(long seconds) {
        if (seconds < -1 || seconds > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException("expiry: " + seconds + " (expected: -1 to 4294967295)");
        }
        long at = seconds < 0 ? 0 : System.currentTimeMillis() + seconds * 1000;
        return new PublishView(message().expiringAt(at), will);
    }

    @Override
    public Publish withPayloadIsText(boolean isText) {
        return withProperties(
                isText, contentType(), responseTopic(), properties().correlationData());
    }

    @Override
    public Publish withContentType(@Nullable String contentType) {
        return withProperties(
                payloadIsText(), contentType, responseTopic(), properties().correlationData());
    }

    @Override
    public Publish withResponse(@Nullable String responseTopic, @Nullable ByteBuffer correlationData) {
        if (responseTopic != null) {
            checkedName(responseTopic);
        }
        byte[] data = correlationData == null ? null : new byte[correlationData.remaining()];
        if (correlationData != null) {
            correlationData.duplicate().get(data);
        }
        return withProperties(payloadIsText(), contentType(), responseTopic, data);
    }

    private static byte[] checkedName(String topic) {
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        try {
            Topics.checkName(name);
        } catch (MqttException e) { // which extensions do not know
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return name;
    }

    private Publish withProperties(
            boolean isText,
            @Nullable String contentType,
            @Nullable String responseTopic,
            byte @Nullable [] correlationData) {
        PropertiesBuilder properties = Properties.builder();
        if (isText) {
            properties.payloadIsText();
        }
        if (contentType != null) {
            properties.contentType(contentType);
        }
        if (responseTopic != null) {
            properties.responseTopic(responseTopic);
        }
        if (correlationData != null) {
            properties.correlationData(correlationData);
        }
        byte[] all = properties.userProperties(userProperties()).build().encoded();
        Message old = message();
        return changed(old.topic(), old.payload(), all, old.qos(), old.retain());
    }

    private Publish changed(byte[] topic, byte[] payload, byte @Nullable [] properties, int qos, boolean retain) {
        byte[] some = properties != null && properties.length == 0 ? null : properties;
        return new PublishView(
                new Message(topic, payload, some, qos, retain, message().expiresAtMillis()), will);
    }

    @Override
    public Publish copy() {
        return new PublishView(message(), will);
    }
}
