// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.broker.config.StorageConfig;
import io.skep.broker.data.Backup;
import io.skep.broker.data.OfflineData;
import io.skep.sdk.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BackupTest {

    private Path home;
    private Path data;
    private Path backup;

    @BeforeEach
    void choose(@TempDir Path folder) {
        home = folder;
        data = home.resolve("data");
        backup = home.resolve("backup/monday");
    }

    @Test
    void aBackupOfARunningBrokerHasEverything() throws IOException {
        try (RunningBroker broker = RunningBroker.start(home, StoredExample.CONFIG)) {
            StoredExample.fill(broker.port());
            assertThat(make()).isTrue();
            assertThat(data).isDirectoryNotContaining("glob:**snapshot-*");
        }
        restore(home.resolve("new"), false);
        expectAll("new");
    }

    @Test
    void aBackupOfABrokerThatDoesNotRunHasEverything() throws IOException {
        fill();
        assertThat(make()).isFalse();
        restore(home.resolve("new"), false);
        expectAll("new");
        expectAll("data");
    }

    @Test
    void aBackupCanBeLookedAtLikeADataFolder() throws IOException {
        fill();
        make();
        try (OfflineData offline = OfflineData.openExisting(StorageConfig.DEFAULT, backup)) {
            assertThat(offline.verify(line -> {}).isSound()).isTrue();
        }
        restore(home.resolve("new"), false); // looking has changed nothing
    }

    @Test
    void anEngineWithoutBackupsRefuses() throws IOException {
        try (RunningBroker broker = RunningBroker.start(home, "storage: {engine: memory}\n")) {
            assertThat(broker.port()).isPositive();
            assertThatThrownBy(this::make)
                    .isInstanceOf(StorageException.class)
                    .hasMessageStartingWith("storage.engine: cannot write backups (expected: ");
        }
        assertThat(backup).doesNotExist();
    }

    @Test
    void aFolderThatIsNotEmptyIsNotBackedUpInto() throws IOException {
        fill();
        Files.createDirectories(backup.resolve("something"));
        assertThatThrownBy(this::make).hasMessageContaining("(expected: an empty folder, or none yet)");
        assertThat(backup.resolve("something")).isEmptyDirectory();
    }

    @Test
    void theSnapshotOfAToolThatWasKilledIsRemovedByTheNextBackup() throws IOException {
        Path abandoned = data.resolve("snapshot-99999999999");
        try (RunningBroker broker = RunningBroker.start(home, "")) {
            assertThat(broker.port()).isPositive();
            Files.createDirectories(abandoned.resolve("rocksdb"));
            make();
        }
        assertThat(abandoned).doesNotExist();
    }

    @Test
    void aRunningBrokersDataIsNotReplaced() throws IOException {
        fill();
        make();
        try (RunningBroker broker = RunningBroker.start(home, StoredExample.CONFIG)) {
            assertThatThrownBy(() -> restore(data, true)).hasMessageContaining("stop that broker");
            assertThat(broker.port()).isPositive();
        }
    }

    @Test
    void dataIsReplacedOnlyOnDemandAndThenMovedAside() throws IOException {
        fill();
        make();
        try (RunningBroker broker = RunningBroker.start(home, "")) {
            RawClient.connect(broker.port(), "later", false).close();
        }
        assertThatThrownBy(() -> restore(data, false)).hasMessageContaining("--force");

        Path aside = restore(data, true);

        assertThat(aside.resolve("rocksdb")).isDirectory();
        expectAll("data");
        try (OfflineData offline = OfflineData.openExisting(StorageConfig.DEFAULT, aside)) {
            assertThat(offline.verify(line -> {}).isSound()).isTrue();
        }
    }

    @Test
    void aBackupThatIsSpoiltOrUnfinishedIsRefusedAndTheDataStaysAsItIs() throws IOException {
        fill();
        make();
        Path list = backup.resolve("skep-backup.json");
        String content = Files.readString(list);
        for (Path file : files(backup.resolve("rocksdb"))) {
            byte[] bytes = Files.readAllBytes(file);
            byte[] spoilt = bytes.clone();
            if (bytes.length > 0) {
                spoilt[bytes.length / 2] ^= 1;
                Files.write(file, spoilt);
                assertThatThrownBy(() -> restore(data, true))
                        .hasMessageContaining(file.getFileName() + "' (expected: ");
                Files.write(file, bytes);
            }
        }
        Files.writeString(
                list, content.replace("rocksdb/CURRENT", "../skep.yaml"), StandardOpenOption.TRUNCATE_EXISTING);
        assertThatThrownBy(() -> restore(data, true)).hasMessageContaining("(expected: a file within the folder)");
        Files.delete(list);
        assertThatThrownBy(() -> restore(data, true)).hasMessageContaining("'skep backup' has finished");
        expectAll("data");
    }

    @Test
    void aRestoreThatDiedAfterItsDecisionIsFinishedByTheNextStart() throws IOException {
        fill();
        make();
        try (RunningBroker broker = RunningBroker.start(home, "")) {
            RawClient.connect(broker.port(), "absent", true).close(); // its session is gone
        }
        Path prepared = Files.createDirectory(data.resolve("prepared")); // as the one atomic step leaves it
        Files.move(data.resolve("rocksdb"), data.resolve("former"));
        copy(backup.resolve("rocksdb"), prepared.resolve("rocksdb"));
        expectAll("data");
        assertThat(prepared).doesNotExist();
    }

    @Test
    void aRestoreThatDiedBeforeItsDecisionHasChangedNothing() throws IOException {
        fill();
        Files.createDirectories(data.resolve("preparing/rocksdb"));
        Files.writeString(data.resolve("preparing/rocksdb/CURRENT"), "half", UTF_8);
        expectAll("data");
    }

    private void fill() throws IOException {
        try (RunningBroker broker = RunningBroker.start(home, StoredExample.CONFIG)) {
            StoredExample.fill(broker.port());
        }
    }

    private boolean make() throws IOException {
        return Backup.make(StorageConfig.DEFAULT, data, backup);
    }

    private Path restore(Path folder, boolean force) throws IOException {
        try (OfflineData offline = OfflineData.open(StorageConfig.DEFAULT, folder)) {
            return Objects.requireNonNullElse(offline.restore(backup, force), folder);
        }
    }

    private void expectAll(String folder) throws IOException {
        String config = StoredExample.CONFIG + "storage: {folder: " + folder + "}\n";
        try (RunningBroker broker = RunningBroker.start(home, config)) {
            StoredExample.expectAll(broker.port());
        }
    }

    private static Iterable<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static void copy(Path source, Path target) throws IOException {
        Files.createDirectory(target);
        for (Path file : files(source)) {
            Files.copy(file, target.resolve(file.getFileName()));
        }
    }
}
