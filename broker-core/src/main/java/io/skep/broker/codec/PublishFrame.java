// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A PUBLISH as it lies in the inbound buffer: nothing is copied, and nothing decoded that is not asked for. A decoder
 * uses it again for the next packet, and so may all decoders of a thread.
 *
 * <p>All is checked but the topic name: a publisher repeats its topics, so a connection checks only those that it does
 * not remember, with {@link Topics#checkName(ByteBuf, int, int)}.
 */
public final class PublishFrame {

    private final PropertyCursor cursor = new PropertyCursor();
    private final AckProperties ackProperties = new AckProperties();
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int flags;
    private int packetId;
    private int topicStart;
    private int topicLength;
    private int payloadStart;
    private int payloadEnd;
    private int topicAlias;
    private long expirySeconds;
    private boolean payloadIsText;
    private int propertiesStart;
    private int forwardableBytes;

    public PublishFrame() {}

    /** {@return the cursor, for packets that have no frame} */
    PropertyCursor cursor() {
        return cursor;
    }

    /** {@return those of the acknowledgement that was decoded last} */
    AckProperties ackProperties() {
        return ackProperties;
    }

    /** Points the frame at a packet whose variable header begins at {@code start}. */
    void read(ByteBuf in, int firstByte, int start, int end, boolean v5) {
        buffer = in;
        flags = firstByte & 0x0F;
        if (qos() == 3) {
            throw MqttException.malformed("QoS: 3 (expected: 0, 1 or 2)"); // [MQTT-3.3.1-4]
        }
        if (qos() == 0 && dup()) {
            throw MqttException.protocolError("DUP: 1 (expected: 0 with QoS 0)"); // [MQTT-3.3.1-2]
        }
        int index = readTopic(start, end);
        index = readPacketId(index, end);
        topicAlias = 0;
        expirySeconds = -1;
        payloadIsText = false;
        forwardableBytes = 0;
        payloadStart = v5 ? readProperties(index, end) : index;
        payloadEnd = end;
        if (topicLength == 0 && topicAlias == 0) {
            throw MqttException.protocolError("topic name: '' (expected: a name or an alias)"); // [MQTT-4.7.3-1]
        }
    }

    private int readTopic(int start, int end) {
        topicStart = start + 2;
        if (topicStart > end) {
            throw MqttException.malformed("topic name: absent (expected: in every PUBLISH)");
        }
        topicLength = buffer.getUnsignedShort(start);
        if (topicLength > end - topicStart) {
            throw MqttException.malformed("topic name: cut off (expected: within the packet)");
        }
        return topicStart + topicLength;
    }

    private int readPacketId(int index, int end) {
        packetId = 0;
        if (qos() == 0) {
            return index; // [MQTT-2.2.1-2]
        }
        if (end - index < 2) {
            throw MqttException.malformed("packet id: absent (expected: with QoS 1 and 2)");
        }
        packetId = buffer.getUnsignedShort(index);
        if (packetId == 0) {
            throw MqttException.protocolError("packet id: 0 (expected: above 0)"); // [MQTT-2.2.1-3]
        }
        return index + 2;
    }

    private int readProperties(int index, int end) {
        if (index < end && buffer.getByte(index) == 0) {
            return index + 1; // none: the usual case
        }
        int sectionEnd = cursor.enter(buffer, index, end);
        propertiesStart = cursor.position();
        long seen = 0;
        while (cursor.next()) {
            seen = PropertyRules.check(cursor, Property.In.PUBLISH, seen);
            keep();
        }
        return sectionEnd;
    }

    private void keep() {
        switch (cursor.property()) {
            case TOPIC_ALIAS -> topicAlias = (int) cursor.number();
            case MESSAGE_EXPIRY_INTERVAL -> expirySeconds = cursor.number();
            case SUBSCRIPTION_IDENTIFIER ->
                throw MqttException.protocolError( // [MQTT-3.3.4-6]
                        "property SUBSCRIPTION_IDENTIFIER: present (expected: only from the broker)");
            case PAYLOAD_FORMAT_INDICATOR -> {
                payloadIsText = cursor.number() == 1;
                forwardableBytes += cursor.bytes();
            }
            default -> forwardableBytes += cursor.bytes();
        }
    }

    public ByteBuf buffer() {
        return buffer;
    }

    public int qos() {
        return flags >> 1 & 3;
    }

    public boolean dup() {
        return (flags & 8) != 0;
    }

    public boolean retain() {
        return (flags & 1) != 0;
    }

    /** {@return 0 for QoS 0} */
    public int packetId() {
        return packetId;
    }

    public int topicStart() {
        return topicStart;
    }

    /** {@return the bytes of the topic name; 0 only with an alias} */
    public int topicLength() {
        return topicLength;
    }

    public int payloadStart() {
        return payloadStart;
    }

    public int payloadLength() {
        return payloadEnd - payloadStart;
    }

    /** {@return 0 if there is none} */
    public int topicAlias() {
        return topicAlias;
    }

    /** {@return -1 if there is none} */
    public long expirySeconds() {
        return expirySeconds;
    }

    public boolean payloadIsText() {
        return payloadIsText;
    }

    /** {@return whether the payload is UTF-8, or does not say that it is} */
    public boolean isPayloadAsDeclared() {
        return !payloadIsText || ByteBufUtil.isText(buffer, payloadStart, payloadLength(), UTF_8);
    }

    /**
     * {@return a copy of the properties to hand on to subscribers, encoded without their length: all but Topic Alias
     * and Message Expiry Interval; null if there are none} {@link Properties#of} reads them.
     */
    public byte @Nullable [] forwardableProperties() {
        if (forwardableBytes > 0 && forwardableBytes == payloadStart - propertiesStart) {
            return ByteBufUtil.getBytes(buffer, propertiesStart, forwardableBytes); // nothing to leave out
        }
        return Properties.copyForwardable(cursor.over(buffer, propertiesStart, payloadStart), forwardableBytes);
    }
}
