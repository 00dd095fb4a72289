// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authsql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A query with named placeholders. It is always prepared, so that nothing of what a client says becomes SQL.
 *
 * @param key of the configuration, for messages
 * @param sql as the driver wants it, with a question mark for each placeholder
 * @param parameters what the question marks stand for
 */
record Query(String key, String sql, List<Placeholder> parameters) {

    /** Placeholders, and before them what may contain something that looks like one: texts, names, comments, casts. */
    private static final Pattern TOKEN = Pattern.compile(
            "'[^']*'|\"[^\"]*\"|--[^\\n]*|/\\*.*?\\*/|::\\s*\\w+|:(?<name>[A-Za-z]\\w*)", Pattern.DOTALL);

    /**
     * {@return the query that a text stands for}
     *
     * @param key of the configuration, for messages
     * @throws IllegalArgumentException if there is none, or a placeholder in it that nobody knows
     */
    static Query parse(String key, @Nullable String text) {
        if (text == null || text.isBlank()) {
            throw new IllegalArgumentException(key + ": none (expected: a SELECT)");
        }
        List<Placeholder> parameters = new ArrayList<>();
        StringBuilder sql = new StringBuilder();
        Matcher token = TOKEN.matcher(text);
        while (token.find()) {
            String name = token.group("name");
            if (name == null) {
                token.appendReplacement(sql, Matcher.quoteReplacement(token.group()));
            } else {
                parameters.add(placeholder(key, name));
                token.appendReplacement(sql, "?");
            }
        }
        return new Query(key, token.appendTail(sql).toString(), List.copyOf(parameters));
    }

    private static Placeholder placeholder(String key, String name) {
        return Stream.of(Placeholder.values())
                .filter(known -> known.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(key + ": ':" + name + "' (expected: "
                        + Stream.of(Placeholder.values())
                                .map(known -> ":" + known.label())
                                .collect(Collectors.joining(", "))
                        + ")"));
    }

    /**
     * {@return the query, ready to run}
     *
     * @param values of the placeholders
     */
    PreparedStatement prepare(Connection connection, Function<Placeholder, String> values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < parameters.size(); i++) {
                statement.setString(i + 1, values.apply(parameters.get(i)));
            }
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }
}
