// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authsql;

import io.skep.extension.account.Cache;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What {@code conf/extensions/auth-sql.yaml} says:
 *
 * <pre>{@code
 * url: jdbc:postgresql://db.example.com/users?sslmode=verify-full
 * user: skep
 * password: ${PGPASSWORD}
 * user-query: SELECT password, client_id, enabled FROM users WHERE name = :userName
 * permission-query: SELECT topic, action, effect FROM permissions WHERE user_name = :userName ORDER BY position
 * connections-max: 4
 * timeout: 5s
 * cache:
 *   time: 30s
 *   entries-max: 10000
 * }</pre>
 *
 * @param url of the database, with the driver's parameters, if any
 * @param user of the database
 * @param password of that user; null if the database asks for none
 * @param userQuery gives the one row of a user, or none
 * @param permissionQuery gives the rules of a user, in order
 * @param connectionsMax at most as many at a time; 4 if left out
 * @param timeout longest that a login waits for a connection, and then for each query
 * @param cache how logins are answered again without asking
 */
public record AuthSqlConfig(
        String url,
        @Nullable String user,
        @Nullable String password,
        String userQuery,
        String permissionQuery,
        @Nullable Integer connectionsMax,
        Duration timeout,
        Cache cache) {

    private static final int CONNECTIONS_DEFAULT = 4;
    private static final int CONNECTIONS_MAX = 100;
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(250); // the pool takes no less
    private static final Duration TIMEOUT_MAX = Duration.ofSeconds(8); // three of them fit into the start

    /** Fills in what is left out, and checks the rest. */
    public AuthSqlConfig {
        url = url == null ? "jdbc:postgresql://127.0.0.1:5432/skep" : url;
        timeout = timeout == null ? Duration.ofSeconds(5) : timeout;
        cache = cache == null ? Cache.NONE : cache;
        if (!url.startsWith("jdbc:")) {
            throw wrong("url", "'" + withoutParameters(url) + "'", "such as jdbc:postgresql://db.example.com/skep");
        }
        Query.parse("user-query", userQuery);
        Query.parse("permission-query", permissionQuery);
        if (connectionsMax != null && (connectionsMax < 1 || connectionsMax > CONNECTIONS_MAX)) {
            throw wrong("connections-max", connectionsMax.toString(), "1 to " + CONNECTIONS_MAX);
        }
        if (timeout.compareTo(TIMEOUT_MIN) < 0 || timeout.compareTo(TIMEOUT_MAX) > 0) {
            throw wrong("timeout", timeout.toMillis() + "ms", "250ms to 8s");
        }
    }

    private static IllegalArgumentException wrong(String key, String found, String expected) {
        return new IllegalArgumentException(key + ": " + found + " (expected: " + expected + ")");
    }

    int connections() {
        return connectionsMax == null ? CONNECTIONS_DEFAULT : connectionsMax;
    }

    /** {@return the URL for messages: passwords may be among its parameters} */
    String address() {
        return withoutParameters(url);
    }

    private static String withoutParameters(String url) {
        return url.replaceFirst("[?;].*", "");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return address() + " as " + user;
    }
}
