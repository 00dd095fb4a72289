// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.broker.config.StorageConfig;
import io.skep.broker.data.DataCheck;
import io.skep.broker.data.DataRepair;
import io.skep.broker.data.OfflineData;
import io.skep.broker.storage.DataFormat;
import io.skep.broker.storage.RocksDbProvider;
import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data that a disk has spoilt: what is said of it, and what is saved. */
final class DamagedDataTest {

    private static final int MESSAGES = 3_000;
    private static final int TOGETHER = 300;
    private static final int MESSAGE_BYTES = 1_000;

    private final List<String> complaints = new ArrayList<>();
    private Path home;
    private Path data;

    @BeforeEach
    void fill(@TempDir Path folder) throws IOException {
        home = folder;
        data = home.resolve("data");
        try (RunningBroker broker = RunningBroker.start(home, StoredExample.CONFIG)) {
            StoredExample.fill(broker.port());
        }
    }

    @Test
    void soundDataIsCountedAndThereIsNothingToRepair() throws IOException {
        DataCheck check = verify();
        assertThat(check.isSound()).isTrue();
        assertThat(check.counts())
                .containsEntry(Keyspace.SESSIONS, 8L)
                .containsEntry(Keyspace.SUBSCRIPTIONS, 7L)
                .containsEntry(Keyspace.QUEUE, 8L)
                .containsEntry(Keyspace.PAYLOADS, 1L)
                .containsEntry(Keyspace.INBOUND, 1L)
                .containsEntry(Keyspace.RETAINED, 2L)
                .containsEntry(Keyspace.WILLS, 1L);
        assertThat(repair().damaged()).isNull();
        assertThat(complaints).isEmpty();
        assertThat(data).isDirectoryNotContaining("glob:**lost-*");
        expectAll();
    }

    @Test
    void aRecordThatCannotBeReadStopsTheStartAndIsMovedAside() throws IOException {
        write(Keyspace.SUBSCRIPTIONS, new byte[] {0, 0, 0, 0, 0, 0, 0, 1, 'a'}, new byte[] {99});
        write(Keyspace.QUEUE, new byte[] {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9}, new byte[] {1, 1});
        write(Keyspace.RETAINED, "a".getBytes(US_ASCII), new byte[0]);
        assertThatThrownBy(() -> RunningBroker.start(home, ""))
                .isInstanceOf(StorageException.class)
                .hasMessageContainingAll("the record 61 of RETAINED", "skep data verify", "skep data repair");

        assertThat(verify().broken()).isEqualTo(3);
        assertThat(complaints)
                .hasSize(3)
                .anySatisfy(line -> assertThat(line).startsWith("SUBSCRIPTIONS 000000000000000161: format of a stored"))
                .anySatisfy(line -> assertThat(line).startsWith("QUEUE 00000000000000010000000000000009: "));

        DataRepair repair = repair();
        assertThat(repair.lost()).isEqualTo(3);
        assertThat(repair.losses()).content().contains("\"key\":\"000000000000000161\"", "\"value\":\"Yw==\"");
        assertThat(Objects.requireNonNull(repair.damaged()).resolve("rocksdb")).isDirectory();
        assertThat(verify().isSound()).isTrue();
        expectAll();
    }

    @Test
    void whatBelongsToALostSessionIsListedToo() throws IOException {
        write(Keyspace.SESSIONS, "absent".getBytes(US_ASCII), new byte[] {99});
        DataRepair repair = repair();
        assertThat(repair.lost()).isEqualTo(1);
        assertThat(Files.readAllLines(
                        repair.losses())) // the session, two subscriptions, two messages: the third is of a group
                .hasSize(5);
        assertThat(verify().orphans()).isZero();
    }

    @Test
    void oneSpoiltBlockCostsTheMessagesInItAndNoOthers() throws IOException {
        fillQueue();
        spoil(largest(".sst"), 0.5);

        assertThat(verify().isSound()).isFalse();
        assertThat(complaints)
                .anySatisfy(line -> assertThat(line).startsWith("a checksum is wrong: "))
                .anySatisfy(line -> assertThat(line).startsWith("QUEUE: nothing can be read between "));
        assertThatThrownBy(() -> {
                    try (OfflineData offline = OfflineData.openExisting(StorageConfig.DEFAULT, data)) {
                        offline.exportTo(Writer.nullWriter());
                    }
                })
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("skep data verify");

        DataRepair repair = repair();
        assertThat(repair.damaged()).isNotNull();
        DataCheck after = verify();
        assertThat(after.isSound()).isTrue();
        assertThat(after.counts().get(Keyspace.QUEUE))
                .isBetween(MESSAGES * 95L / 100, MESSAGES + 3L); // a block has a few messages
        RunningBroker.start(home, StoredExample.CONFIG).close();
    }

    @Test
    void aTableThatIsMissingCostsWhatWasInIt() throws IOException {
        fillQueue();
        Files.delete(largest(".sst"));
        assertThatThrownBy(() -> RunningBroker.start(home, ""))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("skep data repair");
        assertThat(verify().isSound()).isFalse();
        assertThat(repair().damaged()).isNotNull();
        assertThat(verify().counts()).containsEntry(Keyspace.SESSIONS, 8L).containsEntry(Keyspace.RETAINED, 2L);
        RunningBroker.start(home, StoredExample.CONFIG).close();
    }

    @Test
    void aLogThatIsSpoiltInTheMiddleCostsTheWritesThere() throws IOException {
        spoil(largest(".log"), "half/way"); // a subscription, long before the last write
        assertThatThrownBy(() -> RunningBroker.start(home, ""))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("skep data repair");
        assertThat(verify().isSound()).isFalse();
        assertThat(complaints.get(0)).startsWith("the database is damaged");
        assertThat(repair().saved()).isPositive();
        assertThat(verify().isSound()).isTrue();
        RunningBroker.start(home, StoredExample.CONFIG).close();
    }

    @Test
    void aDatabaseOfWhichNothingIsLeftIsSaidToNeedABackup() throws IOException {
        Files.delete(data.resolve("rocksdb/CURRENT"));
        assertThatThrownBy(this::repair).isInstanceOf(StorageException.class).hasMessageContaining("restore a backup");
        assertThat(data.resolve("rocksdb")).isDirectory();
    }

    @Test
    void verifyingChangesNothing() throws IOException {
        fillQueue();
        spoil(largest(".sst"), 0.5);
        List<String> before = listing();
        verify();
        assertThat(listing()).isEqualTo(before);
    }

    private List<String> listing() throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("rocksdb"))) {
            return files.filter(file -> !file.getFileName().toString().startsWith("LOG"))
                    .map(file -> file + " " + file.toFile().length())
                    .sorted()
                    .toList();
        }
    }

    private void fillQueue() throws IOException {
        Random random = new Random(1);
        try (RunningBroker broker = RunningBroker.start(home, StoredExample.CONFIG);
                RawClient publisher = RawClient.connect(broker.port(), "filler", true)) {
            for (int sent = 0; sent < MESSAGES; sent += TOGETHER) {
                for (int i = 1; i <= TOGETHER; i++) {
                    byte[] noise = new byte[MESSAGE_BYTES];
                    random.nextBytes(noise);
                    publisher.send(Packets.publish("news/noise", 1, i, noise));
                }
                for (int i = 0; i < TOGETHER; i++) {
                    publisher.expect(Packets.PUBACK);
                }
            }
        }
        RunningBroker.start(home, StoredExample.CONFIG).close(); // moves the log into tables
    }

    private void expectAll() throws IOException {
        try (RunningBroker broker = RunningBroker.start(home, StoredExample.CONFIG)) {
            StoredExample.expectAll(broker.port());
        }
    }

    private DataCheck verify() throws IOException {
        complaints.clear();
        try (OfflineData offline = OfflineData.openExisting(StorageConfig.DEFAULT, data)) {
            return offline.verify(complaints::add);
        }
    }

    private DataRepair repair() throws IOException {
        complaints.clear();
        try (OfflineData offline = OfflineData.openExisting(StorageConfig.DEFAULT, data)) {
            return offline.repair(complaints::add);
        }
    }

    private void write(Keyspace keyspace, byte[] key, byte[] value) {
        try (Storage storage = new RocksDbProvider().open(data, Durability.FSYNC)) {
            WriteBatch batch = storage.batch();
            batch.put(keyspace, key, value);
            DataFormat.commit(storage, batch);
        }
    }

    private Path largest(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("rocksdb"))) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
        }
    }

    private static void spoil(Path file, double where) throws IOException {
        spoil(file, (long) (Files.size(file) * where));
    }

    private static void spoil(Path file, String what) throws IOException {
        int where = Files.readString(file, ISO_8859_1).indexOf(what);
        assertThat(where).as(what).isPositive();
        spoil(file, where);
    }

    private static void spoil(Path file, long where) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), where);
        }
    }
}
