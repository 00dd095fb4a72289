// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** Reads the fields of a rare packet one after the other, and never past its end. */
final class PacketBody {

    private final ByteBuf in;
    private final int end;
    private int index;

    PacketBody(ByteBuf in, int start, int end) {
        this.in = in;
        this.index = start;
        this.end = end;
    }

    boolean isAtEnd() {
        return index == end;
    }

    void expectEnd() {
        if (!isAtEnd()) {
            throw MqttException.malformed("packet: " + (end - index) + " surplus bytes (expected: none)");
        }
    }

    int oneByte(String name) {
        return in.getUnsignedByte(take(name, 1));
    }

    int twoBytes(String name) {
        return in.getUnsignedShort(take(name, 2));
    }

    int packetId() {
        int id = twoBytes("packet id");
        if (id == 0) {
            throw MqttException.protocolError("packet id: 0 (expected: above 0)"); // [MQTT-2.2.1-3]
        }
        return id;
    }

    byte[] binary(String name) {
        int length = twoBytes(name);
        return ByteBufUtil.getBytes(in, take(name, length), length);
    }

    String string(String name) {
        int length = twoBytes(name);
        int start = take(name, length);
        if (!Utf8.isValid(in, start, length)) {
            throw MqttException.malformed(name + ": (expected: UTF-8 without U+0000)"); // [MQTT-1.5.4-1]
        }
        return in.toString(start, length, UTF_8);
    }

    /**
     * Reads a string of MQTT 3.1, which did not insist on UTF-8: other bytes are taken as Latin-1, so they stay apart.
     */
    String lenientString(String name) {
        int length = twoBytes(name);
        int start = take(name, length);
        if (in.indexOf(start, start + length, (byte) 0) >= 0) {
            throw MqttException.malformed(name + ": (expected: no U+0000)");
        }
        return in.toString(start, length, Utf8.isValid(in, start, length) ? UTF_8 : ISO_8859_1);
    }

    /** Reads a property section with its length, as that of the packet with the given {@link Property.In} bit. */
    Properties properties(int place) {
        int length = VarInt.read(in, index, end);
        if (length == VarInt.INCOMPLETE) {
            throw MqttException.malformed("properties: no length (expected: 0 if there are none)"); // [MQTT-2.2.2-1]
        }
        index += VarInt.size(length);
        return Properties.checked(ByteBufUtil.getBytes(in, take("properties", length), length), place);
    }

    private int take(String name, int bytes) {
        if (bytes > end - index) {
            throw MqttException.malformed(name + ": cut off (expected: within the packet)");
        }
        int start = index;
        index += bytes;
        return start;
    }
}
