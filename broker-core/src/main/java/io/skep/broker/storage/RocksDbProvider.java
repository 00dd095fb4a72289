// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.StorageProvider;
import java.io.IOException;
import java.nio.file.Path;
import org.rocksdb.RocksDB;

/** The default engine, in a folder of its own within the data folder. */
public final class RocksDbProvider implements StorageProvider {

    @Override
    public String name() {
        return "rocksdb";
    }

    @Override
    public Storage open(Path folder, Durability durability) throws StorageException {
        load();
        try {
            return new RocksDbStorage(DataFolder.create(folder.resolve(name())), durability);
        } catch (IOException e) {
            throw new StorageException("storage.folder: '" + folder + "' (expected: a folder that can be written)", e);
        }
    }

    void load() {
        try {
            RocksDB.loadLibrary();
        } catch (RuntimeException | LinkageError e) {
            throw new StorageException(
                    "storage.engine: 'rocksdb' (expected: a temporary folder that allows executables, and one of the"
                            + " platforms RocksDB is built for; else choose another engine)",
                    e);
        }
    }
}
