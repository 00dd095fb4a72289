// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authhttp;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets so many calls through at a time, keeps a bounded number of others waiting in their order, and fails what is
 * above, or waits too long. The caller does no more than count; all else is done on the executor.
 *
 * @param <T> what calls bring
 */
final class Throttle<T> {

    private final LimitsConfig limits;
    private final Executor executor;
    private final AtomicInteger pending = new AtomicInteger(); // in flight or waiting
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Call<T>> waiting = new ArrayDeque<>(); // guarded by the lock
    private int inFlight; // guarded by the lock

    /** What is to be done, and where its result is waited for. */
    private record Call<T>(Supplier<CompletableFuture<T>> start, CompletableFuture<T> result) {}

    Throttle(LimitsConfig limits, Executor executor) {
        this.limits = limits;
        this.executor = executor;
    }

    /** {@return the result of a call, or its failure, before the deadline} */
    CompletableFuture<T> submit(Supplier<CompletableFuture<T>> start) {
        int max = limits.inFlightMax() + limits.waitingMax();
        if (pending.incrementAndGet() > max) {
            pending.decrementAndGet();
            return CompletableFuture.failedFuture(new IOException("questions: above " + max
                    + " (expected: at most in-flight-max and waiting-max; the server is slow, or there are too many)"));
        }
        Duration deadline = limits.deadline();
        Call<T> call =
                new Call<>(start, new CompletableFuture<T>().orTimeout(deadline.toNanos(), TimeUnit.NANOSECONDS));
        executor.execute(() -> {
            lock.lock();
            try {
                waiting.add(call);
            } finally {
                lock.unlock();
            }
            proceed();
        });
        return call.result();
    }

    private void proceed() {
        for (Call<T> call = next(); call != null; call = next()) {
            if (call.result().isDone()) {
                leave(); // it has waited too long
            } else {
                start(call);
            }
        }
    }

    private @Nullable Call<T> next() {
        lock.lock();
        try {
            Call<T> call = inFlight < limits.inFlightMax() ? waiting.poll() : null;
            inFlight += call == null ? 0 : 1;
            return call;
        } finally {
            lock.unlock();
        }
    }

    private void start(Call<T> call) {
        CompletableFuture<T> end;
        try {
            end = call.start().get();
        } catch (RuntimeException e) {
            end = CompletableFuture.failedFuture(e);
        }
        end.whenCompleteAsync(
                (value, failure) -> {
                    leave();
                    if (failure == null) {
                        call.result().complete(value);
                    } else {
                        call.result().completeExceptionally(failure);
                    }
                    proceed();
                },
                executor);
    }

    private void leave() {
        lock.lock();
        try {
            inFlight--;
        } finally {
            lock.unlock();
        }
        pending.decrementAndGet();
    }
}
