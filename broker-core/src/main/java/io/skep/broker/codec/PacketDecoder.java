// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import io.netty.buffer.ByteBuf;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.ReasonCode;

/**
 * Decodes what one client sends. The hot packets (PUBLISH, acknowledgements, PINGREQ) make no garbage: their fields are
 * read in place. The others become {@link Packet} objects.
 *
 * <p>The first packet has to be CONNECT, and only the first; its version rules all later ones. Whatever is wrong is an
 * {@link MqttException}, after which the connection has to close and the decoder is of no more use. What to answer to a
 * CONNECT follows from the reason and {@link #version}: of {@link ReasonCode#UNSUPPORTED_PROTOCOL_VERSION} the client
 * is told in the form of {@link #version}; a wrong protocol name is a {@link ReasonCode#PROTOCOL_ERROR} that finds the
 * version at 3.1.1, which has no return code for it, so that the connection closes without an answer.
 */
public final class PacketDecoder {

    private static final int DUP_BIT = 0x08;

    private final int packetBytesMax;
    private final PublishFrame frame;
    private ProtocolVersion version = ProtocolVersion.V3_1_1;
    private boolean connectSeen;
    private boolean bridge;
    private boolean v5;

    /** A decoder that refuses packets above a size, fixed header included. */
    public PacketDecoder(int packetBytesMax) {
        this(packetBytesMax, new PublishFrame());
    }

    /** The same, with a frame that other decoders of the same thread use, too: most clients are silent. */
    public PacketDecoder(int packetBytesMax, PublishFrame frame) {
        this.packetBytesMax = packetBytesMax;
        this.frame = frame;
    }

    /** {@return the version of the CONNECT, or the one to answer it in if it was refused; 3.1.1 before} */
    public ProtocolVersion version() {
        return version;
    }

    /**
     * {@return the bytes that the packet at the reader index has in all, -1 if its fixed header is incomplete} So large
     * a cumulation buffer must be; after {@link #decode} it is never more than the maximum.
     */
    public int packetBytes(ByteBuf in) {
        int remaining = VarInt.read(in, in.readerIndex() + 1, in.writerIndex());
        return remaining == VarInt.INCOMPLETE ? -1 : 1 + VarInt.size(remaining) + remaining;
    }

    /**
     * Decodes one packet. It is refused as soon as its fixed header is wrong or promises too much, else it waits for
     * all of its bytes.
     *
     * @return whether a whole packet was there; if not, the reader index stays
     * @throws MqttException if the client is to be disconnected
     */
    public boolean decode(ByteBuf in, PacketHandler handler) {
        int start = in.readerIndex();
        int written = in.writerIndex();
        int remaining = VarInt.read(in, start + 1, written);
        if (remaining == VarInt.INCOMPLETE) {
            return false;
        }
        int firstByte = in.getUnsignedByte(start);
        PacketType type = checkedType(firstByte);
        int bodyStart = start + 1 + VarInt.size(remaining);
        if (remaining > packetBytesMax - (bodyStart - start)) {
            throw new MqttException( // [MQTT-3.2.2-15]
                    ReasonCode.PACKET_TOO_LARGE,
                    "packet: " + remaining + " bytes (expected: at most " + packetBytesMax + " with its header)");
        }
        if (remaining > written - bodyStart) {
            return false;
        }
        int end = bodyStart + remaining;
        in.readerIndex(end);
        switch (type) {
            case PUBLISH -> {
                frame.read(in, firstByte, bodyStart, end, v5);
                handler.onPublish(frame);
            }
            case PUBACK, PUBREC, PUBREL, PUBCOMP ->
                handler.onAck(
                        type,
                        ackId(in, bodyStart, end),
                        ackReason(in, type, bodyStart, end),
                        frame.ackProperties().at(in, type, bodyStart + 3, end));
            case PINGREQ -> {
                expectLength(remaining, remaining == 0);
                handler.onPingreq();
            }
            default -> handler.onPacket(packet(type, new PacketBody(in, bodyStart, end)));
        }
        return true;
    }

    private PacketType checkedType(int firstByte) {
        if (firstByte >> 4 == 0) {
            throw MqttException.malformed("packet type: 0 (expected: 1 to 15)");
        }
        PacketType type = PacketType.of(firstByte >> 4);
        if (connectSeen == (type == PacketType.CONNECT)) {
            throw MqttException.protocolError( // [MQTT-3.1.0-1] [MQTT-3.1.0-2]
                    "packet: " + type + (connectSeen ? " (expected: once)" : " (expected: CONNECT first)"));
        }
        int wrongFlags = firstByte ^ type.firstByte();
        if (type != PacketType.PUBLISH && wrongFlags != 0 && !(wrongFlags == DUP_BIT && mayRepeat(type))) {
            throw MqttException.malformed( // [MQTT-2.1.3-1]
                    type + ": flags " + (firstByte & 0x0F) + " (expected: " + (type.firstByte() & 0x0F) + ")");
        }
        return type;
    }

    /** MQTT 3.1 has a DUP flag in some requests. */
    private boolean mayRepeat(PacketType type) {
        return version == ProtocolVersion.V3_1
                && (type == PacketType.PUBREL || type == PacketType.SUBSCRIBE || type == PacketType.UNSUBSCRIBE);
    }

    private int ackId(ByteBuf in, int start, int end) {
        expectLength(end - start, v5 ? end - start >= 2 : end - start == 2);
        int packetId = in.getUnsignedShort(start);
        if (packetId == 0) {
            throw MqttException.protocolError("packet id: 0 (expected: above 0)");
        }
        return packetId;
    }

    private int ackReason(ByteBuf in, PacketType type, int start, int end) {
        if (end - start == 2) {
            return 0;
        }
        int reasonCode = checkedReason(type, in.getUnsignedByte(start + 2));
        if (end - start > 3) {
            PropertyCursor cursor = frame.cursor();
            int sectionEnd = cursor.enter(in, start + 3, end);
            expectLength(end - start, sectionEnd == end);
            PropertyRules.checkAll(cursor, Property.In.packet(type));
        }
        return reasonCode;
    }

    private Packet packet(PacketType type, PacketBody body) {
        return switch (type) {
            case CONNECT -> connect(body);
            case SUBSCRIBE -> new SubscriptionReader(body, v5, bridge).subscribe();
            case UNSUBSCRIBE -> new SubscriptionReader(body, v5, bridge).unsubscribe();
            case DISCONNECT -> disconnect(body);
            case AUTH -> auth(body);
            case CONNACK, SUBACK, UNSUBACK, PINGRESP ->
                throw MqttException.protocolError("packet: " + type + " (expected: only from the broker)");
            case PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, PINGREQ -> throw new IllegalStateException(type + " is hot");
        };
    }

    private Connect connect(PacketBody body) {
        connectSeen = true;
        ConnectReader reader = new ConnectReader(body);
        version = reader.version();
        v5 = version == ProtocolVersion.V5_0;
        Connect connect = reader.read();
        bridge = connect.bridge();
        return connect;
    }

    private Disconnect disconnect(PacketBody body) {
        if (!v5) {
            body.expectEnd();
        }
        int reasonCode = body.isAtEnd() ? 0 : checkedReason(PacketType.DISCONNECT, body.oneByte("reason code"));
        return new Disconnect(reasonCode, lastProperties(body, PacketType.DISCONNECT));
    }

    private Auth auth(PacketBody body) {
        if (!v5) {
            throw MqttException.malformed("packet type: 15 (expected: 1 to 14)");
        }
        int reasonCode = checkedReason(PacketType.AUTH, body.isAtEnd() ? 0 : body.oneByte("reason code"));
        return new Auth(reasonCode, lastProperties(body, PacketType.AUTH));
    }

    /** Reads properties that end the packet, and may be left out with their length if there are none. */
    private static Properties lastProperties(PacketBody body, PacketType type) {
        int place = Property.In.packet(type);
        Properties properties = body.isAtEnd() ? Properties.checked(new byte[0], place) : body.properties(place);
        body.expectEnd();
        return properties;
    }

    private static int checkedReason(PacketType type, int reasonCode) {
        if (!type.clientMaySend(reasonCode)) { // [MQTT-3.4.2-1] [MQTT-3.14.2-1] [MQTT-3.15.2-1]
            throw MqttException.protocolError(
                    type + ": reason code " + reasonCode + " (expected: one that a client may send)");
        }
        return reasonCode;
    }

    private static void expectLength(int length, boolean fits) {
        if (!fits) {
            throw MqttException.malformed("remaining length: " + length + " (expected: that of the packet's fields)");
        }
    }
}
