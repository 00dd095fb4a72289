// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.skep.broker.codec.Properties;
import io.skep.broker.codec.PublishFrame;
import io.skep.broker.codec.Topics;
import io.skep.broker.routing.Message;
import io.skep.broker.routing.Topic;
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
    private boolean answered;

    PublishView(Topic topic, PublishFrame frame) {
        this.topic = topic;
        this.frame = frame;
    }

    private PublishView(Message message) {
        this.topic = Topic.of(message.topic());
        this.message = message;
    }

    /** {@return a view of a message that is kept} */
    public static Publish of(Message message) {
        return new PublishView(message);
    }

    /** {@return the message of a publish that an extension answered with, which only this class can have made} */
    public static Message messageOf(Publish publish) {
        return ((PublishView) publish).message();
    }

    /** {@return the packet, while it lies in the inbound buffer} */
    @Nullable PublishFrame frame() {
        return frame;
    }

    /** {@return whether the extensions have answered} */
    boolean isAnswered() {
        return answered;
    }

    void answered() {
        answered = true;
    }

    /** Copies what lies in the inbound buffer, which is about to be given back. */
    void keep() {
        message();
        frame = null;
    }

    Message message() {
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
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        Topics.checkName(name);
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

    private Publish changed(byte[] topic, byte[] payload, byte @Nullable [] properties, int qos, boolean retain) {
        byte[] some = properties != null && properties.length == 0 ? null : properties;
        return new PublishView(
                new Message(topic, payload, some, qos, retain, message().expiresAtMillis()));
    }

    @Override
    public Publish copy() {
        return new PublishView(message());
    }
}
