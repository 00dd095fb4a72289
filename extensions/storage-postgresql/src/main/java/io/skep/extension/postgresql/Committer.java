// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.postgresql;

import io.skep.sdk.storage.Storage.Done;
import io.skep.sdk.storage.StorageException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Commits on a thread of its own: while the server works on one transaction, what comes meanwhile gathers for the next.
 * When the server cannot be reached, everything fails at once for a second, and then the next commit tries again.
 */
final class Committer implements AutoCloseable {

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long TURN_BYTES_MAX = 16 << 20;

    private final Database database;
    private final Link link;
    private final Logger logger;
    private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "skep-postgresql");
    private volatile @Nullable Failure failure;

    /** A batch, and who hears of it; the last one is empty. */
    private record Waiting(Changes changes, @Nullable Done done) {}

    private record Failure(StorageException why, long nanos) {

        boolean isFresh() {
            return System.nanoTime() - nanos < RETRY_NANOS;
        }
    }

    Committer(Database database, Logger logger) {
        this.database = database;
        this.link = new Link(database::openForWriting);
        this.logger = logger;
    }

    /** Connects for the first time, and begins to work. */
    void start() throws SQLException {
        link.use(connection -> true);
        thread.setDaemon(true);
        thread.start();
    }

    /** Throws if nothing can be written now. */
    void check() {
        Failure last = failure;
        if (last != null && last.isFresh()) {
            throw last.why();
        }
    }

    void commit(Changes changes, Done done) {
        queue.add(new Waiting(changes, done));
    }

    private void run() {
        boolean last = false;
        while (!last) {
            List<Waiting> turn = gather();
            last = turn.get(turn.size() - 1).done() == null;
            StorageException why = write(turn);
            for (Waiting waiting : turn) {
                tell(waiting.done(), why);
            }
        }
    }

    /** {@return all that waits, in its order} */
    private List<Waiting> gather() {
        List<Waiting> turn = new ArrayList<>();
        long bytes = 0;
        for (Waiting next = await(); next != null; next = bytes < TURN_BYTES_MAX ? queue.poll() : null) {
            turn.add(next);
            bytes += next.changes().bytes();
            if (next.done() == null) {
                break;
            }
        }
        return turn;
    }

    private Waiting await() {
        while (true) {
            try {
                return queue.take();
            } catch (InterruptedException e) {
                logger.debug("nothing but the end of the storage ends this thread", e);
            }
        }
    }

    private @Nullable StorageException write(List<Waiting> turn) {
        try {
            check();
            Changes all = new Changes();
            turn.forEach(waiting -> all.addAll(waiting.changes()));
            if (!all.isEmpty()) {
                link.use(connection -> {
                    new Transaction(connection, database.table()).write(all);
                    return true;
                });
            }
            failure = null;
            return null;
        } catch (StorageException e) {
            return failed(e);
        } catch (SQLException e) {
            return failed(database.explain(e));
        } catch (Throwable e) { // also for want of memory: nobody would be acknowledged ever again
            logger.error("a commit failed; the next one is tried", e);
            return failed(new StorageException("storage: a commit failed with " + e, e));
        }
    }

    private StorageException failed(StorageException why) {
        Failure last = failure;
        if (last == null || last.why() != why) {
            failure = new Failure(why, System.nanoTime());
        }
        return why;
    }

    private void tell(@Nullable Done done, @Nullable StorageException why) {
        try {
            if (done != null) {
                done.done(why);
            }
        } catch (RuntimeException e) {
            logger.error("whoever waited for a commit failed", e);
        }
    }

    /** Waits for what was committed. */
    @Override
    public void close() {
        queue.add(new Waiting(new Changes(), null));
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        link.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
