// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authsql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** A few connections to the database, made when they are needed. Thread-safe. */
final class Database implements AutoCloseable {

    private final HikariDataSource pool;
    private final int timeoutSeconds;

    /**
     * Connects to nothing yet.
     *
     * @throws IllegalArgumentException if there is no driver for the URL
     */
    Database(AuthSqlConfig config) {
        long timeoutMillis = config.timeout().toMillis();
        timeoutSeconds = Math.toIntExact((timeoutMillis + 999) / 1_000); // drivers know no finer ones
        HikariConfig pooling = new HikariConfig();
        pooling.setPoolName("auth-sql");
        pooling.setDriverClassName(driver(config));
        pooling.setJdbcUrl(config.url());
        pooling.setUsername(config.user());
        pooling.setPassword(config.password());
        pooling.setMaximumPoolSize(config.connections());
        pooling.setMinimumIdle(1);
        pooling.setReadOnly(true); // whatever the queries say
        pooling.setConnectionTimeout(timeoutMillis);
        pooling.setValidationTimeout(timeoutMillis);
        pooling.setInitializationFailTimeout(-1);
        if (config.url().startsWith("jdbc:postgresql:")) {
            pooling.addDataSourceProperty("readOnlyMode", "always"); // not in transactions alone
            pooling.addDataSourceProperty("loginTimeout", timeoutSeconds);
        }
        pool = new HikariDataSource(pooling);
    }

    /** The JARs beside ours are not seen by the list of drivers that the JDK keeps. */
    private static String driver(AuthSqlConfig config) {
        List<String> found = new ArrayList<>();
        for (Driver driver : ServiceLoader.load(Driver.class, Database.class.getClassLoader())) {
            try {
                if (driver.acceptsURL(config.url())) {
                    return driver.getClass().getName();
                }
            } catch (SQLException e) {
                throw new IllegalArgumentException("url: " + e.getMessage(), e);
            }
            found.add(driver.getClass().getName());
        }
        throw new IllegalArgumentException("url: '" + config.address()
                + "' (expected: a driver in lib/ of the extension" + " that takes it; there are " + found + ")");
    }

    /** {@return how long the database may work on a query, after which it is told to stop} */
    int timeoutSeconds() {
        return timeoutSeconds;
    }

    /** {@return a connection that fails when the database says nothing for too long; goes back when closed} */
    @SuppressWarnings("EmptyCatch")
    Connection connect() throws SQLException {
        Connection connection = pool.getConnection();
        try {
            connection.setNetworkTimeout(Runnable::run, (timeoutSeconds + 1) * 1_000);
        } catch (SQLFeatureNotSupportedException e) {
            // then the URL has to say it, in the driver's own way
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    @Override
    public void close() {
        pool.close();
    }
}
