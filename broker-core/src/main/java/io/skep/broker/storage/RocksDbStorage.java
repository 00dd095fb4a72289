// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Status;
import org.rocksdb.WriteOptions;

/**
 * One database with a column family per keyspace. A commit returns when it is as durable as was asked for:
 *
 * <ul>
 *   <li>fsync: it is in the log, and the log on the disk;
 *   <li>os: it is in the log, which the operating system writes when it likes;
 *   <li>none: it is in memory only. There is no log; data is stored when memory fills and when the storage is closed,
 *       in all keyspaces at once, so that a killed broker finds itself in some earlier but consistent state.
 * </ul>
 *
 * <p>A database that could not write its log refuses everything from then on. So after a failed commit the next one
 * opens it anew: when the disk has space again, the broker goes on without a restart.
 */
final class RocksDbStorage implements Storage {

    /** A batch that had to grow further gives its memory back. */
    private static final long SPARE_BYTES_MAX = 8 << 20;

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path folder;
    private final RocksDbOptions options;
    private final WriteOptions writing;
    private final ReadOptions reading = new ReadOptions();
    private @Nullable RocksDbHandle handle;
    private @Nullable RocksDbBatch spare;
    private @Nullable StorageException failure;
    private long failedNanos;

    RocksDbStorage(Path folder, Durability durability) {
        this.folder = folder;
        options = new RocksDbOptions(durability);
        writing =
                new WriteOptions().setSync(durability == Durability.FSYNC).setDisableWAL(durability == Durability.NONE);
        try {
            handle = RocksDbHandle.open(folder, options);
        } catch (StorageException e) {
            close();
            throw e;
        }
    }

    @Override
    public byte @Nullable [] get(Keyspace keyspace, byte[] key) {
        RocksDbHandle open = handle();
        try {
            return open.database().get(open.family(keyspace), reading, key);
        } catch (RocksDBException e) {
            throw new StorageException("storage: reading " + keyspace + " failed", e);
        }
    }

    @Override
    public void scan(Keyspace keyspace, byte[] from, byte @Nullable [] to, Visitor visitor) {
        RocksDbHandle open = handle();
        // with its end known, the engine does not search deleted entries behind it for one that lives
        try (Slice end = to == null ? null : new Slice(to);
                ReadOptions bounded = new ReadOptions().setFillCache(false)) {
            if (end != null) {
                bounded.setIterateUpperBound(end);
            }
            visit(open, open.family(keyspace), bounded, from, visitor);
        } catch (RocksDBException e) {
            throw new StorageException("storage: reading " + keyspace + " failed", e);
        }
    }

    private static void visit(
            RocksDbHandle open, ColumnFamilyHandle family, ReadOptions bounded, byte[] from, Visitor visitor)
            throws RocksDBException {
        try (RocksIterator entries = open.database().newIterator(family, bounded)) {
            entries.seek(from);
            while (entries.isValid() && visitor.visit(entries.key(), entries.value())) {
                entries.next();
            }
            entries.status();
        }
    }

    @Override
    public byte @Nullable [] lastKey(Keyspace keyspace, byte[] from, byte[] to) {
        RocksDbHandle open = handle();
        try (Slice begin = new Slice(from);
                Slice end = new Slice(to);
                ReadOptions bounded = new ReadOptions().setFillCache(false);
                RocksIterator entries = open.database()
                        .newIterator(
                                open.family(keyspace),
                                bounded.setIterateLowerBound(begin).setIterateUpperBound(end))) {
            entries.seekToLast();
            entries.status();
            return entries.isValid() ? entries.key() : null;
        } catch (RocksDBException e) {
            throw new StorageException("storage: reading " + keyspace + " failed", e);
        }
    }

    @Override
    public WriteBatch batch() {
        handle(); // now, rather than with every write of the batch
        RocksDbBatch batch = spare == null ? new RocksDbBatch(this) : spare;
        spare = null;
        return batch;
    }

    @Override
    public void commit(WriteBatch batch, Done done) {
        RocksDbBatch filled = (RocksDbBatch) batch;
        StorageException why = null;
        try {
            handle().database().write(writing, filled.content());
        } catch (RocksDBException e) {
            why = new StorageException("storage: writing to '" + folder + "' failed", e, isFull(e));
            if (!writing.disableWAL()) { // without a log, closing would lose what is in memory
                closeHandle();
            }
        } catch (StorageException e) {
            why = e;
        }
        recycle(filled);
        done.done(why);
    }

    private static boolean isFull(RocksDBException e) {
        return e.getStatus() != null && e.getStatus().getSubCode() == Status.SubCode.NoSpace;
    }

    private void recycle(RocksDbBatch batch) {
        if (spare == null && batch.content().getDataSize() <= SPARE_BYTES_MAX) {
            batch.content().clear();
            spare = batch;
        } else {
            batch.close();
        }
    }

    /** Writes what is in memory into tables and links all tables: as quick for a large database as for a small one. */
    @Override
    public void backup(Path target) {
        try (Checkpoint checkpoint = Checkpoint.create(handle().database())) {
            Files.createDirectory(target);
            checkpoint.createCheckpoint(target.resolve(folder.getFileName()).toString());
        } catch (RocksDBException | IOException e) {
            throw new StorageException("storage: a backup to '" + target + "' failed", e);
        }
    }

    ColumnFamilyHandle family(Keyspace keyspace) {
        return handle().family(keyspace);
    }

    private RocksDbHandle handle() {
        if (handle == null) {
            handle = openAgain();
        }
        return handle;
    }

    /** Not too often: it replays the log, and everyone asks. */
    private RocksDbHandle openAgain() {
        if (failure != null && System.nanoTime() - failedNanos < RETRY_NANOS) {
            throw failure;
        }
        try {
            RocksDbHandle opened = RocksDbHandle.open(folder, options);
            failure = null;
            return opened;
        } catch (StorageException e) {
            failure = e;
            failedNanos = System.nanoTime();
            throw e;
        }
    }

    private void closeHandle() {
        if (handle != null) {
            handle.close();
            handle = null;
        }
    }

    @Override
    public void close() {
        closeHandle();
        if (spare != null) {
            spare.close();
            spare = null;
        }
        reading.close();
        writing.close();
        options.close();
    }
}
