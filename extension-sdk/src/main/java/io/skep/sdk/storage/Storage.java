// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.storage;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Ordered byte maps that survive. Used by one thread at a time. A read sees at least every batch that has called back.
 * An engine that fails and can recover does so by itself: a later call simply succeeds again.
 */
public interface Storage extends AutoCloseable {

    /**
     * {@return the value of a key, null if there is none}
     *
     * @param keyspace the map
     * @param key not empty
     * @throws StorageException if it cannot be read now
     */
    byte @Nullable [] get(Keyspace keyspace, byte[] key);

    /**
     * Visits a range in the order of unsigned bytes.
     *
     * @param keyspace the map
     * @param from first key
     * @param to behind the last key; null for the end of the map
     * @param visitor may stop the visit; it does not use the storage. What it throws ends the scan and is thrown on
     * @throws StorageException if the range cannot be read to its end now; the visitor may have seen a part
     */
    void scan(Keyspace keyspace, byte[] from, byte @Nullable [] to, Visitor visitor);

    /**
     * {@return the last key of a range, null if it is empty} An engine that can find it without a visit to the others
     * does so: a start asks for the end of each queue.
     *
     * @param keyspace the map
     * @param from first key
     * @param to behind the last key
     * @throws StorageException if it cannot be read now
     */
    default byte @Nullable [] lastKey(Keyspace keyspace, byte[] from, byte[] to) {
        byte[][] last = {null};
        scan(keyspace, from, to, (key, value) -> {
            last[0] = key;
            return true;
        });
        return last[0];
    }

    /**
     * {@return an empty batch, for one commit}
     *
     * @throws StorageException if nothing can be written now
     */
    WriteBatch batch();

    /**
     * Writes a batch, all or nothing, after those committed before. Returns at once or when it is done, as the engine
     * likes; commits call back in call order. When one fails, those fail too that came before its end was told: what a
     * client sends again must not come after what it sent later.
     *
     * @param batch made by {@link #batch}; not touched afterwards by the caller
     * @param done called once, on any thread, when the batch is as durable as the storage was opened for
     */
    void commit(WriteBatch batch, Done done);

    /**
     * Writes a copy of what is committed, for which {@link StorageProvider#open} on that folder opens a storage of its
     * own. Optional: an engine whose data lies elsewhere is better backed up with that system's own tools. It runs
     * while clients wait, so it links or snapshots rather than copies.
     *
     * @param folder to be created; its parent exists, and is on the same disk as the data folder
     * @throws StorageException if it failed, or this engine has no backup
     */
    default void backup(Path folder) throws StorageException {
        throw new StorageException(
                "storage.engine: cannot write backups (expected: an engine that can, such as rocksdb; back this one up"
                        + " with the tools of its own system)",
                null);
    }

    /** Waits for what was committed and lets go of the data. */
    @Override
    void close();

    /** Sees the entries of a scan. */
    @FunctionalInterface
    interface Visitor {

        /**
         * {@return whether to go on}
         *
         * @param key the caller's to keep
         * @param value the caller's to keep
         */
        boolean visit(byte[] key, byte[] value);
    }

    /** Hears the end of a commit. */
    @FunctionalInterface
    interface Done {

        /**
         * Called once.
         *
         * @param failure null if the batch is durable; else it must not be relied on, though all of it may be found
         *     after a restart
         */
        void done(@Nullable StorageException failure);
    }
}
