// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.broker.config.StorageConfig;
import io.skep.broker.data.Backup;
import io.skep.broker.data.OfflineData;
import io.skep.broker.storage.DataFormat;
import io.skep.broker.storage.RocksDbProvider;
import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data that was written by every version whose format differs, as those versions left it. */
final class GoldenDataTest {

    @TempDir
    private Path home;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aBrokerFindsEverythingInDataOfEachFormat(int format) throws IOException {
        StoredExample.unpackGolden(format, home);
        try (RunningBroker broker = RunningBroker.start(home, StoredExample.CONFIG)) {
            StoredExample.expectAll(broker.port());
            if (format > 1) {
                StoredExample.expectTwins(broker.port());
            }
            if (format > 2) {
                StoredExample.expectRun(broker.port());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void dataOfEachFormatIsExportedAsItAlwaysWas(int format) throws IOException {
        StoredExample.unpackGolden(format, home);
        StringWriter out = new StringWriter();
        try (OfflineData data = OfflineData.openExisting(StorageConfig.DEFAULT, home.resolve("data"));
                InputStream expected = StoredExample.open("golden/format-" + format + ".jsonl")) {
            assertThat(data.verify(line -> {}).isSound()).isTrue();
            data.exportTo(out);
            assertThat(out).hasToString(new String(expected.readAllBytes(), UTF_8));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aBackupOfEachFormatIsRestoredAndABrokerFindsEverythingInIt(int format) throws IOException {
        Path old = home.resolve("old");
        StoredExample.unpackGolden(format, old);
        Path backup = home.resolve("backup");
        Backup.make(StorageConfig.DEFAULT, old.resolve("data"), backup);
        try (OfflineData data = OfflineData.open(StorageConfig.DEFAULT, home.resolve("data"))) {
            data.restore(backup, false);
        }
        try (RunningBroker broker = RunningBroker.start(home, StoredExample.CONFIG)) {
            StoredExample.expectAll(broker.port());
        }
    }

    @Test
    void thereIsAGoldenFolderOfThePresentFormat() {
        assertThat(StoredExample.class.getResource("golden/format-" + DataFormat.current() + ".zip"))
                .isNotNull();
    }

    @Test
    void dataOfANewerFormatIsRefused() throws IOException {
        StoredExample.unpackGolden(DataFormat.current(), home);
        try (Storage storage = new RocksDbProvider().open(home.resolve("data"), Durability.FSYNC)) {
            WriteBatch batch = storage.batch();
            batch.put(Keyspace.META, "format".getBytes(UTF_8), new byte[] {0, 0, 0, (byte) (DataFormat.current() + 1)});
            DataFormat.commit(storage, batch);
        }
        assertThatThrownBy(() -> RunningBroker.start(home, ""))
                .isInstanceOf(StorageException.class)
                .hasMessageContainingAll("format " + DataFormat.current() + " or older", "newer Skep");
        try (OfflineData data = OfflineData.openExisting(StorageConfig.DEFAULT, home.resolve("data"))) {
            assertThatThrownBy(() -> data.verify(line -> {})).hasMessageContaining("newer Skep");
            assertThatThrownBy(() -> data.repair(line -> {})).hasMessageContaining("newer Skep");
        }
    }
}
