// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Time that passes when a test says so: a clock, and threads whose scheduled tasks run when {@link #advance} comes to
 * them.
 *
 * <pre>{@code
 * ManualTime time = new ManualTime();
 * BrokerExtension broker = BrokerExtension.create().time(time).extension("gate", new Gate());
 * ...
 * time.advance(Duration.ofHours(1)); // what the gate does by the hour has been done when this returns
 * }</pre>
 *
 * <p>It is the time of extensions alone: what they ask {@link io.skep.sdk.ExtensionContext#clock} and schedule with
 * {@link io.skep.sdk.ExtensionContext#executor}. The broker lives in the time of the machine, with its deadlines of
 * hooks, expiry of messages and sessions, and Keep Alive. Any thread reads it; the test's advances it.
 */
public final class ManualTime {

    private static final int TASK_SECONDS_MAX = 20;

    private final Instant begin;
    private final ReentrantLock lock = new ReentrantLock();
    private final PriorityQueue<ManualTask<?>> waiting = new PriorityQueue<>(); // guarded by the lock
    private final List<CompletableFuture<Void>> underway = new ArrayList<>(); // guarded by the lock
    private volatile long passedNanos;

    /** Begins now. */
    public ManualTime() {
        this(Instant.now());
    }

    /**
     * Begins at any moment.
     *
     * @param begin the first one
     */
    public ManualTime(Instant begin) {
        this.begin = begin;
    }

    /** {@return a clock that shows this time, in UTC} */
    public Clock clock() {
        InstantSource source = () -> begin.plusNanos(passedNanos);
        return source.withZone(ZoneOffset.UTC);
    }

    /** {@return how much has passed since the begin} */
    public long nanoTime() {
        return passedNanos;
    }

    /**
     * Lets time pass. What was scheduled until then is run, in the order of its time and one task after the other; each
     * task sees the time that it was scheduled for. What a task begins elsewhere, such as a request, is not waited for.
     *
     * @param duration 0 and longer; 0 waits for what is due already
     * @throws AssertionError if a task does not end within 20 seconds
     */
    public void advance(Duration duration) {
        long end = passedNanos + duration.toNanos();
        awaitTasks();
        for (ManualTask<?> next = next(end); next != null; next = next(end)) {
            passedNanos = Math.max(passedNanos, next.dueNanos());
            begin(next);
            awaitTasks();
        }
        passedNanos = end;
    }

    /**
     * {@return threads that live in this time: what is executed or submitted runs at once, what is scheduled when it is
     * due}
     *
     * @param threads run the tasks, and end with what is returned
     */
    public ScheduledExecutorService executor(ExecutorService threads) {
        return new ManualExecutor(this, threads);
    }

    /** Keeps a task until it is due; one that is due already runs as soon as a thread is free. */
    void add(ManualTask<?> task) {
        lock.lock();
        try {
            if (task.dueNanos() > passedNanos) {
                waiting.add(task);
                return;
            }
        } finally {
            lock.unlock();
        }
        begin(task);
    }

    void remove(ManualTask<?> task) {
        lock.lock();
        try {
            waiting.remove(task);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable ManualTask<?> next(long endNanos) {
        lock.lock();
        try {
            ManualTask<?> first = waiting.peek();
            return first == null || first.dueNanos() > endNanos ? null : waiting.remove();
        } finally {
            lock.unlock();
        }
    }

    private void begin(ManualTask<?> task) {
        CompletableFuture<Void> run = task.begin();
        lock.lock();
        try {
            underway.add(run);
        } finally {
            lock.unlock();
        }
    }

    private void awaitTasks() {
        try {
            for (CompletableFuture<Void> task = anyUnderway(); task != null; task = anyUnderway()) {
                task.get(TASK_SECONDS_MAX, TimeUnit.SECONDS);
            }
        } catch (TimeoutException e) {
            throw new AssertionError("scheduled task: does not end (expected: within 20 seconds)", e);
        } catch (ExecutionException e) {
            throw new AssertionError(e); // what a task throws is in its own future
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private @Nullable CompletableFuture<Void> anyUnderway() {
        lock.lock();
        try {
            underway.removeIf(CompletableFuture::isDone);
            return underway.isEmpty() ? null : underway.get(0);
        } finally {
            lock.unlock();
        }
    }
}
