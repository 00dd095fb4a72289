// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A database that is open, of a format we know, and whose log was replayed. */
final class RocksDbHandle implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RocksDbHandle.class);

    /** Of the keyspaces and their encoding as a whole; an older broker refuses a newer number. */
    private static final int FORMAT = 1;

    private static final byte[] FORMAT_KEY = "format".getBytes(StandardCharsets.US_ASCII);

    private final RocksDB database;
    private final List<ColumnFamilyHandle> families;

    private RocksDbHandle(RocksDB database, List<ColumnFamilyHandle> families) {
        this.database = database;
        this.families = families;
    }

    static RocksDbHandle open(Path folder, RocksDbOptions options) {
        try {
            RocksDbHandle handle = recover(folder, options);
            try {
                handle.checkFormat(folder);
                return handle;
            } catch (RocksDBException | StorageException e) {
                handle.close();
                throw e;
            }
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
    private static byte[] nameOf(Keyspace keyspace) {
        return keyspace == Keyspace.META
                ? RocksDB.DEFAULT_COLUMN_FAMILY
                : keyspace.name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
    }

    private void checkFormat(Path folder) throws RocksDBException {
        byte[] found = database.get(family(Keyspace.META), FORMAT_KEY);
        if (found == null) {
            try (WriteOptions writing = new WriteOptions().setSync(true)) {
                byte[] value = ByteBuffer.allocate(Integer.BYTES).putInt(FORMAT).array();
                database.put(family(Keyspace.META), writing, FORMAT_KEY, value);
            }
        } else if (found.length != Integer.BYTES || ByteBuffer.wrap(found).getInt() > FORMAT) {
            throw newer(folder, null);
        }
    }

    private static boolean isTorn(Path folder) {
        try {
            return RocksDbLog.isTorn(folder);
        } catch (IOException e) {
            log.warn("the log of '{}' cannot be examined", folder, e);
            return false;
        }
    }

    private static boolean isCorruption(RocksDBException e) {
        return e.getStatus() != null && e.getStatus().getCode() == Status.Code.Corruption;
    }

    private static StorageException explain(Path folder, RocksDBException cause) {
        String found = String.valueOf(cause.getMessage());
        if (found.contains("Column families not opened")) {
            return newer(folder, cause);
        }
        if (isCorruption(cause)) {
            return new StorageException(
                    "storage.folder: '" + folder + "' (expected: undamaged data, but: " + found
                            + "; restore a backup, or move the folder away to start without any session)",
                    cause);
        }
        return new StorageException(
                "storage.folder: '" + folder + "' (expected: a folder that can be opened, but: " + found + ")", cause);
    }

    private static StorageException newer(Path folder, @Nullable RocksDBException cause) {
        return new StorageException(
                "storage.folder: '" + folder + "' (expected: data of format " + FORMAT
                        + " or older, but a newer Skep wrote it; start that version, or restore a backup made before)",
                cause);
    }
}
