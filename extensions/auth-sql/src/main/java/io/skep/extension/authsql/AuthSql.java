// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authsql;

import io.skep.extension.account.RemoteAuthenticator;
import io.skep.sdk.Extension;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.HookOptions;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/** Users and permissions from the database of {@code auth-sql.yaml}. A change there holds for logins after it. */
public final class AuthSql implements Extension {

    private static final Duration DEADLINE = Duration.ofSeconds(30); // many may wait for the same few processors

    private @Nullable Database database;

    @Override
    public void start(ExtensionContext context) {
        AuthSqlConfig config = context.config(AuthSqlConfig.class);
        Database opened = new Database(config);
        SqlUsers users = new SqlUsers(opened, config);
        try {
            users.probe();
        } catch (SQLException e) {
            warn(config, e, context);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
        database = opened;
        context.hooks()
                .authenticator(
                        new RemoteAuthenticator(users, context.executor(), DEADLINE, config.cache()),
                        HookOptions.DEFAULT.withDeadline(DEADLINE));
    }

    /** A database that is away for now is waited for: without this extension anybody might be let in. */
    private static void warn(AuthSqlConfig config, SQLException failure, ExtensionContext context) {
        SQLException cause = failure.getCause() instanceof SQLException inner ? inner : failure;
        context.logger()
                .warn(
                        "url: '{}' (expected: a database that answers; until it does nobody can log in): {}",
                        config.address(),
                        cause.getMessage());
    }

    /** Drivers enter themselves into a list of the JDK, which would keep our classes in memory. */
    @Override
    public void stop() throws SQLException {
        if (database != null) {
            database.close();
        }
        for (Driver driver : Collections.list(DriverManager.getDrivers())) {
            if (driver.getClass().getClassLoader() == AuthSql.class.getClassLoader()) {
                DriverManager.deregisterDriver(driver);
            }
        }
    }
}
