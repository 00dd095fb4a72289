// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.postgresql;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * What {@code conf/extensions/storage-postgresql.yaml} says:
 *
 * <pre>{@code
 * url: jdbc:postgresql://db.example.com/skep?sslmode=verify-full
 * user: skep
 * password: ${PGPASSWORD}
 * schema: skep
 * connect-timeout: 10s
 * lock-timeout: 30s
 * statement-timeout: 60s
 * }</pre>
 *
 * @param url of the database, with the driver's parameters, if any
 * @param user who owns the tables
 * @param password of the user; null if the server asks for none, or it is in {@code ~/.pgpass}
 * @param schema where the tables are; made if it is not there
 * @param connectTimeout from the first packet to a session on the server
 * @param lockTimeout how long to wait for another broker to let go of the schema
 * @param statementTimeout longest that the server may work on a commit or a page of a read
 */
public record PostgresqlConfig(
        String url,
        String user,
        @Nullable String password,
        String schema,
        Duration connectTimeout,
        Duration lockTimeout,
        Duration statementTimeout) {

    private static final Pattern SCHEMA = Pattern.compile("[a-z_][a-z0-9_]{0,62}");
    private static final Duration TIMEOUT_MAX = Duration.ofHours(1);

    /** Fills in what is left out, and checks the rest. */
    public PostgresqlConfig {
        url = url == null ? "jdbc:postgresql://127.0.0.1:5432/skep" : url;
        user = user == null ? "skep" : user;
        schema = schema == null ? "skep" : schema;
        connectTimeout = connectTimeout == null ? Duration.ofSeconds(10) : connectTimeout;
        lockTimeout = lockTimeout == null ? Duration.ofSeconds(30) : lockTimeout;
        statementTimeout = statementTimeout == null ? Duration.ofSeconds(60) : statementTimeout;
        if (Driver.parseURL(url, null) == null) {
            throw wrong("url", withoutParameters(url), "such as jdbc:postgresql://db.example.com:5432/skep");
        }
        if (user.isBlank()) {
            throw wrong("user", "'" + user + "'", "a role of the database");
        }
        if (!SCHEMA.matcher(schema).matches()) {
            throw wrong("schema", "'" + schema + "'", "up to 63 of a-z, 0-9 and _, not beginning with a digit");
        }
        check("connect-timeout", connectTimeout, Duration.ofSeconds(1));
        check("lock-timeout", lockTimeout, Duration.ofMillis(1));
        check("statement-timeout", statementTimeout, Duration.ofMillis(100));
    }

    private static void check(String key, Duration value, Duration min) {
        if (value.compareTo(min) < 0 || value.compareTo(TIMEOUT_MAX) > 0) {
            throw wrong(key, value.toMillis() + "ms", min.toMillis() + "ms to 1h");
        }
    }

    private static IllegalArgumentException wrong(String key, String found, String expected) {
        return new IllegalArgumentException(key + ": " + found + " (expected: " + expected + ")");
    }

    /** {@return the URL for messages: passwords may be among its parameters} */
    String address() {
        return withoutParameters(url);
    }

    private static String withoutParameters(String url) {
        return url.replaceFirst("\\?.*", "");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return address() + " as " + user + ", schema " + schema;
    }
}
