// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.postgresql;

import io.skep.sdk.storage.Keyspace;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Writes changes as one transaction. Its statements, from BEGIN to COMMIT, travel together and are answered together:
 * one round trip. A column of all rows is one parameter, an array; so the text is always the same, and the server has
 * it prepared. Changes that are very large go in several trips.
 */
final class Transaction {

    /** The server takes parameters up to 1 GB. */
    private static final long TRIP_BYTES_MAX = 64 << 20;

    private static final String CHANGES = """
            DELETE FROM %1$s e USING unnest(?, ?, ?, ?, ?) AS r (keyspace, head, tail, end_head, end_tail)
                WHERE e.keyspace = r.keyspace AND e.head >= r.head AND e.head <= r.end_head
                AND (e.head, e.tail) >= (r.head, r.tail) AND (e.head, e.tail) < (r.end_head, r.end_tail);
            DELETE FROM %1$s e USING unnest(?, ?, ?) AS d (keyspace, head, tail)
                WHERE e.keyspace = d.keyspace AND e.head = d.head AND e.tail = d.tail;
            INSERT INTO %1$s (keyspace, head, tail, value) SELECT * FROM unnest(?, ?, ?, ?)
                ON CONFLICT (keyspace, head, digest) DO UPDATE SET value = excluded.value;
            """;

    private final Connection connection;
    private final String changesText;

    Transaction(Connection connection, String table) {
        this.connection = connection;
        this.changesText = CHANGES.formatted(table);
    }

    /** Returns when the transaction is committed. If it fails, the connection must not be used again. */
    void write(Changes changes) throws SQLException {
        List<List<Changes.Row>> trips = trips(changes.puts());
        if (trips.size() == 1) {
            run("BEGIN;" + changesText + "COMMIT", changes.ranges(), changes.deletes(), trips.get(0));
            return;
        }
        run("BEGIN");
        run(changesText, changes.ranges(), changes.deletes(), List.of());
        for (List<Changes.Row> puts : trips) {
            run(changesText, List.of(), List.of(), puts);
        }
        run("COMMIT");
    }

    private static List<List<Changes.Row>> trips(List<Changes.Row> rows) {
        List<List<Changes.Row>> trips = new ArrayList<>();
        int first = 0;
        long bytes = 0;
        for (int i = 0; i < rows.size(); i++) {
            int size = rows.get(i).key().length + rows.get(i).value().length;
            if (bytes + size > TRIP_BYTES_MAX && i > first) {
                trips.add(rows.subList(first, i));
                first = i;
                bytes = 0;
            }
            bytes += size;
        }
        trips.add(rows.subList(first, rows.size()));
        return trips;
    }

    private void run(String text) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    private void run(String text, List<Changes.Range> ranges, List<Changes.Row> deletes, List<Changes.Row> puts)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            Parameters parameters = new Parameters(statement);
            parameters.keyspaces(ranges, Changes.Range::keyspace);
            parameters.keys(ranges, Changes.Range::from);
            parameters.keys(ranges, Changes.Range::to);
            parameters.keyspaces(deletes, Changes.Row::keyspace);
            parameters.keys(deletes, Changes.Row::key);
            parameters.keyspaces(puts, Changes.Row::keyspace);
            parameters.keys(puts, Changes.Row::key);
            parameters.bytes(puts, Changes.Row::value);
            statement.execute();
        }
    }

    /** The columns, in the order of the text. */
    private static final class Parameters {

        private final PreparedStatement statement;
        private int last;

        Parameters(PreparedStatement statement) {
            this.statement = statement;
        }

        <T> void keyspaces(List<T> rows, Function<T, Keyspace> keyspace) throws SQLException {
            array("int2", rows.stream().map(keyspace.andThen(Keys::number)).toArray(Short[]::new));
        }

        <T> void keys(List<T> rows, Function<T, byte[]> key) throws SQLException {
            bytes(rows, key.andThen(Keys::head));
            bytes(rows, key.andThen(Keys::tail));
        }

        <T> void bytes(List<T> rows, Function<T, byte[]> column) throws SQLException {
            array("bytea", rows.stream().map(column).toArray(byte[][]::new));
        }

        private void array(String type, Object[] elements) throws SQLException {
            last++;
            statement.setArray(last, statement.getConnection().createArrayOf(type, elements));
        }
    }
}
