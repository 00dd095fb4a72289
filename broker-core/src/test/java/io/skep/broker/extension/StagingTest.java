// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.storage.ChildJvm;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagingTest {

    @TempDir
    private Path temporaryFolder;

    @Test
    void whatAKilledBrokerLeavesIsDeletedByTheNextAndWhatALivingOneHasIsNot() throws Exception {
        Path jar = Files.writeString(temporaryFolder.resolve("a.jar"), "of one");
        Process other = ChildJvm.start(Holder.class, jar.toString());
        try (Staging own = new Staging()) {
            Path ownCopy = own.copy(jar);
            Path copy = Path.of(other.inputReader().readLine());
            new Staging().close();
            assertThat(copy.resolve("extension.jar")).hasContent("of one");
            other.destroyForcibly().waitFor();

            new Staging().close();

            assertThat(copy.getParent()).doesNotExist();
            assertThat(ownCopy.resolve("extension.jar")).hasContent("of one");
            Process third = ChildJvm.start(Holder.class, jar.toString());
            assertThat(third.inputReader().readLine()).isNotEmpty();
            third.destroyForcibly().waitFor();
            assertThat(ownCopy.resolve("extension.jar"))
                    .as("still in use, also to another process")
                    .hasContent("of one");
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void nothingIsLeftOfOneThatIsClosed() throws IOException {
        Path jar = Files.writeString(temporaryFolder.resolve("a.jar"), "content");
        Staging staging = new Staging();
        Path copy = staging.copy(jar);

        staging.close();

        assertThat(copy.getParent()).doesNotExist();
    }

    @Test
    void aFolderThatOnlyHasTheNameStays() throws IOException {
        Path strange = Files.createTempDirectory("skep-extensions-");
        try {
            new Staging().close();

            assertThat(strange).exists();
        } finally {
            Files.deleteIfExists(strange);
        }
    }

    /** Has a copy until it is killed; says where. */
    static final class Holder {

        private Holder() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            Path copy = new Staging().copy(Path.of(arguments[0]));
            new FileOutputStream(FileDescriptor.out).write((copy + "\n").getBytes(StandardCharsets.UTF_8));
            Thread.currentThread().join(); // for ever
        }
    }
}
