// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.broker.config.StorageConfig;
import io.skep.broker.data.OfflineData;
import io.skep.sdk.storage.StorageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExportTest {

    private static final String HEAD = "{\"type\":\"skep-data\",\"format\":1}\n";
    private static final String ANN = "{\"type\":\"session\",\"clientId\":\"ann\",\"expirySeconds\":60}\n";

    @TempDir
    private Path home;

    @Test
    void whatWasExportedAndImportedIsExportedTheSame() throws IOException {
        try (RunningBroker broker = RunningBroker.start(home, StoredExample.CONFIG)) {
            StoredExample.fill(broker.port());
        }
        String first = export(home.resolve("data"));
        importFrom(first, home.resolve("copy"));
        assertThat(export(home.resolve("copy"))).isEqualTo(first);
        assertThat(first.lines().map(line -> line.split("\"", -1)[3]).distinct())
                .containsExactlyInAnyOrder(
                        "skep-data", "session", "subscription", "queued", "inbound", "retained", "will");
    }

    @Test
    void aBrokerFindsEverythingInImportedData() throws IOException {
        try (RunningBroker broker = RunningBroker.start(home, StoredExample.CONFIG)) {
            StoredExample.fill(broker.port());
        }
        importFrom(export(home.resolve("data")), home.resolve("copy"));
        try (RunningBroker broker = RunningBroker.start(home, StoredExample.CONFIG + "storage: {folder: copy}\n")) {
            StoredExample.expectAll(broker.port());
        }
    }

    @Test
    void whatCannotComeFromABrokerYetIsKeptAsWell() throws IOException {
        String lines = HEAD + ANN
                + "{\"type\":\"queued\",\"clientId\":\"ann\",\"position\":70000,\"qos\":1,\"retain\":true,"
                + "\"identifiers\":[3,9],\"message\":{\"topic\":\"a\",\"qos\":0,\"payload\":\"\"}}\n"
                + "{\"type\":\"extension\",\"key\":\"AAE=\",\"value\":\"\"}\n";
        importFrom(lines, home.resolve("new"));
        assertThat(export(home.resolve("new"))).isEqualTo(lines);
    }

    @Test
    void aLineThatIsWrongIsNamedAndNothingIsImported() throws IOException {
        List<String> wrong = List.of(
                "x",
                "{}",
                "{\"type\":\"tea\"}",
                ANN,
                ANN.replace("ann", ""),
                ANN.replace("ann", "bob").replace("60", "-1"),
                "{\"type\":\"inbound\",\"clientId\":\"bob\",\"packetId\":1}",
                "{\"type\":\"inbound\",\"clientId\":\"ann\",\"packetId\":0}",
                "{\"type\":\"subscription\",\"clientId\":\"ann\",\"filter\":\"a/#/b\",\"qos\":1}",
                "{\"type\":\"retained\",\"message\":{\"topic\":\"a/+\",\"qos\":1,\"payload\":\"\"}}",
                "{\"type\":\"retained\",\"message\":{\"topic\":\"a\",\"qos\":1,\"payload\":\"?\"}}",
                "{\"type\":\"retained\",\"message\":{\"topic\":\"a\",\"qos\":3,\"payload\":\"\"}}",
                "{\"type\":\"retained\",\"message\":{\"topic\":\"a\",\"qos\":1,\"payload\":\"\",\"expiresAt\":\"soon\"}}");
        for (String line : wrong) {
            assertThatThrownBy(() -> importFrom(HEAD + ANN + line, home.resolve("new")))
                    .as(line)
                    .isInstanceOf(StorageException.class)
                    .hasMessageStartingWith("line 3: ")
                    .hasMessageContaining("(expected: ");
        }
        assertThat(home.resolve("new/rocksdb")).doesNotExist();
        for (String head : List.of("", "{\"type\":\"skep-data\",\"format\":2}", ANN)) {
            assertThatThrownBy(() -> importFrom(head, home.resolve("new")))
                    .isInstanceOf(StorageException.class)
                    .hasMessageStartingWith("line 1: ");
        }
    }

    @Test
    void aFolderWithDataIsNotImportedInto() throws IOException {
        importFrom(HEAD, home.resolve("new"));
        assertThatThrownBy(() -> importFrom(HEAD, home.resolve("new")))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("(expected: one without data)");
    }

    @Test
    void theDataOfARunningBrokerAndOtherEnginesAreNotTouched() throws IOException {
        try (RunningBroker broker = RunningBroker.start(home, "")) {
            assertThat(broker.port()).isPositive();
            assertThatThrownBy(() -> export(home.resolve("data")))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining(
                            "not in use, but process " + ProcessHandle.current().pid());
        }
        StorageConfig other = new StorageConfig("postgresql", Path.of("data"), StorageConfig.DEFAULT.durability());
        assertThatThrownBy(() -> OfflineData.open(other, home))
                .hasMessageContaining("storage.engine: 'postgresql' (expected: rocksdb;");
        assertThatThrownBy(() -> export(home.resolve("nowhere")))
                .hasMessageContaining("(expected: one with data in it)");
    }

    private static String export(Path folder) throws IOException {
        StringWriter out = new StringWriter();
        try (OfflineData data = OfflineData.openExisting(StorageConfig.DEFAULT, folder)) {
            data.exportTo(out);
        }
        assertThat(UTF_8.newEncoder().canEncode(out.toString())).isTrue();
        return out.toString();
    }

    private static void importFrom(String lines, Path folder) throws IOException {
        try (OfflineData data = OfflineData.open(StorageConfig.DEFAULT, folder)) {
            data.importFrom(new BufferedReader(new StringReader(lines)));
        }
    }
}
