// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/** What is RocksDB's own: its log, its format, its failures. */
final class RocksDbStorageTest {

    private static final int BATCHES = 10;
    private static final int BATCH_BYTES = 100_000;

    private Path folder;

    @BeforeEach
    void choose(@TempDir Path temporaryFolder) {
        folder = temporaryFolder;
    }

    @Test
    void aLogThatEndsInTheMiddleOfABatchIsRecovered() throws IOException {
        writeBatches();
        try (FileChannel log = openLog()) {
            log.truncate(log.size() - BATCH_BYTES / 2);
        }
        assertThat(batchesFound()).isEqualTo(BATCHES - 1);
    }

    @Test
    void aLogWhoseLastBatchHasAHoleIsRecovered() throws IOException {
        writeBatches();
        try (FileChannel log = openLog()) {
            log.write(ByteBuffer.allocate(4096), log.size() - BATCH_BYTES / 2);
        }
        assertThat(batchesFound()).isEqualTo(BATCHES - 1);
        assertThat(batchesFound()).isEqualTo(BATCHES - 1); // and is whole again
    }

    @Test
    void aLogThatIsDamagedBeforeItsLastBatchStopsTheStart() throws IOException {
        writeBatches();
        try (FileChannel log = openLog()) {
            log.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), log.size() / 2);
        }
        assertThatThrownBy(this::batchesFound)
                .isInstanceOf(StorageException.class)
                .hasMessageContainingAll(
                        "'" + folder.resolve("rocksdb") + "'",
                        "undamaged",
                        "skep data verify",
                        "skep data repair",
                        "restore a backup");
    }

    @Test
    void aSmallLogThatIsDamagedBeforeItsLastBatchStopsTheStartToo() throws IOException {
        try (Storage storage = open(Durability.FSYNC)) {
            for (int i = 0; i < BATCHES; i++) {
                put(storage, Keyspace.QUEUE, key(i), noise(100));
            }
        }
        try (FileChannel log = openLog()) {
            log.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), log.size() / 2);
        }
        assertThatThrownBy(this::batchesFound)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("undamaged");
    }

    @Test
    void withoutFsyncADamagedLogIsReadUpToTheDamage() throws IOException {
        writeBatches();
        try (FileChannel log = openLog()) {
            log.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), log.size() / 2);
        }
        try (Storage storage = open(Durability.OS)) {
            assertThat(storage.get(Keyspace.QUEUE, key(0))).isNotNull();
            assertThat(storage.get(Keyspace.QUEUE, key(BATCHES - 1))).isNull();
        }
    }

    @Test
    void aFileOfTheDatabaseThatIsMissingStopsTheStart() throws IOException {
        writeBatches();
        open(Durability.FSYNC).close(); // moves the log's content into a table
        try (Stream<Path> files = Files.list(folder.resolve("rocksdb"))) {
            Files.delete(files.filter(file -> file.toString().endsWith(".sst"))
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow());
        }
        assertThatThrownBy(this::batchesFound)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("undamaged");
    }

    @Test
    void aBackupIsADataFolderWithWhatWasCommittedBefore(@TempDir Path other) {
        try (Storage storage = open(Durability.FSYNC)) {
            put(storage, Keyspace.QUEUE, key(1), noise(BATCH_BYTES));
            storage.backup(other.resolve("backup"));
            put(storage, Keyspace.QUEUE, key(2), noise(BATCH_BYTES));
        }
        try (Storage copy = new RocksDbProvider().open(other.resolve("backup"), Durability.FSYNC)) {
            assertThat(copy.get(Keyspace.QUEUE, key(1))).isEqualTo(noise(BATCH_BYTES));
            assertThat(copy.get(Keyspace.QUEUE, key(2))).isNull();
        }
    }

    @Test
    void anEngineWithoutBackupsSaysSo() {
        try (Storage storage = new MemoryProvider().open(folder, Durability.FSYNC)) {
            assertThatThrownBy(() -> storage.backup(folder.resolve("backup")))
                    .isInstanceOf(StorageException.class)
                    .hasMessageStartingWith("storage.engine: cannot write backups");
        }
    }

    @Test
    void aKeyspaceOfANewerVersionIsRefused() throws Exception {
        open(Durability.FSYNC).close();
        Path path = folder.resolve("rocksdb");
        try (Options options = new Options();
                RocksDbOptions ours = new RocksDbOptions(Durability.FSYNC)) {
            List<byte[]> names = RocksDB.listColumnFamilies(options, path.toString());
            List<ColumnFamilyDescriptor> families =
                    names.stream().map(ColumnFamilyDescriptor::new).toList();
            try (RocksDB database = RocksDB.open(ours.database(), path.toString(), families, new ArrayList<>())) {
                database.createColumnFamily(new ColumnFamilyDescriptor("routes".getBytes(US_ASCII)))
                        .close();
            }
        }
        assertThatThrownBy(() -> open(Durability.FSYNC))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("newer Skep");
    }

    @Test
    void aStorageThatIsOpenIsNotOpenedTwice() {
        Storage storage = open(Durability.FSYNC);
        assertThatThrownBy(() -> open(Durability.FSYNC))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("'" + folder.resolve("rocksdb") + "'");
        storage.close();
    }

    @Test
    void aStorageThatCouldNotWriteGoesOnWhenItCan() throws Exception {
        String fileBytesMax = "ulimit -f 40000"; // units of 512 bytes, so about 20 MB
        Process writer = ChildJvm.startLimited(fileBytesMax, TooLargeWriter.class, folder.toString());
        assertThat(writer.inputReader().lines()).containsExactly("committed", "failed", "committed");
        assertThat(writer.waitFor(20, TimeUnit.SECONDS)).isTrue();
        try (Storage storage = open(Durability.FSYNC)) {
            assertThat(storage.get(Keyspace.QUEUE, key(0))).isNotNull();
            assertThat(storage.get(Keyspace.QUEUE, key(1))).isNull();
            assertThat(storage.get(Keyspace.QUEUE, key(2))).isNotNull();
        }
    }

    private void writeBatches() {
        try (Storage storage = open(Durability.FSYNC)) {
            for (int i = 0; i < BATCHES; i++) {
                put(storage, Keyspace.QUEUE, key(i), noise(BATCH_BYTES));
            }
        }
    }

    private int batchesFound() {
        try (Storage storage = open(Durability.FSYNC)) {
            int found = 0;
            while (storage.get(Keyspace.QUEUE, key(found)) != null) {
                found++;
            }
            return found;
        }
    }

    private Storage open(Durability durability) {
        return new RocksDbProvider().open(folder, durability);
    }

    private FileChannel openLog() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("rocksdb"))) {
            Path log = files.filter(file -> file.toString().endsWith(".log"))
                    .max(Comparator.comparing(Path::toString))
                    .orElseThrow();
            return FileChannel.open(log, StandardOpenOption.WRITE);
        }
    }

    private static void put(Storage storage, Keyspace keyspace, byte[] key, byte[] value) {
        WriteBatch batch = storage.batch();
        batch.put(keyspace, key, value);
        storage.commit(batch, failure -> assertThat(failure).isNull());
    }

    private static byte[] key(int number) {
        return new byte[] {(byte) number};
    }

    private static byte[] noise(int size) {
        byte[] noise = new byte[size];
        new Random(size).nextBytes(noise);
        return noise;
    }

    /** Commits something, something larger than a file may be, and something again. */
    static final class TooLargeWriter {

        private TooLargeWriter() {}

        public static void main(String[] arguments) throws IOException {
            List<Integer> sizes = List.of(1000, 30_000_000, 1000);
            try (Storage storage = new RocksDbProvider().open(Path.of(arguments[0]), Durability.FSYNC)) {
                for (int i = 0; i < sizes.size(); i++) {
                    WriteBatch batch = storage.batch();
                    batch.put(Keyspace.QUEUE, key(i), noise(sizes.get(i)));
                    StringBuilder end = new StringBuilder();
                    storage.commit(batch, failure -> end.append(failure == null ? "committed" : "failed"));
                    KilledWriter.say(end.toString());
                }
            }
        }
    }
}
