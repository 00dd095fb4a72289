// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataFolderTest {

    private static final String OWN_PROCESS =
            Long.toString(ProcessHandle.current().pid());

    @TempDir
    private Path temporaryFolder;

    @Test
    void theFolderIsCreatedWithItsParents() {
        Path path = temporaryFolder.resolve("var/lib/skep");
        try (DataFolder folder = DataFolder.open(path)) {
            assertThat(folder.path()).isDirectory().isEqualTo(path);
        }
    }

    @Test
    void aSecondBrokerOfTheSameProcessIsRefused() {
        DataFolder folder = DataFolder.open(temporaryFolder);
        assertThatThrownBy(() -> DataFolder.open(temporaryFolder.resolve(".")))
                .isInstanceOf(StorageException.class)
                .hasMessageContainingAll("'" + temporaryFolder + "'", "process " + OWN_PROCESS);
        folder.close();
        DataFolder.open(temporaryFolder).close();
    }

    @Test
    void aSecondProcessIsRefusedEvenAfterASecondBrokerOfTheFirstWas() throws Exception {
        try (DataFolder folder = DataFolder.open(temporaryFolder)) {
            assertThatThrownBy(() -> DataFolder.open(folder.path())).isInstanceOf(StorageException.class);
            Process second = ChildJvm.start(Holder.class, temporaryFolder.toString());
            assertThat(second.inputReader().readLine()).contains("'" + temporaryFolder + "'", "process " + OWN_PROCESS);
            assertThat(second.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void theFolderOfAKilledBrokerIsFree() throws Exception {
        Process first = ChildJvm.start(Holder.class, temporaryFolder.toString());
        assertThat(first.inputReader().readLine()).isEqualTo("open");
        assertThatThrownBy(() -> DataFolder.open(temporaryFolder))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("process " + first.pid());
        first.destroyForcibly().waitFor();
        DataFolder.open(temporaryFolder).close();
    }

    @Test
    void whatCannotBeAFolderIsExplained() throws IOException {
        Path file = Files.createFile(temporaryFolder.resolve("file"));
        assertThatThrownBy(() -> DataFolder.open(file))
                .isInstanceOf(StorageException.class)
                .hasMessageContainingAll("'" + file + "'", "(expected: a folder that can be written)");
    }

    /** Takes a folder until it is killed; says "open", or why not. */
    static final class Holder {

        private Holder() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            try {
                DataFolder.open(Path.of(arguments[0]));
            } catch (StorageException e) {
                KilledWriter.say(String.valueOf(e.getMessage()));
                return;
            }
            KilledWriter.say("open");
            Thread.currentThread().join(); // for ever
        }
    }
}
