// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import io.netty.buffer.ByteBuf;

/** The Variable Byte Integer: seven bits a byte, the lowest first, at most four bytes, always in the shortest form. */
final class VarInt {

    static final int MAX = 268_435_455;
    static final int INCOMPLETE = -1;

    private VarInt() {}

    /** {@return the value, or {@link #INCOMPLETE} if it does not end before {@code end}} Its size is {@link #size}. */
    static int read(ByteBuf in, int index, int end) {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            if (index + i >= end) {
                return INCOMPLETE;
            }
            int next = in.getByte(index + i);
            value |= (next & 0x7F) << (7 * i);
            if (next >= 0) {
                if (next == 0 && i > 0) {
                    throw MqttException.malformed("length: padded (expected: the shortest form)"); // [MQTT-1.5.5-1]
                }
                return value;
            }
        }
        throw MqttException.malformed("length: a fifth byte (expected: at most 4)");
    }

    static int size(int value) {
        if (value < 128) {
            return 1;
        }
        if (value < 16_384) {
            return 2;
        }
        return value < 2_097_152 ? 3 : 4;
    }

    static void write(ByteBuf out, int value) {
        if (value < 0 || value > MAX) {
            throw new IllegalArgumentException("length: " + value + " (expected: 0 to " + MAX + ")");
        }
        int rest = value;
        while (rest > 0x7F) {
            out.writeByte(rest | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }
}
