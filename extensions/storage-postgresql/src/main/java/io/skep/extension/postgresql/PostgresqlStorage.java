// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.postgresql;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * All keyspaces in one table. Two connections: one reads, on the thread of the caller; the other writes
 * ({@link Committer}). A scan reads page after page, each of which begins behind the last key of the one before, so it
 * keeps nothing open on the server, and a visitor that has enough costs no more than a page.
 */
final class PostgresqlStorage implements Storage {

    private static final int PAGE_BYTES = 1 << 20;
    private static final int PAGE_ROWS_MIN = 16;
    private static final int PAGE_ROWS_MAX = 8192;
    private static final int FIRST_PAGE_ROWS = 512;

    private final Database database;
    private final Link reading;
    private final Committer committer;

    private record Row(byte[] key, byte[] value) {}

    private PostgresqlStorage(Database database, Committer committer) {
        this.database = database;
        this.committer = committer;
        this.reading = new Link(database::openForReading);
    }

    /** Connects, and takes the tables for this broker. */
    static PostgresqlStorage open(Database database, Logger logger) {
        try {
            Committer committer = new Committer(database, logger);
            committer.start();
            return new PostgresqlStorage(database, committer);
        } catch (SQLException e) {
            throw database.explain(e);
        }
    }

    @Override
    public byte @Nullable [] get(Keyspace keyspace, byte[] key) {
        String text = "SELECT value FROM " + database.table() + " WHERE keyspace = ? AND head = ? AND tail = ?";
        try {
            List<byte[]> found = reading.use(connection -> {
                try (PreparedStatement statement = connection.prepareStatement(text)) {
                    statement.setShort(1, Keys.number(keyspace));
                    bind(statement, 2, key);
                    try (ResultSet rows = statement.executeQuery()) {
                        return rows.next() ? List.of(rows.getBytes(1)) : List.<byte[]>of();
                    }
                }
            });
            return found.isEmpty() ? null : found.get(0);
        } catch (SQLException e) {
            throw database.explain(e);
        }
    }

    @Override
    public void scan(Keyspace keyspace, byte[] from, byte @Nullable [] to, Visitor visitor) {
        byte[] start = from;
        int limit = FIRST_PAGE_ROWS;
        while (true) {
            List<Row> page = page(keyspace, start, to, limit);
            long bytes = 0;
            for (Row row : page) {
                bytes += row.value().length;
                if (!visitor.visit(row.key(), row.value())) {
                    return;
                }
            }
            if (page.size() < limit) {
                return;
            }
            start = Keys.after(page.get(page.size() - 1).key());
            limit = (int) Math.max(PAGE_ROWS_MIN, Math.min(PAGE_ROWS_MAX, PAGE_BYTES * (long) limit / (bytes + 1)));
        }
    }

    private List<Row> page(Keyspace keyspace, byte[] from, byte @Nullable [] to, int limit) {
        String text = "SELECT head, tail, value FROM " + database.table() + " WHERE keyspace = ? AND head >= ?"
                + " AND (head, tail) >= (?, ?)"
                + (to == null ? "" : " AND head <= ? AND (head, tail) < (?, ?)")
                + " ORDER BY head, tail LIMIT ?";
        try {
            return reading.use(connection -> page(connection, text, keyspace, from, to, limit));
        } catch (SQLException e) {
            throw database.explain(e);
        }
    }

    private static List<Row> page(
            Connection connection, String text, Keyspace keyspace, byte[] from, byte @Nullable [] to, int limit)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            statement.setShort(1, Keys.number(keyspace));
            statement.setBytes(2, Keys.head(from));
            bind(statement, 3, from);
            if (to != null) {
                statement.setBytes(5, Keys.head(to));
                bind(statement, 6, to);
            }
            statement.setInt(to == null ? 5 : 8, limit);
            List<Row> page = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    page.add(new Row(Keys.join(rows.getBytes(1), rows.getBytes(2)), rows.getBytes(3)));
                }
            }
            return page;
        }
    }

    /** One step in the index, whatever lies between: a start asks for the end of each queue. */
    @Override
    public byte @Nullable [] lastKey(Keyspace keyspace, byte[] from, byte[] to) {
        String text = "SELECT head, tail FROM " + database.table() + " WHERE keyspace = ? AND head >= ? AND head <= ?"
                + " AND (head, tail) >= (?, ?) AND (head, tail) < (?, ?) ORDER BY head DESC, tail DESC LIMIT 1";
        try {
            List<byte[]> found = reading.use(connection -> {
                try (PreparedStatement statement = connection.prepareStatement(text)) {
                    statement.setShort(1, Keys.number(keyspace));
                    statement.setBytes(2, Keys.head(from));
                    statement.setBytes(3, Keys.head(to));
                    bind(statement, 4, from);
                    bind(statement, 6, to);
                    try (ResultSet rows = statement.executeQuery()) {
                        return rows.next() ? List.of(Keys.join(rows.getBytes(1), rows.getBytes(2))) : List.<byte[]>of();
                    }
                }
            });
            return found.isEmpty() ? null : found.get(0);
        } catch (SQLException e) {
            throw database.explain(e);
        }
    }

    private static void bind(PreparedStatement statement, int at, byte[] key) throws SQLException {
        statement.setBytes(at, Keys.head(key));
        statement.setBytes(at + 1, Keys.tail(key));
    }

    @Override
    public WriteBatch batch() throws StorageException {
        committer.check();
        return new Changes();
    }

    @Override
    public void commit(WriteBatch batch, Done done) {
        committer.commit((Changes) batch, done);
    }

    @Override
    public void close() {
        committer.close();
        reading.close();
    }
}
