// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.broker.metrics.Metric;
import io.skep.broker.metrics.Metrics;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Group commit. One thread takes what waits, lets it write itself into one batch, commits that, and then calls
 * everybody back, with one task per executor. While the disk works the next batch gathers by itself; there is no timer,
 * so a lone write is not delayed and many are not slow.
 *
 * <p>Everything that a thread submits is written, and called back on one executor, in the order of its calls. A commit
 * that fails takes only its own writes with it: the next one tries the storage again. An engine that answers later
 * (say, one that asks other nodes) has up to {@value #COMMITS_MAX} commits under way.
 *
 * <p>Nothing here blocks a caller or refuses a write: who can cause many must ask {@link #isFull} and stop reading.
 */
public final class Journal implements AutoCloseable {

    static final Logger log = LoggerFactory.getLogger(Journal.class);

    /** Writes that may wait before the journal calls itself full: about a second of a fast disk. */
    static final int WAITING_MAX = 65_536;

    /** Bytes that these may hold. */
    private static final long WAITING_BYTES_MAX = Runtime.getRuntime().maxMemory() / 8;

    private static final int BATCH_WRITES_MAX = 16_384;
    private static final int BATCH_BYTES_MAX = 4 << 20;
    private static final int COMMITS_MAX = 4;

    private final Storage storage;
    private final Metrics metrics;
    private final Thread thread = new Thread(this::run, "skep-journal");

    /** A {@link Write}, an {@link List} of them, or a {@link Read}. */
    private final Queue<Object> queue = new MpscUnboundedArrayQueue<>(1024);

    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicBoolean parked = new AtomicBoolean();
    private volatile boolean closing;

    private final MeasuredBatch batch;
    private final ArrayDeque<Commit> commits = new ArrayDeque<>();
    private Iterator<?> turn = Collections.emptyIterator();
    private int failedCommits;
    private volatile @Nullable Failing failing;
    private volatile @Nullable Attempt attempt;

    /**
     * The storage does not write.
     *
     * @param since when a commit failed for the first time after the last that did not
     * @param why what it said then
     */
    public record Failing(Instant since, String why) {}

    /** Starts the thread; the storage is the journal's from now on. */
    public Journal(Storage storage, Metrics metrics) {
        this.storage = storage;
        this.metrics = metrics;
        batch = new MeasuredBatch(storage);
        thread.setDaemon(true); // the loops keep a broker alive
        thread.start();
    }

    /** Makes a write durable. Any thread. */
    public void submit(Write write) {
        waiting.incrementAndGet();
        waitingBytes.addAndGet(write.bytes());
        offer(write);
    }

    /**
     * Makes the writes of a whole turn durable, for one hand-over; the list is the journal's from now on. Any thread.
     */
    public void submitAll(List<Write> writes) {
        if (!writes.isEmpty()) {
            long bytes = 0;
            for (int i = 0; i < writes.size(); i++) {
                bytes += writes.get(i).bytes();
            }
            waiting.addAndGet(writes.size());
            waitingBytes.addAndGet(bytes);
            offer(writes);
        }
    }

    /**
     * Reads when everything that this thread submitted earlier is committed and called back. What was submitted a
     * little later may be visible too, so a scan of something that grows needs an end.
     *
     * @param work runs on the journal's thread; short, for everyone waits
     * @param done gets the result on the executor
     * @param failed hears on the executor that there is none
     */
    public <T extends @Nullable Object> void read(
            Executor loop, Function<Storage, T> work, Consumer<T> done, Consumer<StorageException> failed) {
        offer(new Read<>(loop, work, done, failed));
    }

    /** {@return how many writes wait for their end} */
    public int waiting() {
        return waiting.get();
    }

    /** {@return whether so much waits that whoever causes durable writes should stop being read} */
    public boolean isFull() {
        return waiting.get() >= WAITING_MAX || waitingBytes.get() >= WAITING_BYTES_MAX;
    }

    /** {@return since when and why commits fail; null if the last one did not} */
    public @Nullable Failing failing() {
        return failing;
    }

    /**
     * Writes a few bytes, to see whether that is possible. Any thread.
     *
     * @return the end of this attempt, or of another that is under way
     */
    public CompletableFuture<@Nullable Void> attempt() {
        Attempt latest = attempt;
        if (latest == null || latest.end().isDone()) {
            attempt = latest = new Attempt();
            submit(latest);
        }
        return latest.end();
    }

    /** Commits what waits, ends the thread and closes the storage. What is submitted from now on fails. */
    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) { // the storage must not be closed under the thread
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        for (Object late = queue.poll(); late != null; late = queue.poll()) {
            refuse(late);
        }
        storage.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void offer(Object entry) {
        if (closing) {
            refuse(entry);
        } else {
            queue.offer(entry);
            wake();
        }
    }

    /** Costs a system call only if the thread sleeps. */
    private void wake() {
        if (parked.get() && parked.compareAndSet(true, false)) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        while (!isOver()) {
            try {
                Commit oldest = commits.peek();
                if (oldest != null && oldest.hasEnded()) {
                    settle(commits.remove());
                } else if (canStart()) {
                    Commit next = gather();
                    commits.add(next);
                    batch.commit(next);
                } else {
                    park();
                }
            } catch (Throwable e) {
                log.error("the journal failed; it goes on", e); // nobody would be acknowledged ever again
            }
        }
    }

    private boolean isOver() {
        return closing && commits.isEmpty() && !turn.hasNext() && queue.isEmpty();
    }

    private boolean canStart() {
        return commits.size() < COMMITS_MAX && (turn.hasNext() || !queue.isEmpty());
    }

    private void park() {
        parked.set(true);
        Commit oldest = commits.peek();
        if (!canStart() && !isOver() && (oldest == null || !oldest.hasEnded())) { // again: who came before did not wake
            LockSupport.park(this);
            Thread.interrupted(); // an engine's interrupt must not make this a busy loop
        }
        parked.set(false);
    }

    private Commit gather() {
        Commit commit = new Commit(this::wake);
        while (commit.size() < BATCH_WRITES_MAX && batch.bytes() < BATCH_BYTES_MAX) {
            Object next = next();
            if (next instanceof Write write) {
                commit.add(write, batch);
            } else if (next instanceof Read<?> read) {
                commit.add(read);
            } else {
                break;
            }
        }
        return commit;
    }

    private @Nullable Object next() {
        if (turn.hasNext()) {
            return turn.next();
        }
        Object next = queue.poll();
        if (next instanceof List<?> writes) {
            turn = writes.iterator();
            return turn.next();
        }
        return next;
    }

    private void settle(Commit commit) {
        waiting.addAndGet(-commit.size());
        waitingBytes.addAndGet(-commit.bytes());
        if (commit.failure() != null) {
            complainOnce(commit.failure());
        } else if (commit.stored() > 0) {
            metrics.increment(Metric.JOURNAL_COMMITS);
            metrics.add(Metric.JOURNAL_WRITES, commit.stored());
            metrics.commits().record(commit.nanos());
            if (failedCommits > 0) {
                log.info("the storage writes again, after {} failed commits", failedCommits);
                failedCommits = 0;
                failing = null;
            }
        }
        commit.settle(storage);
    }

    private void complainOnce(StorageException failure) {
        if (failedCommits++ == 0) {
            failing = new Failing(Instant.now(), String.valueOf(failure.getMessage()));
            log.error(
                    "storage: cannot write (expected: free space and a healthy disk); until it can, nothing durable"
                            + " is acknowledged",
                    failure);
        }
    }

    private static void refuse(Object entry) {
        StorageException closed = new StorageException("journal: closed (expected: open)", null);
        if (entry instanceof Write write) {
            tell(write.loop(), () -> write.failed(closed));
        } else if (entry instanceof Read<?> read) {
            read.refuse(closed);
        } else if (entry instanceof List<?> writes) {
            writes.forEach(Journal::refuse);
        }
    }

    static StorageException asFailure(String message, RuntimeException cause) {
        return cause instanceof StorageException failure ? failure : new StorageException(message, cause);
    }

    /** Hands a task to an executor that may have ended before the journal. */
    static void tell(Executor loop, Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            log.debug("a loop ended before it heard of its writes", e);
        }
    }
}
