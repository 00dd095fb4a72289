// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import io.netty.buffer.ByteBuf;

/** Checks UTF-8 where it lies: well-formed, no surrogates, no U+0000. */
final class Utf8 {

    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long ONES = 0x0101010101010101L;

    private Utf8() {}

    static boolean isValid(ByteBuf in, int start, int length) {
        int end = start + length;
        int index = start;
        while (index < end) {
            if (end - index >= 8 && isPlainAscii(in.getLong(index))) {
                index += 8;
                continue;
            }
            int size = sequence(in, index, end);
            if (size == 0) {
                return false;
            }
            index += size;
        }
        return true;
    }

    /** {@return whether none of the eight bytes is zero or above 0x7F} */
    private static boolean isPlainAscii(long word) {
        return ((word | (word - ONES)) & HIGH_BITS) == 0;
    }

    /** {@return the number of bytes of the character at the index, 0 if it is none} */
    private static int sequence(ByteBuf in, int index, int end) {
        int lead = in.getUnsignedByte(index);
        if (lead < 0x80) {
            return lead == 0 ? 0 : 1; // [MQTT-1.5.4-2]
        }
        if (lead < 0xC2 || lead > 0xF4) {
            return 0; // a stray continuation, an overlong form, or above U+10FFFF
        }
        int size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (end - index < size || !secondFits(lead, in.getUnsignedByte(index + 1))) {
            return 0;
        }
        for (int i = 2; i < size; i++) {
            if ((in.getByte(index + i) & 0xC0) != 0x80) {
                return 0;
            }
        }
        return size;
    }

    /** The second byte alone tells overlong forms, surrogates and what lies above U+10FFFF. */
    private static boolean secondFits(int lead, int second) {
        int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF; // [MQTT-1.5.4-1]
        return second >= low && second <= high;
    }
}
