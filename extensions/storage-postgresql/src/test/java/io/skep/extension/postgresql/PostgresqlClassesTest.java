// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.Extension;
import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageProvider;
import io.skep.sdk.testkit.BareContext;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class PostgresqlClassesTest {

    @RegisterExtension
    static final PostgresqlServer server = new PostgresqlServer();

    @Test
    void aStoppedExtensionLeavesItsClassesToTheGarbageCollector(@TempDir Path folder) throws Exception {
        Files.writeString(
                folder.resolve("storage-postgresql.yaml"), """
                url: '%s'
                password: '%s'
                """.formatted(server.url(), PostgresqlServer.PASSWORD));
        assertThat(OwnClasses.leftAfter(classes -> live(folder, classes))).isZero();
    }

    private static void live(Path folder, ClassLoader classes) throws Exception {
        Extension extension = (Extension) classes.loadClass(StoragePostgresql.class.getName())
                .getConstructor()
                .newInstance();
        assertThat(extension).isNotInstanceOf(StoragePostgresql.class);
        try (BareContext context = new BareContext("storage-postgresql", folder)) {
            extension.start(context);
            try (Storage storage = context.hook(StorageProvider.class).open(folder, Durability.FSYNC)) {
                assertThat(Engines.put(storage, "key", "value")).isEmpty();
                assertThat(Engines.get(storage, "key")).isEqualTo("value");
            }
            extension.stop();
        }
    }
}
