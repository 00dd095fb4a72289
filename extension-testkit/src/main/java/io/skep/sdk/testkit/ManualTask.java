// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A task of {@link ManualTime}, once or again and again. */
final class ManualTask<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {

    private static final AtomicLong COUNT = new AtomicLong();

    private final ManualTime time;
    private final Executor threads;
    private final long periodNanos; // 0: once
    private final long number = COUNT.incrementAndGet(); // what is due at once runs as it was scheduled
    private volatile long dueNanos;

    ManualTask(ManualTime time, Executor threads, Callable<V> work, long dueNanos, long periodNanos) {
        super(work);
        this.time = time;
        this.threads = threads;
        this.dueNanos = dueNanos;
        this.periodNanos = periodNanos;
    }

    long dueNanos() {
        return dueNanos;
    }

    /** {@return completes when it has run this once} */
    CompletableFuture<Void> begin() {
        try {
            return CompletableFuture.runAsync(this, threads);
        } catch (RejectedExecutionException e) { // its threads have ended
            cancel(false);
            return CompletableFuture.completedFuture(null);
        }
    }

    @Override
    public void run() {
        if (periodNanos == 0) {
            super.run();
        } else if (runAndReset()) {
            long next = dueNanos + periodNanos; // by one thread at a time: whoever runs it
            dueNanos = next;
            time.add(this);
        }
    }

    @Override
    public boolean cancel(boolean interrupt) {
        time.remove(this);
        return super.cancel(interrupt);
    }

    @Override
    public boolean isPeriodic() {
        return periodNanos != 0;
    }

    @Override
    public long getDelay(TimeUnit unit) {
        return unit.convert(dueNanos - time.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
        if (other instanceof ManualTask<?> task && task.dueNanos == dueNanos) {
            return Long.compare(number, task.number);
        }
        return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
}
