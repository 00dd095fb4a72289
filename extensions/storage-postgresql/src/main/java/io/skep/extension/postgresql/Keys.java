// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.postgresql;

import io.skep.sdk.storage.Keyspace;
import java.util.Arrays;

/**
 * How keys are written. An index of PostgreSQL takes up to 2.7 KB, and a topic filter may have 64 KB: so a key is a
 * head, which is indexed, and the rest of it as a tail, which is empty but for very long keys. Pairs of head and tail
 * have the order of their keys.
 */
final class Keys {

    private static final int HEAD_BYTES_MAX = 1024;
    private static final byte[] EMPTY = {};

    private Keys() {}

    /** {@return the number of a keyspace in the table; it stays the same for ever} */
    static short number(Keyspace keyspace) {
        return switch (keyspace) {
            case META -> 0;
            case SESSIONS -> 1;
            case SUBSCRIPTIONS -> 2;
            case QUEUE -> 3;
            case PAYLOADS -> 4;
            case INBOUND -> 5;
            case RETAINED -> 6;
            case WILLS -> 7;
            case EXTENSIONS -> 8;
        };
    }

    static byte[] head(byte[] key) {
        return key.length <= HEAD_BYTES_MAX ? key : Arrays.copyOf(key, HEAD_BYTES_MAX);
    }

    static byte[] tail(byte[] key) {
        return key.length <= HEAD_BYTES_MAX ? EMPTY : Arrays.copyOfRange(key, HEAD_BYTES_MAX, key.length);
    }

    static byte[] join(byte[] head, byte[] tail) {
        if (tail.length == 0) {
            return head;
        }
        byte[] key = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, key, head.length, tail.length);
        return key;
    }

    /** {@return the first key behind a key} */
    static byte[] after(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }
}
