// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.routing.Message;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.WriteBatch;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A message in the stored queue of a session, as tools see it; a broker makes an {@link Entry} of it.
 *
 * @param session number of the session
 * @param position gives its order and its packet identifier
 * @param qos 1 or 2
 * @param retain the RETAIN flag that the client sees
 * @param identifiers Subscription Identifiers, if any
 * @param sharedFilter the filter of the shared subscription that it came by, if it did
 * @param message null if PUBREC has come for it, and only the end of the exchange is awaited
 */
public record QueuedMessage(
        long session,
        long position,
        int qos,
        boolean retain,
        int @Nullable [] identifiers,
        byte @Nullable [] sharedFilter,
        @Nullable Message message) {

    /**
     * {@return a row of the keyspace QUEUE}
     *
     * @param storage for what the row refers to
     */
    public static QueuedMessage read(byte[] key, byte[] value, Storage storage) {
        ByteBuffer buffer = ByteBuffer.wrap(key);
        long session = buffer.getLong();
        long position = buffer.getLong();
        long number = EntryRecord.reference(value);
        byte[] shared = number == 0 ? null : storage.get(Keyspace.PAYLOADS, Payloads.key(number));
        if (number != 0 && shared == null) {
            throw new IllegalStateException("shared message: " + number + " (expected: one that is there)");
        }
        Entry entry = EntryRecord.read(null, position, value, shared);
        return new QueuedMessage(
                session,
                position,
                entry.qos(),
                entry.retain(),
                entry.identifiers(),
                entry.sharedFilter(),
                entry.message());
    }

    /** Stores it. */
    public void put(WriteBatch batch) {
        byte[] key = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(session)
                .putLong(position)
                .array();
        Entry entry = new Entry(null, position, message, qos, retain, identifiers);
        if (sharedFilter != null) {
            entry.sharedFilter(sharedFilter);
        }
        batch.put(
                Keyspace.QUEUE, key, message == null ? EntryRecord.released(1) : EntryRecord.write(entry, message, 0));
    }
}
