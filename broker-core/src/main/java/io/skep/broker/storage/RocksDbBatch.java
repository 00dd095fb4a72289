// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import org.rocksdb.RocksDBException;

/** A batch in RocksDB's own memory, which is used again for the next one. */
final class RocksDbBatch implements WriteBatch, AutoCloseable {

    private final RocksDbStorage storage;
    private final org.rocksdb.WriteBatch content = new org.rocksdb.WriteBatch();

    RocksDbBatch(RocksDbStorage storage) {
        this.storage = storage;
    }

    org.rocksdb.WriteBatch content() {
        return content;
    }

    @Override
    public void put(Keyspace keyspace, byte[] key, byte[] value) {
        try {
            content.put(storage.family(keyspace), key, value);
        } catch (RocksDBException e) {
            throw failure(e);
        }
    }

    @Override
    public void delete(Keyspace keyspace, byte[] key) {
        try {
            content.delete(storage.family(keyspace), key);
        } catch (RocksDBException e) {
            throw failure(e);
        }
    }

    @Override
    public void deleteRange(Keyspace keyspace, byte[] from, byte[] to) {
        try {
            content.deleteRange(storage.family(keyspace), from, to);
        } catch (RocksDBException e) {
            throw failure(e);
        }
    }

    private static StorageException failure(RocksDBException cause) {
        return new StorageException("storage: a batch cannot take more", cause);
    }

    @Override
    public void close() {
        content.close();
    }
}
