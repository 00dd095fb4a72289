// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.storage.Journal;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells sessions how much their queues held at the start, while they live already: bounds are a little generous until
 * it has come to them. It reads all queues in small pieces between the commits. On one loop, but for the pieces.
 */
final class QueueCount {

    private static final Logger log = LoggerFactory.getLogger(QueueCount.class);
    private static final int PIECE_ROWS = 2048;

    private final Journal journal;
    private final Map<Long, Session> sessions;
    private final Executor loop;
    private final ReleasedRows released = new ReleasedRows(); // the journal's thread's

    /** Some rows: whose, where, and how large. */
    private static final class Piece {

        private final long[] sessions = new long[PIECE_ROWS];
        private final long[] positions = new long[PIECE_ROWS];
        private final int[] sizes = new int[PIECE_ROWS];
        private int rows;
        private byte @Nullable [] next; // null at the end
        private final ReleasedRows released;

        private Piece(Storage storage, byte[] from, ReleasedRows released) {
            this.released = released;
            storage.scan(Keyspace.QUEUE, from, null, this::add);
        }

        private boolean add(byte[] key, byte[] value) {
            if (rows == PIECE_ROWS) {
                next = key;
                return false;
            }
            ByteBuffer numbers = ByteBuffer.wrap(key);
            sessions[rows] = numbers.getLong();
            positions[rows] = numbers.getLong();
            sizes[rows] = EntryRecord.bytes(released.value(key, value));
            rows++;
            return true;
        }
    }

    /**
     * Begins with nothing.
     *
     * @param sessions those with queues, by number
     */
    QueueCount(Journal journal, Map<Long, Session> sessions, Executor loop) {
        this.journal = journal;
        this.sessions = sessions;
        this.loop = loop;
    }

    void begin() {
        if (!sessions.isEmpty()) {
            read(new byte[] {0});
        }
    }

    private void read(byte[] from) {
        journal.read(
                loop,
                storage -> new Piece(storage, from, released),
                this::tell,
                why -> log.warn("the queues cannot be counted; until a start that can, they may grow larger", why));
    }

    private void tell(Piece piece) {
        int from = 0;
        for (int to = 1; to <= piece.rows; to++) {
            if (to == piece.rows || piece.sessions[to] != piece.sessions[from]) {
                tell(piece, from, to);
                from = to;
            }
        }
        if (piece.next != null) {
            read(piece.next);
        }
    }

    private void tell(Piece piece, int from, int to) {
        Session session = sessions.get(piece.sessions[from]);
        if (session != null) {
            session.execute(() -> {
                for (int i = from; i < to; i++) {
                    session.outbox().count(piece.positions[i], piece.sizes[i]);
                }
            });
        }
    }
}
