// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.postgresql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLState;

/**
 * A connection that is opened when it is needed. One that broke since its last use is replaced, once: so a server that
 * was restarted meanwhile goes unnoticed. Used by one thread at a time.
 */
final class Link implements AutoCloseable {

    /** The server ends, or was ended, or is not ready yet. */
    private static final Set<String> SERVER_GONE = Set.of("57P01", "57P02", "57P03", "57P05");

    private final Opening opening;
    private @Nullable Connection connection;

    /** Opens a connection. */
    @FunctionalInterface
    interface Opening {
        Connection open() throws SQLException;
    }

    /** What is done with a connection; it can be done again. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    Link(Opening opening) {
        this.opening = opening;
    }

    <T> T use(Work<T> work) throws SQLException {
        if (connection != null) {
            try {
                return once(connection, work);
            } catch (SQLException e) {
                if (!isBroken(e)) {
                    throw e;
                }
            }
        }
        Connection fresh = opening.open();
        connection = fresh;
        return once(fresh, work);
    }

    private <T> T once(Connection current, Work<T> work) throws SQLException {
        try {
            return work.on(current);
        } catch (SQLException | RuntimeException e) {
            close(); // whatever state it is in
            throw e;
        }
    }

    private static boolean isBroken(SQLException e) {
        String state = e.getSQLState();
        return state != null && (PSQLState.isConnectionError(state) || SERVER_GONE.contains(state));
    }

    @Override
    public void close() {
        Connection old = connection;
        connection = null;
        if (old != null) {
            try {
                old.close();
            } catch (SQLException e) {
                // it was broken already
            }
        }
    }
}
