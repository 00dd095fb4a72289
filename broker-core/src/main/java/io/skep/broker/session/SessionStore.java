// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.storage.Journal;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the things of a session lie in the storage. Writes run on the journal's thread. */
final class SessionStore {

    private static final Logger log = LoggerFactory.getLogger(SessionStore.class);

    /** A page ends with the message that brings it above. */
    private static final long PAGE_BYTES_MAX = 1 << 20;

    private final Journal journal;

    SessionStore(Journal journal) {
        this.journal = journal;
    }

    Journal journal() {
        return journal;
    }

    /** Deletes a session with all that belongs to it. */
    static void delete(WriteBatch batch, String clientId, long number, boolean withAttributes) {
        batch.delete(Keyspace.SESSIONS, SessionRecord.key(clientId));
        deleteThings(batch, number);
        if (withAttributes) {
            SessionAttribute.deleteAll(batch, number);
        }
    }

    /** Deletes all that belongs to a session. */
    static void deleteThings(WriteBatch batch, long number) {
        byte[] from = key(number);
        byte[] to = key(number + 1);
        batch.deleteRange(Keyspace.SUBSCRIPTIONS, from, to);
        batch.deleteRange(Keyspace.QUEUE, from, to);
        batch.deleteRange(Keyspace.INBOUND, from, to);
    }

    void readQueue(Session session, byte[] from, byte[] to, int most, Consumer<@Nullable QueuePage> then) {
        journal.read(session, storage -> page(storage, from, to, most), then, failure -> {
            log.error("the queue of {} cannot be read", session, failure);
            then.accept(null);
        });
    }

    private static QueuePage page(Storage storage, byte[] from, byte[] to, int most) {
        List<QueuePage.Row> rows = new ArrayList<>();
        long[] bytes = {0};
        boolean[] full = {false};
        storage.scan(Keyspace.QUEUE, from, to, (key, value) -> {
            rows.add(new QueuePage.Row(key, value, null));
            bytes[0] += EntryRecord.bytes(value);
            full[0] = rows.size() == most || bytes[0] >= PAGE_BYTES_MAX;
            return !full[0];
        });
        rows.replaceAll(row -> withShared(storage, row));
        return new QueuePage(rows, !full[0]);
    }

    private static QueuePage.Row withShared(Storage storage, QueuePage.Row row) {
        long number = EntryRecord.reference(row.value());
        if (number == 0) {
            return row;
        }
        byte[] shared = storage.get(Keyspace.PAYLOADS, Payloads.key(number));
        if (shared == null) {
            throw new StorageException("a queued message refers to one that is not there: " + number, null);
        }
        return new QueuePage.Row(row.key(), row.value(), shared);
    }

    static byte[] key(long number) {
        return ByteBuffer.allocate(8).putLong(number).array();
    }
}
