// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.WriteBatch;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A subscription as bytes on disk.
 *
 * @param session number of its session
 * @param filter as asked for
 * @param flags options byte of SUBSCRIBE without Retain Handling
 * @param identifier Subscription Identifier, 0 for none
 */
public record SubscriptionRecord(long session, byte[] filter, int flags, int identifier) {

    private static final byte FORMAT = 1;

    public void put(WriteBatch batch) {
        byte[] value = ByteBuffer.allocate(6)
                .put(FORMAT)
                .put((byte) flags)
                .putInt(identifier)
                .array();
        batch.put(Keyspace.SUBSCRIPTIONS, key(session, filter), value);
    }

    static byte[] key(long session, byte[] filter) {
        return ByteBuffer.allocate(Long.BYTES + filter.length)
                .putLong(session)
                .put(filter)
                .array();
    }

    public static SubscriptionRecord read(byte[] key, byte[] value) {
        ByteBuffer buffer = ByteBuffer.wrap(value);
        byte format = buffer.get();
        if (format != FORMAT) {
            throw new IllegalStateException(
                    "format of a stored subscription: " + format + " (expected: " + FORMAT + ")");
        }
        byte[] filter = Arrays.copyOfRange(key, Long.BYTES, key.length);
        return new SubscriptionRecord(ByteBuffer.wrap(key).getLong(), filter, buffer.get(), buffer.getInt());
    }
}
