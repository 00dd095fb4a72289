// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A session as bytes on disk, under its client id.
 *
 * @param number the key of all that belongs to it, never used again
 * @param expirySeconds how long it outlives its connection
 * @param endedAtMillis when its connection ended; 0 while connected
 * @param sentBefore the position in its outbox from which on nothing was sent before that
 */
public record SessionRecord(long number, long expirySeconds, long endedAtMillis, long sentBefore) {

    private static final byte FORMAT = 1;

    public byte[] write() {
        return ByteBuffer.allocate(33)
                .put(FORMAT)
                .putLong(number)
                .putLong(expirySeconds)
                .putLong(endedAtMillis)
                .putLong(sentBefore)
                .array();
    }

    public static SessionRecord read(byte[] record) {
        ByteBuffer buffer = ByteBuffer.wrap(record);
        byte format = buffer.get();
        if (format != FORMAT) {
            throw new IllegalStateException("format of a stored session: " + format + " (expected: " + FORMAT + ")");
        }
        return new SessionRecord(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }

    public static byte[] key(String clientId) {
        return clientId.getBytes(StandardCharsets.UTF_8);
    }

    public static String clientId(byte[] key) {
        return new String(key, StandardCharsets.UTF_8);
    }

    /** {@return the key that all keys of a session's things begin with} */
    public static byte[] prefix(long number) {
        return ByteBuffer.allocate(8).putLong(number).array();
    }
}
