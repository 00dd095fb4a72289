// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Keyspace;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksObject;
import org.rocksdb.TablePropertiesCollectorFactory;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBufferManager;

/**
 * How RocksDB is set up: for a small footprint, and for data that is mostly deleted soon after it was written.
 *
 * <p>Memtables and cached blocks share one budget; it is used only as data comes. Log files are replayed at the next
 * start, so their size bounds the time a start takes.
 */
final class RocksDbOptions implements AutoCloseable {

    private static final long MEMORY_BYTES_MAX = 32 << 20;
    private static final long MEMTABLE_BYTES_MAX = 24 << 20;
    private static final long LOG_BYTES_MAX = 64 << 20;

    private final List<RocksObject> owned = new ArrayList<>();
    private final WALRecoveryMode recovery;
    private final DBOptions database;
    private final ColumnFamilyOptions looked;
    private final ColumnFamilyOptions queued;

    RocksDbOptions(Durability durability) {
        // what was not synced may be damaged anywhere by a power cut, and was not promised to survive one
        recovery = durability == Durability.FSYNC
                ? WALRecoveryMode.TolerateCorruptedTailRecords
                : WALRecoveryMode.PointInTimeRecovery;
        Cache cache = own(new LRUCache(MEMORY_BYTES_MAX, 2));
        database = own(new DBOptions())
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setWriteBufferManager(own(new WriteBufferManager(MEMTABLE_BYTES_MAX, cache)))
                .setMaxTotalWalSize(LOG_BYTES_MAX)
                .setWalRecoveryMode(recovery)
                .setAtomicFlush(durability == Durability.NONE) // without a log only this keeps keyspaces consistent
                .setBytesPerSync(1 << 20)
                .setMaxBackgroundJobs(2)
                .setMaxOpenFiles(256)
                .setMaxManifestFileSize(8 << 20)
                .setSkipStatsUpdateOnDbOpen(true)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setMaxLogFileSize(1 << 20)
                .setKeepLogFileNum(2);
        looked = shape(own(new ColumnFamilyOptions()), table(cache).setFilterPolicy(own(new BloomFilter(10))));
        queued = shape(own(consumedFromTheFront()), table(cache));
    }

    DBOptions database() {
        return database;
    }

    WALRecoveryMode recovery() {
        return recovery;
    }

    ColumnFamilyOptions of(Keyspace keyspace) {
        return keyspace == Keyspace.QUEUE ? queued : looked;
    }

    /**
     * A queue leaves many tombstones side by side: files full of them are compacted before a scan has to cross them.
     */
    private ColumnFamilyOptions consumedFromTheFront() {
        try (Options options = new Options()) {
            options.setTablePropertiesCollectorFactory(
                    List.of(own(TablePropertiesCollectorFactory.NewCompactOnDeletionCollectorFactory(1024, 512, 0.5))));
            return new ColumnFamilyOptions(options);
        }
    }

    private static ColumnFamilyOptions shape(ColumnFamilyOptions options, BlockBasedTableConfig table) {
        return options.setTableFormatConfig(table)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setWriteBufferSize(8 << 20)
                .setArenaBlockSize(128 << 10)
                .setTargetFileSizeBase(16 << 20);
    }

    private static BlockBasedTableConfig table(Cache cache) {
        return new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setCacheIndexAndFilterBlocks(true)
                .setPinL0FilterAndIndexBlocksInCache(true)
                .setFormatVersion(5);
    }

    private <T extends RocksObject> T own(T object) {
        owned.add(object);
        return object;
    }

    @Override
    public void close() {
        for (int i = owned.size() - 1; i >= 0; i--) {
            owned.get(i).close();
        }
    }
}
