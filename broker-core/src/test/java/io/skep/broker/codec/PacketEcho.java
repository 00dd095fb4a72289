// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.ReasonCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/**
 * Reads every part of what it hears from a decoder, and writes it down as packets again. The bytes are a normal form:
 * what is decoded from them gives the same bytes.
 */
public final class PacketEcho implements PacketHandler {

    private static final byte[][] CONNECTS = {
        Wire.bytes("10 [ 'MQIsdp' 03 02 0000 'a' ]"),
        Wire.bytes("10 [ 'MQTT' 04 02 0000 'a' ]"),
        Wire.bytes("10 [ 'MQTT' 05 02 0000 [ ] 'a' ]"),
    };

    private final ByteBuf out;
    private ProtocolVersion version;
    private boolean bridge;

    /** An echo for a decoder that has heard the CONNECT of a version. */
    public PacketEcho(ProtocolVersion version, ByteBuf out) {
        this.version = version;
        this.out = out;
    }

    /** {@return a decoder that has heard a CONNECT} */
    public static PacketDecoder connected(ProtocolVersion version, int packetBytesMax) {
        PacketDecoder decoder = new PacketDecoder(packetBytesMax);
        byte[] connect = CONNECTS[version.ordinal()];
        decoder.decode(Unpooled.wrappedBuffer(connect), new PacketEcho(version, Unpooled.buffer()));
        return decoder;
    }

    @Override
    public void onPublish(PublishFrame publish) {
        ByteBuf in = publish.buffer();
        int start = publish.topicStart() - 2;
        int end = publish.payloadStart() + publish.payloadLength();
        check(publish.topicLength() > 0 || publish.topicAlias() > 0, "a topic or an alias");
        check(publish.payloadLength() >= 0 && end == in.readerIndex(), "the payload ends the packet");
        if (publish.topicLength() > 0) {
            checkTopic(in, publish.topicStart(), publish.topicLength());
        }
        byte[] topic = ByteBufUtil.getBytes(in, publish.topicStart(), publish.topicLength());
        byte[] forwardable = publish.forwardableProperties();
        readAll(Properties.of(forwardable));

        boolean v5 = version == ProtocolVersion.V5_0;
        int firstByte = PacketEncoder.publishFirstByte(publish.dup(), publish.qos(), publish.retain());
        DeliveryProperties properties =
                new DeliveryProperties(publish.expirySeconds(), forwardable, null, publish.topicAlias());
        int packetStart = out.writerIndex();
        if (v5) {
            PacketEncoder.publish(out, firstByte, topic, publish.packetId(), publish.payloadLength(), properties);
        } else {
            PacketEncoder.publish(out, firstByte, topic, publish.packetId(), publish.payloadLength(), false);
        }
        out.writeBytes(in, publish.payloadStart(), publish.payloadLength());

        int bytes = out.writerIndex() - packetStart;
        check(
                bytes
                        == PacketEncoder.publishBytes(
                                publish.qos(), topic.length, publish.payloadLength(), v5 ? properties : null),
                "publishBytes tells the size");
        check(bytes == 1 + VarInt.size(end - start) + end - start, "no byte is lost or added");
        if (publish.expirySeconds() < 0 && publish.topicAlias() == 0) { // else their place may be another
            check(ByteBufUtil.equals(in, start, out, out.writerIndex() - (end - start), end - start), "equal bytes");
        }
    }

    @Override
    public void onAck(PacketType type, int packetId, int reasonCode, AckProperties properties) {
        check(packetId > 0 && packetId <= 65_535, "a packet id");
        check(ReasonCode.of(reasonCode) != null, "a reason code");
        PacketEncoder.ack(out, version == ProtocolVersion.V5_0, type, packetId, reasonCode);
    }

    @Override
    public void onPingreq() {
        out.writeShort(0xC000);
    }

    @Override
    public void onPacket(Packet packet) {
        if (packet instanceof Connect connect) {
            version = connect.version();
            bridge = connect.bridge();
            rest(0x10, connect(connect));
        } else if (packet instanceof Subscribe subscribe) {
            rest(0x82, subscribe(subscribe));
        } else if (packet instanceof Unsubscribe unsubscribe) {
            ByteBuf body = Unpooled.buffer().writeShort(unsubscribe.packetId());
            properties(body, unsubscribe.properties());
            unsubscribe.filters().forEach(filter -> field(body, filter));
            rest(0xA2, body);
        } else if (packet instanceof Disconnect disconnect) {
            readAll(disconnect.properties());
            PacketEncoder.disconnect(out, reason(disconnect.reasonCode()), disconnect.properties());
        } else if (packet instanceof Auth auth) {
            readAll(auth.properties());
            check(auth.properties().authenticationMethod() != null, "an authentication method");
            PacketEncoder.auth(out, reason(auth.reasonCode()), auth.properties());
        }
    }

    private ByteBuf connect(Connect connect) {
        boolean legacy = version == ProtocolVersion.V3_1;
        Will will = connect.will();
        String userName = connect.userName();
        byte[] password = connect.password();
        int flags = (connect.cleanStart() ? 0x02 : 0)
                | (will == null ? 0 : 0x04 | will.qos() << 3 | (will.retain() ? 0x20 : 0))
                | (password == null ? 0 : 0x40)
                | (userName == null ? 0 : 0x80);
        ByteBuf body = Unpooled.buffer();
        field(body, (legacy ? "MQIsdp" : "MQTT").getBytes(UTF_8));
        body.writeByte(version.level() | (bridge ? 0x80 : 0)).writeByte(flags).writeShort(connect.keepAliveSeconds());
        properties(body, connect.properties());
        field(body, connect.clientId().getBytes(UTF_8));
        if (will != null) {
            properties(body, will.properties());
            readAll(Properties.of(will.forwardableProperties()));
            field(body, will.topic());
            field(body, will.payload());
        }
        if (userName != null) {
            field(body, userName.getBytes(UTF_8));
        }
        if (password != null) {
            field(body, password);
        }
        return body;
    }

    private ByteBuf subscribe(Subscribe subscribe) {
        ByteBuf body = Unpooled.buffer().writeShort(subscribe.packetId());
        properties(body, subscribe.properties());
        for (SubscribeFilter filter : subscribe.filters()) {
            field(body, filter.filter());
            int options = (filter.noLocal() ? 0x04 : 0)
                    | (filter.retainAsPublished() ? 0x08 : 0)
                    | filter.retainHandling() << 4;
            body.writeByte(filter.qos() | (version == ProtocolVersion.V5_0 ? options : 0));
        }
        return body;
    }

    private void rest(int firstByte, ByteBuf body) {
        out.writeByte(firstByte);
        VarInt.write(out, body.readableBytes());
        out.writeBytes(body);
    }

    private void properties(ByteBuf body, Properties properties) {
        if (version == ProtocolVersion.V5_0) {
            VarInt.write(body, properties.encoded().length);
            body.writeBytes(properties.encoded());
        }
        readAll(properties);
    }

    /** A client of 3.1 may have had a name in Latin-1 that is too long in UTF-8; its end is lost here. */
    private static void field(ByteBuf body, byte[] value) {
        int length = Math.min(value.length, 65_535);
        body.writeShort(length).writeBytes(value, 0, length);
    }

    private static void readAll(Properties properties) {
        PropertyCursor cursor =
                new PropertyCursor().over(Unpooled.wrappedBuffer(properties.encoded()), 0, properties.encoded().length);
        int bytes = 0;
        while (cursor.next()) {
            bytes += cursor.bytes();
            switch (cursor.property().kind()) {
                case BYTE, TWO_BYTES, FOUR_BYTES, VARIABLE ->
                    check(properties.number(cursor.property(), -1) == cursor.number(), "the number");
                case BINARY -> check(cursor.binary().length == cursor.bytes() - 3, "the data");
                case STRING -> check(cursor.string().equals(properties.string(cursor.property())), "the string");
                case STRING_PAIR -> {
                    int length = cursor.pair().name().getBytes(UTF_8).length
                            + cursor.pair().value().getBytes(UTF_8).length;
                    check(length == cursor.bytes() - 5, "the pair");
                }
            }
        }
        check(bytes == properties.encoded().length, "no byte belongs to no property");
        check(properties.userProperties().size() <= bytes / 5, "the user properties");
    }

    /** Checks it as a connection does, and compares what is said of its encoding with what the JDK says. */
    private static void checkTopic(ByteBuf in, int start, int length) {
        boolean isText = isText(in.nioBuffer(start, length));
        try {
            Topics.checkName(in, start, length);
        } catch (MqttException e) {
            check(isText != (e.reason() == ReasonCode.MALFORMED_PACKET), "UTF-8");
            throw e;
        }
        check(isText, "UTF-8");
    }

    private static boolean isText(ByteBuffer bytes) {
        try {
            return UTF_8.newDecoder().decode(bytes).chars().noneMatch(character -> character == 0);
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static ReasonCode reason(int code) {
        return requireNonNull(ReasonCode.of(code), "reason code");
    }

    private static void check(boolean holds, String expected) {
        if (!holds) {
            throw new AssertionError("expected: " + expected);
        }
    }
}
