// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A database that is open, of keyspaces we know, and whose log was replayed. */
final class RocksDbHandle implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RocksDbHandle.class);

    private final RocksDB database;
    private final List<ColumnFamilyHandle> families;

    private RocksDbHandle(RocksDB database, List<ColumnFamilyHandle> families) {
        this.database = database;
        this.families = families;
    }

    static RocksDbHandle open(Path folder, RocksDbOptions options) {
        try {
            return recover(folder, options);
        } catch (RocksDBException e) {
            throw explain(folder, e);
        }
    }

    RocksDB database() {
        return database;
    }

    ColumnFamilyHandle family(Keyspace keyspace) {
        return families.get(keyspace.ordinal());
    }

    @Override
    public void close() {
        families.forEach(ColumnFamilyHandle::close);
        database.close();
    }

    /**
     * Opens the database and replays its log. A log may end in the middle of a batch, for that was never acknowledged;
     * damage anywhere else could hide acknowledged messages, and is not skipped. A power cut can leave a last batch of
     * full length with holes in it, which RocksDB cannot tell from damage: then we look ourselves.
     */
    private static RocksDbHandle recover(Path folder, RocksDbOptions options) throws RocksDBException {
        try {
            return connect(folder, options);
        } catch (RocksDBException e) {
            if (!isCorruption(e) || options.recovery() == WALRecoveryMode.PointInTimeRecovery || !isTorn(folder)) {
                throw e;
            }
            log.warn(
                    "the log of '{}' ends in a batch that was being written when the machine stopped; it was not"
                            + " acknowledged and is dropped",
                    folder);
            options.database().setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery);
            try {
                return connect(folder, options);
            } finally {
                options.database().setWalRecoveryMode(options.recovery());
            }
        }
    }

    private static RocksDbHandle connect(Path folder, RocksDbOptions options) throws RocksDBException {
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        for (Keyspace keyspace : Keyspace.values()) {
            descriptors.add(new ColumnFamilyDescriptor(nameOf(keyspace), options.of(keyspace)));
        }
        List<ColumnFamilyHandle> families = new ArrayList<>();
        return new RocksDbHandle(RocksDB.open(options.database(), folder.toString(), descriptors, families), families);
    }

    /** A database must have a family named "default"; ours is META. */
    static byte[] nameOf(Keyspace keyspace) {
        return keyspace == Keyspace.META
                ? RocksDB.DEFAULT_COLUMN_FAMILY
                : keyspace.name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
    }

    static boolean isTorn(Path folder) {
        try {
            return RocksDbLog.isTorn(folder);
        } catch (IOException e) {
            log.warn("the log of '{}' cannot be examined", folder, e);
            return false;
        }
    }

    static boolean isCorruption(RocksDBException e) {
        return e.getStatus() != null && e.getStatus().getCode() == Status.Code.Corruption;
    }

    static StorageException explain(Path folder, RocksDBException cause) {
        String found = String.valueOf(cause.getMessage());
        if (found.contains("Column families not opened")) {
            return new StorageException(DataFormat.newer("'" + folder + "'"), cause);
        }
        if (isCorruption(cause)) {
            return new StorageException(
                    "storage.folder: '" + folder + "' (expected: undamaged data, but: " + found
                            + "; 'skep data verify' says what is damaged, 'skep data repair' saves what can be read; or"
                            + " restore a backup)",
                    cause);
        }
        return new StorageException(
                "storage.folder: '" + folder + "' (expected: a folder that can be opened, but: " + found + ")", cause);
    }
}
