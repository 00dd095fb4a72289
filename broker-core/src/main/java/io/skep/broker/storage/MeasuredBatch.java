// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.WriteBatch;
import org.jspecify.annotations.Nullable;

/**
 * What writes add to: knows how much it holds, and asks the engine for a batch only when there is something to hold.
 */
final class MeasuredBatch implements WriteBatch {

    private final Storage storage;
    private @Nullable WriteBatch batch;
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

    /** {@return the engine's batch, null if nothing was added; this one is then empty again} */
    @Nullable WriteBatch take() {
        WriteBatch taken = batch;
        batch = null;
        operations = 0;
        bytes = 0;
        return taken;
    }

    @Override
    public void put(Keyspace keyspace, byte[] key, byte[] value) {
        counted(key.length + value.length).put(keyspace, key, value);
    }

    @Override
    public void delete(Keyspace keyspace, byte[] key) {
        counted(key.length).delete(keyspace, key);
    }

    @Override
    public void deleteRange(Keyspace keyspace, byte[] from, byte[] to) {
        counted(from.length + to.length).deleteRange(keyspace, from, to);
    }

    private WriteBatch counted(int size) {
        operations++;
        bytes += size;
        if (batch == null) {
            batch = storage.batch();
        }
        return batch;
    }
}
