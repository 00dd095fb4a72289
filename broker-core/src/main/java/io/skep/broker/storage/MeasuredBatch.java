// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import org.jspecify.annotations.Nullable;

/**
 * What writes add to: knows how much it holds, and asks the engine for a batch only when there is something to hold.
 */
final class MeasuredBatch implements WriteBatch {

    private final Storage storage;
    private @Nullable WriteBatch batch;
    private @Nullable StorageException failure;
    private int operations;
    private long bytes;

    MeasuredBatch(Storage storage) {
        this.storage = storage;
    }

    int operations() {
        return operations;
    }

    long bytes() {
        return bytes;
    }

    /** Commits what was added, if anything, and is empty again. */
    void commit(Storage.Done done) {
        WriteBatch filled = batch;
        StorageException why = failure;
        batch = null;
        failure = null;
        operations = 0;
        bytes = 0;
        if (filled == null) {
            done.done(why);
            return;
        }
        try {
            storage.commit(filled, done);
        } catch (RuntimeException e) {
            done.done(Journal.asFailure("storage: a commit failed", e));
        }
    }

    @Override
    public void put(Keyspace keyspace, byte[] key, byte[] value) {
        count(key.length + value.length);
        if (batch != null) {
            batch.put(keyspace, key, value);
        }
    }

    @Override
    public void delete(Keyspace keyspace, byte[] key) {
        count(key.length);
        if (batch != null) {
            batch.delete(keyspace, key);
        }
    }

    @Override
    public void deleteRange(Keyspace keyspace, byte[] from, byte[] to) {
        count(from.length + to.length);
        if (batch != null) {
            batch.deleteRange(keyspace, from, to);
        }
    }

    /** Without a batch of the engine the whole commit fails, and no write must ask for one again. */
    private void count(int size) {
        operations++;
        bytes += size;
        if (batch == null && failure == null) {
            try {
                batch = storage.batch();
            } catch (RuntimeException e) {
                failure = Journal.asFailure("storage: a batch cannot begin", e);
            }
        }
    }
}
