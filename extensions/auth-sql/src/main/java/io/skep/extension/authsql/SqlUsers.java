// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authsql;

import io.skep.extension.account.Grants;
import io.skep.extension.account.RemoteAuthenticator;
import io.skep.extension.account.Role;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The users of a database. A wrong password is refused, an unknown user is left to the next extension, and both take
 * one query and one hashing; permissions are asked for when the password was right. No connection is held while
 * hashing.
 */
final class SqlUsers implements RemoteAuthenticator.Source {

    private static final int PERMISSIONS_MAX = 1_000;

    private final Database database;
    private final Query userQuery;
    private final Query permissionQuery;
    private final PasswordCheck passwords = new PasswordCheck();

    SqlUsers(Database database, AuthSqlConfig config) {
        this.database = database;
        this.userQuery = Query.parse("user-query", config.userQuery());
        this.permissionQuery = Query.parse("permission-query", config.permissionQuery());
    }

    /**
     * Asks for a user without a name, to see whether the queries are fit.
     *
     * @throws IllegalArgumentException if they are not
     * @throws SQLException if the database cannot be asked
     */
    void probe() throws SQLException {
        probe(userQuery, () -> user(placeholder -> ""));
        probe(permissionQuery, () -> rules(placeholder -> ""));
    }

    @FunctionalInterface
    private interface Question {
        void ask() throws SQLException;
    }

    private static void probe(Query query, Question question) throws SQLException {
        try {
            question.ask();
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if (state.startsWith("42") || state.startsWith("3F") || state.startsWith("25")) {
                throw new IllegalArgumentException(
                        query.key() + ": " + e.getMessage() + " (expected: a SELECT that the database understands)", e);
            }
            if (!state.startsWith("22")) { // an empty text may be no number, or no address, which is no mistake
                throw e;
            }
        }
    }

    @Override
    public Decision ask(Login login, String userName, byte[] password) throws SQLException {
        Row.User user = user(placeholder -> placeholder.of(login));
        boolean right = passwords.matches(user == null ? null : user.password(), password);
        if (user == null) {
            return Decision.next();
        }
        if (!right || !user.enabled()) {
            return Decision.deny();
        }
        List<Role.Rule> rules = rules(placeholder -> placeholder.of(login));
        return new Grants(userName, user.clientIdPattern(), rules)
                .admit(login.client().id());
    }

    private Row.@Nullable User user(Function<Placeholder, String> values) throws SQLException {
        return ask(userQuery, values, 2, rows -> {
                    Row row = Row.ofUser(userQuery, rows);
                    Row.User user = rows.next() ? row.user() : null;
                    if (user != null && rows.next()) {
                        throw new IllegalArgumentException(
                                userQuery.key() + ": several rows (expected: one for each user)");
                    }
                    return Optional.ofNullable(user);
                })
                .orElse(null);
    }

    private List<Role.Rule> rules(Function<Placeholder, String> values) throws SQLException {
        return ask(permissionQuery, values, PERMISSIONS_MAX + 1, rows -> {
            Row row = Row.ofPermission(permissionQuery, rows);
            List<Role.Rule> rules = new ArrayList<>();
            while (rows.next()) {
                rules.add(row.rule());
            }
            if (rules.size() > PERMISSIONS_MAX) {
                throw new IllegalArgumentException(permissionQuery.key() + ": more than " + PERMISSIONS_MAX
                        + " rows (expected: at most as many for each user)");
            }
            return rules;
        });
    }

    @FunctionalInterface
    private interface Reading<T> {
        T read(ResultSet rows) throws SQLException;
    }

    private <T> T ask(Query query, Function<Placeholder, String> values, int rowsMax, Reading<T> reading)
            throws SQLException {
        try (Connection connection = database.connect();
                PreparedStatement statement = query.prepare(connection, values)) {
            statement.setMaxRows(rowsMax);
            statement.setQueryTimeout(database.timeoutSeconds());
            try (ResultSet rows = statement.executeQuery()) {
                return reading.read(rows);
            }
        }
    }
}
