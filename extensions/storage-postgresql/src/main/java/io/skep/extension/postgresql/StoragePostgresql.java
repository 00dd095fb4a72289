// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.postgresql;

import io.skep.sdk.Extension;
import io.skep.sdk.ExtensionContext;
import java.sql.SQLException;
import org.postgresql.Driver;

/** Offers the engine {@code postgresql}, which keeps its data where {@code storage-postgresql.yaml} says. */
public final class StoragePostgresql implements Extension {

    @Override
    public void start(ExtensionContext context) {
        PostgresqlConfig config = context.config(PostgresqlConfig.class);
        context.hooks().storageProvider(new PostgresqlProvider(config, context.logger()));
    }

    /** The driver registers itself when its class is loaded, and would keep our classes in memory. */
    @Override
    public void stop() throws SQLException {
        if (Driver.isRegistered()) {
            Driver.deregister();
        }
    }
}
