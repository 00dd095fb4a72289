// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WALRecoveryMode;

/**
 * A database that is only read, and may be damaged: a scan tells of what it cannot read and goes on behind it. Nobody
 * else has the database open.
 *
 * <p>A table says nothing about where its next block begins. So behind a damage a scan starts again at the next place
 * where some table begins, and from there first looks backwards, for what is readable between the damage and that
 * place. A key that is damaged in one table is given up even if another has an older value: that might be one deleted
 * since.
 */
public final class RocksDbInspection implements Storage {

    private final RocksDbOptions options;
    private final Consumer<String> damage;
    private final List<ColumnFamilyHandle> families = new ArrayList<>();
    private final RocksDB database;

    /**
     * Opens the database of a data folder.
     *
     * @param damage hears a line about each thing that cannot be read, now and later
     * @throws StorageException if nothing at all can be read
     */
    public static RocksDbInspection open(Path dataFolder, Consumer<String> damage) {
        RocksDbProvider engine = new RocksDbProvider();
        engine.load();
        return new RocksDbInspection(dataFolder.resolve(engine.name()), damage);
    }

    private RocksDbInspection(Path folder, Consumer<String> damage) {
        this.damage = damage;
        options = new RocksDbOptions(Durability.FSYNC);
        try {
            database = openSomehow(folder);
        } catch (RocksDBException e) {
            options.close();
            throw new StorageException(
                    "storage.folder: '" + folder + "' (expected: a database that can be opened, but: " + e.getMessage()
                            + "; nothing of it can be read: restore a backup)",
                    e);
        }
    }

    /** As a broker would; else in spite of what is wrong. */
    private RocksDB openSomehow(Path folder) throws RocksDBException {
        try {
            return connect(folder);
        } catch (RocksDBException e) {
            if (RocksDbHandle.isTorn(folder)) { // no damage: what was being written was never promised
                options.database().setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery);
            } else {
                damage.accept("the database is damaged, a broker does not start with it: " + e.getMessage());
                options.database()
                        .setWalRecoveryMode(WALRecoveryMode.SkipAnyCorruptedRecords)
                        .setParanoidChecks(false);
            }
            return connect(folder);
        }
    }

    private RocksDB connect(Path folder) throws RocksDBException {
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        for (Keyspace keyspace : Keyspace.values()) {
            descriptors.add(new ColumnFamilyDescriptor(RocksDbHandle.nameOf(keyspace), options.of(keyspace)));
        }
        families.clear();
        return RocksDB.openReadOnly(options.database(), folder.toString(), descriptors, families);
    }

    /** Compares every block of every table with its checksum; tells of the first that is wrong. */
    public void verifyChecksums() {
        try {
            database.verifyChecksum();
        } catch (RocksDBException e) {
            damage.accept("a checksum is wrong: " + e.getMessage());
        }
    }

    @Override
    public byte @Nullable [] get(Keyspace keyspace, byte[] key) {
        try {
            return database.get(family(keyspace), key);
        } catch (RocksDBException e) {
            throw new StorageException("storage: " + hex(key) + " of " + keyspace + " cannot be read", e);
        }
    }

    @Override
    public void scan(Keyspace keyspace, byte[] from, byte @Nullable [] to, Visitor visitor) {
        NavigableSet<byte[]> tables = null;
        byte[] start = from;
        while (start != null) {
            Pass pass = new Pass(visitor, start);
            try (Slice end = to == null ? null : new Slice(to);
                    ReadOptions reading = reading(end)) {
                String failure = pass.run(keyspace, reading);
                if (failure == null) {
                    return;
                }
                tables = tables == null ? tableStarts(keyspace) : tables;
                start = lowestBehind(keyspace, reading, pass.last, tables.higher(pass.last));
                damage.accept(keyspace + ": nothing can be read between " + hex(pass.last) + " and "
                        + (start == null ? "the end" : hex(start)) + ": " + failure);
            }
        }
    }

    /** One way through the entries, up to the end or a damage. */
    private final class Pass {

        private final Visitor visitor;
        private byte[] last;

        Pass(Visitor visitor, byte[] start) {
            this.visitor = visitor;
            last = start;
        }

        /** Returns what is wrong, or null at the end. */
        @Nullable String run(Keyspace keyspace, ReadOptions reading) {
            byte[] first = last;
            try (RocksIterator entries = database.newIterator(family(keyspace), reading)) {
                for (entries.seek(first); entries.isValid(); entries.next()) {
                    last = entries.key();
                    if (!visitor.visit(last, entries.value())) {
                        return null;
                    }
                }
                entries.status();
                return null;
            } catch (RocksDBException e) {
                return String.valueOf(e.getMessage());
            }
        }
    }

    /** Returns the lowest key behind a damage that can be reached from a limit, or the limit itself. */
    private byte @Nullable [] lowestBehind(
            Keyspace keyspace, ReadOptions reading, byte[] last, byte @Nullable [] limit) {
        byte[] lowest = limit;
        try (RocksIterator entries = database.newIterator(family(keyspace), reading)) {
            if (limit == null) {
                entries.seekToLast();
            } else {
                entries.seekForPrev(limit);
            }
            while (entries.isValid() && Arrays.compareUnsigned(entries.key(), last) > 0) {
                lowest = entries.key();
                entries.prev();
            }
        }
        return lowest;
    }

    private NavigableSet<byte[]> tableStarts(Keyspace keyspace) {
        NavigableSet<byte[]> starts = new TreeSet<>(Arrays::compareUnsigned);
        byte[] name = RocksDbHandle.nameOf(keyspace);
        for (LiveFileMetaData table : database.getLiveFilesMetaData()) {
            if (Arrays.equals(table.columnFamilyName(), name)) {
                starts.add(table.smallestKey());
            }
        }
        return starts;
    }

    private static ReadOptions reading(@Nullable Slice end) {
        ReadOptions reading = new ReadOptions().setFillCache(false);
        return end == null ? reading : reading.setIterateUpperBound(end);
    }

    private ColumnFamilyHandle family(Keyspace keyspace) {
        return families.get(keyspace.ordinal());
    }

    private static String hex(byte[] key) {
        return HexFormat.of().formatHex(key);
    }

    @Override
    public WriteBatch batch() {
        throw readOnly();
    }

    @Override
    public void commit(WriteBatch batch, Done done) {
        throw readOnly();
    }

    private static StorageException readOnly() {
        return new StorageException("storage: opened to be looked at (expected: no writing)", null);
    }

    @Override
    public void close() {
        families.forEach(ColumnFamilyHandle::close);
        database.close();
        options.close();
    }
}
