// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.postgresql;

import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageProvider;
import java.nio.file.Path;
import org.slf4j.Logger;

/** Opens the engine {@code postgresql}. The data folder stays empty. */
record PostgresqlProvider(PostgresqlConfig config, Logger logger) implements StorageProvider {

    @Override
    public String name() {
        return "postgresql";
    }

    @Override
    public Storage open(Path folder, Durability durability) {
        return PostgresqlStorage.open(new Database(config, durability), logger);
    }
}
