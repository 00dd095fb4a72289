// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.broker.metrics.Metric;
import io.skep.broker.metrics.Metrics;
import io.skep.sdk.event.Event;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * The events that wait for one extension. Any thread adds; one task at a time takes them out on a thread of the
 * extension, so their order holds, and gives the thread back now and then for what else the extension does.
 */
final class EventQueue {

    private static final int BATCH = 256;

    private final int eventsMax;
    private final Executor executor;
    private final Metrics metrics;
    private final FailureLog failures;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final LongAdder dropped = new LongAdder();

    EventQueue(int eventsMax, Executor executor, Metrics metrics, FailureLog failures) {
        this.eventsMax = eventsMax;
        this.executor = executor;
        this.metrics = metrics;
        this.failures = failures;
    }

    void add(Consumer<Event> listener, Event event) {
        if (size.get() >= eventsMax) {
            drop(1);
            return;
        }
        waiting.add(() -> listener.accept(event));
        if (size.getAndIncrement() == 0) {
            schedule();
        }
    }

    /** {@return whether every event was taken, and its listener has returned} */
    boolean isEmpty() {
        return size.get() == 0;
    }

    /** {@return how many events it was too slow for} */
    long dropped() {
        return dropped.sum();
    }

    private void drop(int events) {
        dropped.add(events);
        metrics.add(Metric.EVENTS_DROPPED, events);
    }

    private void schedule() {
        try {
            executor.execute(this::drain);
        } catch (RejectedExecutionException e) {
            drop(size.get()); // the extension has stopped; nothing is scheduled any more
        }
    }

    private void drain() {
        for (int i = 0; i < BATCH; i++) {
            Runnable next = waiting.remove();
            try {
                next.run();
            } catch (Throwable e) {
                failures.add("a listener failed", e);
            }
            if (size.decrementAndGet() == 0) {
                return;
            }
        }
        schedule();
    }
}
