// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.postgresql;

import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.StorageException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * Opens connections, and sees to it that one broker writes at a time.
 *
 * <p>Who commits holds a lock of the server that lasts as long as the connection. The server ends the connection of a
 * machine that has vanished after {@value #DEAD_AFTER_SECONDS} seconds; then another broker gets the lock. It counts
 * the generation up, so that the first one, should it come back, finds out that its memory is no longer true.
 */
final class Database {

    /** Of the tables; the records in them have versions of their own. */
    private static final int FORMAT = 1;

    private static final int SERVER_VERSION_MIN = 130_000;
    private static final int LOCK = 0x534B4550; // "SKEP": other applications may lock in this database too
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final int KEEPALIVE_SECONDS = 5;
    private static final int KEEPALIVES = 3;
    private static final int DEAD_AFTER_SECONDS = KEEPALIVE_SECONDS * (1 + KEEPALIVES);

    /** What the server's own deadline may be late, before we stop to listen. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** There is one good plan for each of our statements; what the server knows of the table may be out of date. */
    private static final String SETTINGS = """
            SET client_min_messages = warning;
            SET tcp_keepalives_idle = %1$d; SET tcp_keepalives_interval = %1$d; SET tcp_keepalives_count = %2$d;
            SET tcp_user_timeout = %3$d;
            SET plan_cache_mode = force_generic_plan;
            SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
            """.formatted(KEEPALIVE_SECONDS, KEEPALIVES, DEAD_AFTER_SECONDS * 1000);

    /** The digest makes rows with long keys unique. */
    private static final String TABLES = """
            CREATE TABLE IF NOT EXISTS %1$s.about (format integer NOT NULL, generation bigint NOT NULL);
            INSERT INTO %1$s.about SELECT %2$d, 0 WHERE NOT EXISTS (SELECT FROM %1$s.about);
            CREATE TABLE IF NOT EXISTS %1$s.entries (
                keyspace smallint NOT NULL,
                head bytea NOT NULL,
                tail bytea NOT NULL,
                digest bytea NOT NULL GENERATED ALWAYS AS (CASE WHEN tail = '' THEN '' ELSE sha256(tail) END) STORED,
                value bytea NOT NULL,
                PRIMARY KEY (keyspace, head, digest)
            ) WITH (autovacuum_vacuum_scale_factor = 0.05);
            """;

    private final PostgresqlConfig config;
    private final Durability durability;
    private @Nullable Long generation;

    Database(PostgresqlConfig config, Durability durability) {
        this.config = config;
        this.durability = durability;
    }

    /** {@return the name of the table} */
    String table() {
        return schema() + ".entries";
    }

    /** Opens a connection that reads. */
    Connection openForReading() throws SQLException {
        Connection connection = connect();
        try {
            limit(connection);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Opens the connection that writes, once no other broker has one; the first time, makes what is not there. */
    Connection openForWriting() throws SQLException {
        Connection connection = connect();
        try {
            lock(connection);
            limit(connection);
            if (generation == null) {
                checkServer(connection);
                createTables(connection);
                generation = begin(connection);
            } else {
                checkGeneration(connection, generation);
            }
            if (durability != Durability.FSYNC) {
                run(connection, "SET synchronous_commit = off");
            } else if (text(connection, "SHOW synchronous_commit").equals("off")) {
                run(connection, "SET synchronous_commit = on");
            }
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** {@return a failure, for the operator} */
    StorageException explain(SQLException cause) {
        return failure("a PostgreSQL server that can be used, but: " + cause.getMessage(), cause);
    }

    private Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", config.user());
        if (config.password() != null) {
            properties.setProperty("password", config.password());
        }
        String seconds = Long.toString(config.connectTimeout().toSeconds());
        properties.setProperty("connectTimeout", seconds);
        properties.setProperty("loginTimeout", seconds);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty(
                "ApplicationName", "skep, process " + ProcessHandle.current().pid());
        Connection connection = new Driver().connect(config.url(), properties);
        if (connection == null) {
            throw failure("a URL of PostgreSQL", null);
        }
        try {
            run(connection, SETTINGS);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private void lock(Connection connection) throws SQLException {
        run(connection, "SET lock_timeout = " + config.lockTimeout().toMillis());
        connection.setNetworkTimeout(Runnable::run, millis(config.lockTimeout().plus(GRACE)));
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_advisory_lock(?, hashtext(?))")) {
            statement.setInt(1, LOCK);
            statement.setString(2, config.schema());
            statement.execute();
        } catch (SQLException e) {
            if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                throw failure(
                        "a schema that no other broker uses, but " + schema() + " is in use by " + holder(connection)
                                + "; stop that broker or choose another schema",
                        e);
            }
            throw e;
        }
    }

    private String holder(Connection connection) throws SQLException {
        String text = """
                SELECT concat(a.application_name, ' at ', host(a.client_addr), ' since ', a.backend_start::timestamp(0))
                FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                WHERE l.locktype = 'advisory' AND l.granted AND l.classid = %d
                AND l.objid::bigint = hashtext('%s')::bigint & 4294967295
                """.formatted(LOCK, config.schema());
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(text)) {
            return rows.next() ? rows.getString(1) : "one that has just ended";
        }
    }

    /** The server gives up first, so that a statement does not go on that nobody waits for. */
    private void limit(Connection connection) throws SQLException {
        run(connection, "SET statement_timeout = " + config.statementTimeout().toMillis());
        connection.setNetworkTimeout(
                Runnable::run, millis(config.statementTimeout().plus(GRACE)));
    }

    private void checkServer(Connection connection) throws SQLException {
        if (Integer.parseInt(text(connection, "SHOW server_version_num")) < SERVER_VERSION_MIN) {
            throw failure("PostgreSQL 13 or newer, but it is " + text(connection, "SHOW server_version"), null);
        }
        if (durability == Durability.FSYNC && text(connection, "SHOW fsync").equals("off")) {
            throw failure(
                    "a server that survives a power cut, but its setting fsync is off; turn it on, or set"
                            + " storage.durability to os",
                    null);
        }
    }

    private void createTables(Connection connection) throws SQLException {
        // to create a schema "if not exists" would need the right to do so even if it exists
        if (text(connection, "SELECT to_regnamespace('" + schema() + "') IS NULL")
                .equals("t")) {
            run(connection, "CREATE SCHEMA " + schema());
        }
        run(connection, "BEGIN;" + TABLES.formatted(schema(), FORMAT) + "COMMIT");
    }

    private long begin(Connection connection) throws SQLException {
        int format = Integer.parseInt(text(connection, "SELECT format FROM " + schema() + ".about"));
        if (format > FORMAT) {
            throw failure(
                    "tables of format " + FORMAT + " or older, but a newer Skep wrote those in " + schema()
                            + "; start that version, or choose another schema",
                    null);
        }
        return Long.parseLong(
                text(connection, "UPDATE " + schema() + ".about SET generation = generation + 1 RETURNING generation"));
    }

    private void checkGeneration(Connection connection, long ours) throws SQLException {
        if (Long.parseLong(text(connection, "SELECT generation FROM " + schema() + ".about")) != ours) {
            throw failure(
                    "tables that only this broker has written since its start, but another one used " + schema()
                            + " meanwhile; restart this broker, if it is to go on",
                    null);
        }
    }

    private StorageException failure(String expected, @Nullable SQLException cause) {
        return new StorageException("url: '" + config.address() + "' (expected: " + expected + ")", cause);
    }

    private String schema() {
        return '"' + config.schema() + '"';
    }

    private static void run(Connection connection, String text) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    private static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            String text = rows.next() ? rows.getString(1) : null;
            if (text == null) {
                throw new SQLDataException(query + ": nothing (expected: a row)");
            }
            return text;
        }
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}
