// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Hashes and comparisons of topic bytes. */
final class Levels {

    private Levels() {}

    static int hash(byte[] bytes, int start, int end) {
        int hash = end - start;
        for (int i = start; i < end; i++) {
            hash = hash * 31 + bytes[i];
        }
        return spread(hash);
    }

    /** Hashes eight bytes a step: this one is for whole names on the hot path, and differs from the other. */
    static int hash(ByteBuf buffer, int start, int length) {
        long hash = length;
        int i = start;
        int end = start + length;
        for (; i + 8 <= end; i += 8) {
            hash = (hash ^ buffer.getLongLE(i)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        for (; i < end; i++) {
            hash = (hash ^ buffer.getByte(i)) * 0x9E3779B97F4A7C15L;
        }
        return (int) (hash ^ hash >>> 32);
    }

    /** Lets each bit of a hash have its say in the remainder of any division. */
    static int mix(int hash) {
        int mixed = (hash ^ hash >>> 16) * 0x85EBCA6B;
        mixed = (mixed ^ mixed >>> 13) * 0xC2B2AE35;
        return mixed ^ mixed >>> 16;
    }

    static boolean equal(byte[] bytes, ByteBuf buffer, int start, int length) {
        if (bytes.length != length) {
            return false;
        }
        int i = 0;
        for (; i + 8 <= length; i += 8) {
            if ((long) LONG.get(bytes, i) != buffer.getLongLE(start + i)) {
                return false;
            }
        }
        for (; i < length; i++) {
            if (bytes[i] != buffer.getByte(start + i)) {
                return false;
            }
        }
        return true;
    }

    static boolean equal(byte[] level, byte[] bytes, int start, int end) {
        return Arrays.equals(level, 0, level.length, bytes, start, end);
    }

    private static final java.lang.invoke.VarHandle LONG =
            java.lang.invoke.MethodHandles.byteArrayViewVarHandle(long[].class, java.nio.ByteOrder.LITTLE_ENDIAN);

    private static int spread(int hash) {
        return hash ^ hash >>> 16;
    }
}
