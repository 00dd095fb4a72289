// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.skep.broker.codec.DeliveryProperties;
import io.skep.broker.codec.PacketEncoder;
import io.skep.broker.codec.PublishFrame;
import io.skep.broker.loop.Loop;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way to its recipients. One object per loop serves all messages of that loop, so it is valid during
 * {@link Router#publish} only; who keeps the message asks for {@link #message}, which copies it once.
 *
 * <p>What goes out is built once per variant (version, QoS, retain) and copied to each recipient, with the packet
 * identifier patched in. A payload above {@link #COPY_MAX} is not part of that frame but passed by reference behind it.
 */
public final class Publication {

    /** Largest payload in bytes that is copied into each recipient's buffer. */
    public static final int COPY_MAX = 4096;

    private static final int VARIANTS = 12;
    private static final byte[] NO_NAME = {};
    private static final int FRAMES_KEPT_BYTES = 1 << 16;

    private final Loop loop;
    private ByteBuf frames = Unpooled.EMPTY_BUFFER;
    private final int[] starts = new int[VARIANTS];
    private final int[] lengths = new int[VARIANTS];
    private final int[] idOffsets = new int[VARIANTS];
    private int built;

    private Topic topic = Topic.NONE;
    private byte[] name = new byte[0];
    private int qos;
    private boolean retain;
    private byte @Nullable [] properties;
    private long expiresAtMillis;
    private ByteBuf payload = Unpooled.EMPTY_BUFFER;
    private int payloadStart;
    private int payloadLength;
    private @Nullable Message message;
    private @Nullable Recipient publisher;
    private Receipt.@Nullable Publisher origin;
    private @Nullable Receipt receipt;

    public Publication(Loop loop) {
        this.loop = loop;
    }

    /** Begins with a PUBLISH as it lies in the inbound buffer. */
    public Publication begin(Topic topic, PublishFrame frame, Recipient publisher, Receipt.Publisher origin) {
        begin(topic, frame.qos(), frame.retain(), frame.forwardableProperties());
        expiresAtMillis = frame.expirySeconds() < 0 ? 0 : System.currentTimeMillis() + frame.expirySeconds() * 1000;
        payload = frame.buffer();
        payloadStart = frame.payloadStart();
        payloadLength = frame.payloadLength();
        message = null;
        this.publisher = publisher;
        this.origin = origin;
        return this;
    }

    /** Begins with a message that is kept already. */
    public Publication begin(
            Topic topic, Message message, @Nullable Recipient publisher, Receipt.@Nullable Publisher origin) {
        begin(topic, message.qos(), message.retain(), message.properties());
        expiresAtMillis = message.expiresAtMillis();
        payload = Unpooled.wrappedBuffer(message.payload());
        payloadStart = 0;
        payloadLength = message.payload().length;
        this.message = message;
        this.publisher = publisher;
        this.origin = origin;
        return this;
    }

    /** Begins with a message from a queue, for one recipient and not for routing. */
    public Publication begin(Message message) {
        begin(Topic.NONE, message, null, null);
        name = message.topic();
        return this;
    }

    private void begin(Topic topic, int qos, boolean retain, byte @Nullable [] properties) {
        this.topic = topic;
        this.name = topic.name();
        this.qos = qos;
        this.retain = retain;
        this.properties = properties;
        receipt = null;
        built = 0;
        frames.clear();
    }

    /** Lets go of the message; the frames of a large fan-out are freed. */
    public void end() {
        payload = Unpooled.EMPTY_BUFFER;
        message = null;
        publisher = null;
        origin = null;
        receipt = null;
        if (frames.capacity() > FRAMES_KEPT_BYTES) {
            frames.release();
            frames = Unpooled.EMPTY_BUFFER;
        }
    }

    /** Ends for good: the object is not used again. */
    public void release() {
        end();
        frames.release();
        frames = Unpooled.EMPTY_BUFFER;
    }

    /** {@return the loop that it runs on} */
    public Loop loop() {
        return loop;
    }

    public Topic topic() {
        return topic;
    }

    /** {@return the name of the topic in UTF-8; not to be changed} */
    public byte[] name() {
        return name;
    }

    public int qos() {
        return qos;
    }

    public boolean retain() {
        return retain;
    }

    public int payloadLength() {
        return payloadLength;
    }

    public boolean canExpire() {
        return expiresAtMillis != 0;
    }

    public boolean isExpired(long nowMillis) {
        return expiresAtMillis != 0 && expiresAtMillis <= nowMillis;
    }

    /** {@return who published, if it is a recipient, too} */
    @Nullable Recipient publisher() {
        return publisher;
    }

    /** {@return the message, copied out of the inbound buffer when first asked for} */
    public Message message() {
        Message kept = message;
        if (kept == null) {
            byte[] bytes = new byte[payloadLength];
            payload.getBytes(payloadStart, bytes);
            kept = new Message(name, bytes, properties, qos, retain, expiresAtMillis);
            message = kept;
        }
        return kept;
    }

    /** {@return what the acknowledgement waits for, made when first asked for; null if nobody waits for one} */
    public @Nullable Receipt receipt() {
        if (receipt == null && origin != null) {
            receipt = new Receipt(loop, origin, payloadLength);
        }
        return receipt;
    }

    /** {@return what the acknowledgement waits for, null if nothing has to be stored} */
    public @Nullable Receipt receiptIfAny() {
        return receipt;
    }

    /** {@return whether the payload is not part of what {@link #write} writes, but follows by reference} */
    public boolean isLarge() {
        return payloadLength > COPY_MAX;
    }

    /** {@return the payload, retained for the caller to release} */
    public ByteBuf retainedPayload() {
        return payload.retainedSlice(payloadStart, payloadLength);
    }

    /**
     * Writes a PUBLISH packet, without its payload if that is large.
     *
     * @param v5 whether for MQTT 5.0
     * @param qos granted and published, whichever is less
     * @param packetId 0 for QoS 0
     * @return bytes of the whole packet
     */
    public int write(ByteBuf out, boolean v5, int qos, boolean retain, int packetId) {
        int variant = (v5 ? 6 : 0) + qos * 2 + (retain ? 1 : 0);
        if ((built & 1 << variant) == 0) {
            build(variant, v5, qos, retain);
        }
        int at = out.writerIndex();
        out.writeBytes(frames, starts[variant], lengths[variant]);
        if (packetId != 0) {
            out.setShort(at + idOffsets[variant], packetId);
        }
        return isLarge() ? lengths[variant] + payloadLength : lengths[variant];
    }

    /**
     * Writes a PUBLISH packet that no other recipient gets: a repeated one, or one with properties of its own.
     *
     * @param alias a topic alias: negative if the client does not know it yet, 0 for none
     */
    public void writeOwn(ByteBuf out, boolean v5, int flags, int packetId, int @Nullable [] identifiers, int alias) {
        header(out, v5, flags, packetId, identifiers, alias);
        if (!isLarge()) {
            out.writeBytes(payload, payloadStart, payloadLength);
        }
    }

    private void build(int variant, boolean v5, int qos, boolean retain) {
        int flags = qos << 1 | (retain ? 1 : 0);
        int start = frames.writerIndex();
        if (frames.capacity() == 0) {
            frames = Unpooled.directBuffer(512);
        }
        int id = header(frames, v5, flags, 1, null, 0);
        if (!isLarge()) {
            frames.writeBytes(payload, payloadStart, payloadLength);
        }
        starts[variant] = start;
        lengths[variant] = frames.writerIndex() - start;
        idOffsets[variant] = id - start;
        built |= 1 << variant;
    }

    private int header(ByteBuf out, boolean v5, int flags, int packetId, int @Nullable [] identifiers, int alias) {
        int firstByte = 0x30 | flags;
        if (!v5 || (properties == null && expiresAtMillis == 0 && identifiers == null && alias == 0)) {
            return PacketEncoder.publish(out, firstByte, name, packetId, payloadLength, v5);
        }
        DeliveryProperties all = new DeliveryProperties(expirySeconds(), properties, identifiers, Math.abs(alias));
        byte[] topicName = alias > 0 ? NO_NAME : name;
        return PacketEncoder.publish(out, firstByte, topicName, packetId, payloadLength, all);
    }

    private long expirySeconds() {
        return expiresAtMillis == 0 ? -1 : Message.secondsLeft(expiresAtMillis);
    }
}
