// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.webhook;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Events that wait for one target, bounded in number and in bytes. One thread puts in, another takes out; the first
 * never waits for the second.
 */
final class Backlog {

    /** No request is much longer, whatever the number of events. */
    private static final int BATCH_BYTES_MAX = 1 << 20;

    private final BatchConfig batch;
    private final QueueConfig bounds;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<Waiting> waiting = new ArrayDeque<>(); // guarded by lock
    private long bytes; // guarded by lock
    private boolean closed; // guarded by lock

    private record Waiting(byte[] json, long sinceNanos) {}

    Backlog(BatchConfig batch, QueueConfig bounds) {
        this.batch = batch;
        this.bounds = bounds;
    }

    /** {@return whether there was room} */
    boolean offer(byte[] json) {
        lock.lock();
        try {
            if (closed || waiting.size() >= bounds.eventsMax() || bytes + json.length > bounds.bytesMax()) {
                return false;
            }
            waiting.add(new Waiting(json, System.nanoTime()));
            bytes += json.length;
            if (waiting.size() == 1 || isFull()) {
                changed.signalAll();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * {@return the next events in their order, once there are enough or the first has waited enough; none at the end}
     */
    List<byte[]> take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.await();
            }
            while (!isFull() && !closed) {
                long leftNanos = batch.waitMax().toNanos()
                        - (System.nanoTime() - waiting.element().sinceNanos());
                if (changed.awaitNanos(leftNanos) <= 0) {
                    break;
                }
            }
            return poll();
        } finally {
            lock.unlock();
        }
    }

    private boolean isFull() {
        return waiting.size() >= batch.eventsMax() || bytes >= BATCH_BYTES_MAX;
    }

    private List<byte[]> poll() {
        List<byte[]> events = new ArrayList<>();
        long length = 0;
        while (!waiting.isEmpty() && events.size() < batch.eventsMax() && length < BATCH_BYTES_MAX) {
            byte[] json = waiting.remove().json();
            events.add(json);
            length += json.length;
        }
        bytes -= length;
        return events;
    }

    /** Waits for so long, or until it is closed. */
    void pause(long nanos) throws InterruptedException {
        long endNanos = System.nanoTime() + nanos;
        lock.lockInterruptibly();
        try {
            if (!closed) {
                while (!closed && changed.awaitNanos(endNanos - System.nanoTime()) > 0) {
                    // woken by another event
                }
                return;
            }
        } finally {
            lock.unlock();
        }
        TimeUnit.NANOSECONDS.sleep(nanos);
    }

    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing more; what is there can be taken without a wait. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
