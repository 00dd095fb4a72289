// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authsql;

import io.skep.extension.account.Role;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Permission.Effect;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The columns of what a query gives, by name. A column of another name is refused, for a mistyped one would silently
 * allow more than was meant.
 */
final class Row {

    private static final List<String> USER = List.of("password", "client_id", "enabled");
    private static final List<String> PERMISSION = List.of("topic", "action", "qos_max", "retain", "effect");

    private final ResultSet rows;
    private final Map<String, Integer> columns = new HashMap<>();

    private Row(Query query, ResultSet rows, List<String> known) throws SQLException {
        this.rows = rows;
        ResultSetMetaData names = rows.getMetaData();
        for (int i = 1; i <= names.getColumnCount(); i++) {
            String name = names.getColumnLabel(i).toLowerCase(Locale.ROOT);
            if (!known.contains(name)) {
                throw wrong(query, "column '" + name + "'", known);
            }
            columns.put(name, i);
        }
        if (!columns.containsKey(known.get(0))) {
            throw wrong(query, "columns " + columns.keySet(), known);
        }
    }

    private static IllegalArgumentException wrong(Query query, String found, List<String> known) {
        return new IllegalArgumentException(query.key() + ": " + found + " (expected: " + known.get(0)
                + ", and if need be " + String.join(", ", known.subList(1, known.size())) + "; rename with AS)");
    }

    static Row ofUser(Query query, ResultSet rows) throws SQLException {
        return new Row(query, rows, USER);
    }

    static Row ofPermission(Query query, ResultSet rows) throws SQLException {
        return new Row(query, rows, PERMISSION);
    }

    /** {@return the user in this row} */
    User user() throws SQLException {
        String password = text("password");
        boolean enabled = !columns.containsKey("enabled") || rows.getBoolean(columns.get("enabled")); // null is false
        return new User(password == null ? null : password.strip(), text("client_id"), enabled);
    }

    /**
     * What the database knows of a user.
     *
     * @param password null if it has none, so that nobody can log in
     * @param clientIdPattern null for any client id
     * @param enabled whether it may log in at all
     */
    record User(@Nullable String password, @Nullable String clientIdPattern, boolean enabled) {}

    /** {@return the permission in this row} */
    @SuppressWarnings("NullAway") // what is null is filled in
    Role.Rule rule() throws SQLException {
        Integer qosMax = text("qos_max") == null ? null : rows.getInt(columns.get("qos_max"));
        Boolean retain = text("retain") == null ? null : rows.getBoolean(columns.get("retain"));
        return new Role.Rule(text("topic"), actions(text("action")), effect(text("effect")), qosMax, retain);
    }

    private static List<Action> actions(@Nullable String text) {
        return switch (text == null ? "all" : text.strip().toLowerCase(Locale.ROOT)) {
            case "publish" -> List.of(Action.PUBLISH);
            case "subscribe" -> List.of(Action.SUBSCRIBE);
            case "all" -> List.of(Action.values());
            default ->
                throw new IllegalArgumentException("action: '" + text + "' (expected: publish, subscribe or all)");
        };
    }

    private static Effect effect(@Nullable String text) {
        return switch (text == null ? "allow" : text.strip().toLowerCase(Locale.ROOT)) {
            case "allow" -> Effect.ALLOW;
            case "deny" -> Effect.DENY;
            default -> throw new IllegalArgumentException("effect: '" + text + "' (expected: allow or deny)");
        };
    }

    private @Nullable String text(String column) throws SQLException {
        Integer place = columns.get(column);
        return place == null ? null : rows.getString(place);
    }
}
