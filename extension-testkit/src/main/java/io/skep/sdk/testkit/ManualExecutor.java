// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Threads of a pool, for tasks that are due in a {@link ManualTime}. */
final class ManualExecutor extends AbstractExecutorService implements ScheduledExecutorService {

    private final ManualTime time;
    private final ExecutorService threads;

    ManualExecutor(ManualTime time, ExecutorService threads) {
        this.time = time;
        this.threads = threads;
    }

    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return add(Executors.callable(task), delay, 0, unit);
    }

    @Override
    public <V extends @Nullable Object> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        return add(task, delay, 0, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long delay, long period, TimeUnit unit) {
        return add(Executors.callable(task), delay, positive(period), unit);
    }

    /** The same as with a rate: no time passes while a task runs. */
    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long delay, long pause, TimeUnit unit) {
        return add(Executors.callable(task), delay, positive(pause), unit);
    }

    private static long positive(long period) {
        if (period <= 0) {
            throw new IllegalArgumentException("period: " + period + " (expected: above 0)");
        }
        return period;
    }

    private <V extends @Nullable Object> ScheduledFuture<V> add(
            Callable<V> work, long delay, long period, TimeUnit unit) {
        if (isShutdown()) {
            throw new RejectedExecutionException("executor: shut down (expected: one that runs)");
        }
        long delayNanos =
                Math.max(0, Math.min(unit.toNanos(delay), Long.MAX_VALUE / 2)); // so that sums do not overflow
        ManualTask<V> task = new ManualTask<>(time, threads, work, time.nanoTime() + delayNanos, unit.toNanos(period));
        time.add(task);
        return task;
    }

    @Override
    public void shutdown() {
        threads.shutdown();
    }

    @Override
    public List<Runnable> shutdownNow() {
        return threads.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
        return threads.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return threads.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return threads.awaitTermination(timeout, unit);
    }
}
