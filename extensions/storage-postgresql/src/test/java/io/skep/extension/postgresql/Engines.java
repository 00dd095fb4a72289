// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.postgresql;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.StorageProvider;
import io.skep.sdk.storage.WriteBatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/** The engine as the tests use it. */
final class Engines {

    private static final Duration SHORT = Duration.ofMillis(300);

    private Engines() {}

    static StorageProvider provider(PostgresqlServer server, String schema) {
        return provider(server, PostgresqlServer.USER, schema);
    }

    static StorageProvider provider(PostgresqlServer server, String user, String schema) {
        PostgresqlConfig config = new PostgresqlConfig(
                server.url(),
                user,
                PostgresqlServer.PASSWORD,
                schema,
                Duration.ofSeconds(10),
                SHORT,
                Duration.ofSeconds(60));
        return new PostgresqlProvider(config, LoggerFactory.getLogger("extension.storage-postgresql"));
    }

    static Storage open(PostgresqlServer server, String schema) {
        return provider(server, schema).open(Path.of(""), Durability.FSYNC);
    }

    /** {@return what went wrong, if anything} */
    static Optional<StorageException> commit(Storage storage, Consumer<WriteBatch> writes) {
        CompletableFuture<Optional<StorageException>> end = new CompletableFuture<>();
        try {
            WriteBatch batch = storage.batch();
            writes.accept(batch);
            storage.commit(batch, failure -> end.complete(Optional.ofNullable(failure)));
        } catch (StorageException e) {
            end.complete(Optional.of(e));
        }
        return end.orTimeout(60, TimeUnit.SECONDS).join();
    }

    static Optional<StorageException> put(Storage storage, String key, String value) {
        return commit(storage, batch -> batch.put(Keyspace.EXTENSIONS, bytes(key), bytes(value)));
    }

    static String get(Storage storage, String key) {
        byte[] value = storage.get(Keyspace.EXTENSIONS, bytes(key));
        return value == null ? "none" : new String(value, ISO_8859_1);
    }

    static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
