// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import io.netty.buffer.ByteBuf;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Writes the packets that a broker sends. Whether one fits the client's Maximum Packet Size shows the writer index of
 * the buffer, and for a PUBLISH {@link #publishBytes} beforehand.
 */
public final class PacketEncoder {

    private static final int HEADER_BYTES_MAX = 5;
    private static final int QOS_BITS = 0x06;

    private PacketEncoder() {}

    /**
     * Writes a CONNACK.
     *
     * @param properties left out in 3.x
     * @return false, and nothing is written, if 3.x has no return code for the reason: the connection closes silently
     */
    public static boolean connack(
            ByteBuf out, ProtocolVersion version, boolean sessionPresent, ReasonCode reason, Properties properties) {
        boolean v5 = version == ProtocolVersion.V5_0;
        int code = v5 ? reason.code() : ReturnCodes.connack(reason);
        if (code == ReturnCodes.NONE) {
            return false;
        }
        int section = v5 ? sectionBytes(properties) : 0;
        fixedHeader(out, PacketType.CONNACK.firstByte(), 2 + section);
        boolean present = sessionPresent && reason == ReasonCode.SUCCESS && version != ProtocolVersion.V3_1;
        out.writeByte(present ? 1 : 0); // [MQTT-3.2.2-1] [MQTT-3.2.2-6]
        out.writeByte(code);
        if (v5) {
            section(out, properties);
        }
        return true;
    }

    /** {@return the size of a whole CONNACK of MQTT 5.0} */
    public static int connackBytes(Properties properties) {
        return packetBytes(2 + sectionBytes(properties));
    }

    /** {@return the size of a whole SUBACK or UNSUBACK of MQTT 5.0} */
    public static int subackBytes(int reasonCodes) {
        return packetBytes(3 + reasonCodes);
    }

    private static int packetBytes(int remaining) {
        return 1 + VarInt.size(remaining) + remaining;
    }

    /**
     * Writes a PUBACK, PUBREC, PUBREL or PUBCOMP in its shortest form.
     *
     * @param reasonCode left out in 3.x
     */
    public static void ack(ByteBuf out, boolean v5, PacketType type, int packetId, int reasonCode) {
        int firstByte = type.firstByte(); // [MQTT-3.6.1-1]
        if (v5 && reasonCode != 0) {
            out.ensureWritable(5);
            out.writeShort(firstByte << 8 | 3).writeShort(packetId).writeByte(reasonCode);
        } else {
            out.writeInt(firstByte << 24 | 2 << 16 | packetId);
        }
    }

    /** Writes a PUBACK, PUBREC, PUBREL or PUBCOMP of MQTT 5.0 with properties, if there are any. */
    public static void ack(ByteBuf out, PacketType type, int packetId, int reasonCode, Properties properties) {
        if (properties.isEmpty()) {
            ack(out, true, type, packetId, reasonCode);
            return;
        }
        fixedHeader(out, type.firstByte(), 3 + sectionBytes(properties));
        out.writeShort(packetId).writeByte(reasonCode);
        section(out, properties);
    }

    /**
     * Writes a SUBACK.
     *
     * @param reasonCodes of MQTT 5.0, one for each filter in their order
     * @param properties left out in 3.x
     */
    public static void suback(
            ByteBuf out, ProtocolVersion version, int packetId, byte[] reasonCodes, Properties properties) {
        boolean v5 = version == ProtocolVersion.V5_0;
        int section = v5 ? sectionBytes(properties) : 0;
        fixedHeader(out, PacketType.SUBACK.firstByte(), 2 + section + reasonCodes.length);
        out.writeShort(packetId); // [MQTT-3.8.4-2]
        if (v5) {
            section(out, properties);
        }
        for (byte reasonCode : reasonCodes) {
            out.writeByte(ReturnCodes.suback(version, reasonCode)); // [MQTT-3.9.3-1]
        }
    }

    /**
     * Writes an UNSUBACK.
     *
     * @param reasonCodes one for each filter in their order; left out in 3.x
     * @param properties left out in 3.x
     */
    public static void unsuback(
            ByteBuf out, ProtocolVersion version, int packetId, byte[] reasonCodes, Properties properties) {
        boolean v5 = version == ProtocolVersion.V5_0;
        fixedHeader(out, PacketType.UNSUBACK.firstByte(), v5 ? 2 + sectionBytes(properties) + reasonCodes.length : 2);
        out.writeShort(packetId); // [MQTT-3.10.4-5]
        if (v5) {
            section(out, properties);
            out.writeBytes(reasonCodes); // [MQTT-3.11.3-1]
        }
    }

    public static void pingresp(ByteBuf out) {
        out.writeShort(PacketType.PINGRESP.firstByte() << 8);
    }

    /** Writes a DISCONNECT of MQTT 5.0, the only version in which a broker sends one. */
    public static void disconnect(ByteBuf out, ReasonCode reason, @Nullable String text) {
        Properties properties = text == null
                ? Properties.EMPTY
                : Properties.builder().reasonString(text).build();
        reasonPacket(out, PacketType.DISCONNECT, reason, properties);
    }

    /** Writes a DISCONNECT of MQTT 5.0 with any properties. */
    public static void disconnect(ByteBuf out, ReasonCode reason, Properties properties) {
        reasonPacket(out, PacketType.DISCONNECT, reason, properties);
    }

    /** Writes an AUTH of MQTT 5.0. */
    public static void auth(ByteBuf out, ReasonCode reason, Properties properties) {
        reasonPacket(out, PacketType.AUTH, reason, properties);
    }

    private static void reasonPacket(ByteBuf out, PacketType type, ReasonCode reason, Properties properties) {
        if (!properties.isEmpty()) {
            fixedHeader(out, type.firstByte(), 1 + sectionBytes(properties));
            out.writeByte(reason.code());
            section(out, properties);
        } else if (reason != ReasonCode.SUCCESS) {
            fixedHeader(out, type.firstByte(), 1);
            out.writeByte(reason.code());
        } else {
            fixedHeader(out, type.firstByte(), 0);
        }
    }

    /** {@return the first byte of a PUBLISH} */
    public static int publishFirstByte(boolean dup, int qos, boolean retain) {
        return PacketType.PUBLISH.firstByte() | (dup ? 8 : 0) | qos << 1 | (retain ? 1 : 0);
    }

    /**
     * Writes a PUBLISH up to its payload: to a client of 3.x, or to one of 5.0 without properties.
     *
     * @param packetId ignored for QoS 0
     * @return where the packet id lies in {@code out}, -1 for QoS 0
     */
    public static int publish(ByteBuf out, int firstByte, byte[] topic, int packetId, int payloadBytes, boolean v5) {
        boolean hasId = (firstByte & QOS_BITS) != 0;
        int bytes = 2 + topic.length + (hasId ? 2 : 0) + (v5 ? 1 : 0);
        out.ensureWritable(HEADER_BYTES_MAX + bytes);
        int idIndex = publishStart(out, firstByte, topic, packetId, bytes + payloadBytes);
        if (v5) {
            out.writeByte(0); // [MQTT-2.2.2-1]
        }
        return idIndex;
    }

    /**
     * Writes a PUBLISH of MQTT 5.0 with properties, else as {@link #publish(ByteBuf, int, byte[], int, int, boolean)}.
     */
    public static int publish(
            ByteBuf out, int firstByte, byte[] topic, int packetId, int payloadBytes, DeliveryProperties properties) {
        boolean hasId = (firstByte & QOS_BITS) != 0;
        int propertyBytes = properties.bytes();
        int bytes = 2 + topic.length + (hasId ? 2 : 0) + VarInt.size(propertyBytes) + propertyBytes;
        out.ensureWritable(HEADER_BYTES_MAX + bytes);
        int idIndex = publishStart(out, firstByte, topic, packetId, bytes + payloadBytes);
        VarInt.write(out, propertyBytes);
        deliveryProperties(out, properties);
        return idIndex;
    }

    /**
     * {@return the size of a whole PUBLISH}
     *
     * @param properties null for 3.x
     */
    public static int publishBytes(int qos, int topicBytes, int payloadBytes, @Nullable DeliveryProperties properties) {
        int remaining = 2 + topicBytes + (qos > 0 ? 2 : 0) + payloadBytes;
        if (properties != null) {
            int propertyBytes = properties.bytes();
            remaining += VarInt.size(propertyBytes) + propertyBytes;
        }
        return packetBytes(remaining);
    }

    private static int publishStart(ByteBuf out, int firstByte, byte[] topic, int packetId, int remaining) {
        fixedHeader(out, firstByte, remaining);
        out.writeShort(topic.length).writeBytes(topic);
        if ((firstByte & QOS_BITS) == 0) {
            return -1; // [MQTT-2.2.1-2]
        }
        int idIndex = out.writerIndex();
        out.writeShort(packetId);
        return idIndex;
    }

    private static void deliveryProperties(ByteBuf out, DeliveryProperties properties) {
        if (properties.expirySeconds() >= 0) {
            out.writeByte(Property.MESSAGE_EXPIRY_INTERVAL.id()).writeInt((int) properties.expirySeconds());
        }
        byte[] forwardable = properties.forwardable();
        if (forwardable != null) {
            out.writeBytes(forwardable);
        }
        int[] subscriptionIds = properties.subscriptionIds();
        if (subscriptionIds != null) {
            for (int id : subscriptionIds) {
                out.writeByte(Property.SUBSCRIPTION_IDENTIFIER.id());
                VarInt.write(out, id);
            }
        }
        if (properties.topicAlias() > 0) {
            out.writeByte(Property.TOPIC_ALIAS.id()).writeShort(properties.topicAlias());
        }
    }

    private static void fixedHeader(ByteBuf out, int firstByte, int remaining) {
        if (remaining < 128) {
            out.writeShort(firstByte << 8 | remaining); // most packets: one write
        } else {
            out.writeByte(firstByte);
            VarInt.write(out, remaining);
        }
    }

    private static int sectionBytes(Properties properties) {
        int bytes = properties.encoded().length;
        return VarInt.size(bytes) + bytes;
    }

    private static void section(ByteBuf out, Properties properties) {
        VarInt.write(out, properties.encoded().length);
        out.writeBytes(properties.encoded());
    }
}
