// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import io.skep.sdk.storage.Durability;
import java.nio.file.Path;

/**
 * Where and how sessions are kept.
 *
 * @param engine name of a storage provider: {@code rocksdb}, {@code memory}, or an extension's
 * @param folder the data folder; relative to the folder of the distribution
 * @param durability what an acknowledged message survives
 */
public record StorageConfig(String engine, Path folder, Durability durability) {

    /** Refuses a name that no storage provider can have. */
    public StorageConfig {
        new Rules()
                .expect("engine", engine, !engine.isBlank(), "rocksdb, memory, or the name of an extension's engine")
                .check();
    }

    /** RocksDB in {@code data}, fsync. */
    public static final StorageConfig DEFAULT = new StorageConfig("rocksdb", Path.of("data"), Durability.FSYNC);
}
