// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one connection that are not answered, and in what order they wait to be sent. Any thread adds and
 * answers; one thread takes what is to be sent. The broker keeps the deadline of each call by itself; what is over is
 * swept out of here a moment later.
 */
final class Calls {

    private final Map<Long, Unfinished> unfinished = new ConcurrentHashMap<>();
    private final Queue<Unfinished> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicLong lastId = new AtomicLong();
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final Limits limits;
    private final long deadlineNanos;
    private volatile @Nullable String closed; // why

    /** A call that is not answered. */
    private record Unfinished(Wire.Call call, int size, long beginNanos, CompletableFuture<Wire.Answer> answer) {}

    Calls(Limits limits, Duration deadline) {
        this.limits = limits;
        this.deadlineNanos = deadline.toNanos();
    }

    /** {@return the answer; has failed already if there is no room} */
    CompletableFuture<Wire.Answer> add(Wire.Call.Builder builder) {
        Wire.Call call = builder.setId(lastId.incrementAndGet()).build();
        int size = call.getSerializedSize();
        if (size > limits.messageBytesMax()) {
            throw new Unanswered("call: " + size + " bytes (expected: at most limits.message-bytes-max)");
        }
        Unfinished fresh = new Unfinished(call, size, System.nanoTime(), new CompletableFuture<>());
        boolean fits = count.incrementAndGet() <= limits.inFlightMax();
        fits &= bytes.addAndGet(size) <= limits.inFlightBytesMax();
        unfinished.put(call.getId(), fresh);
        if (!fits) {
            fail(fresh, "calls: too many (expected: at most limits.in-flight-max, and in-flight-bytes-max)");
            return fresh.answer();
        }
        waiting.add(fresh);
        String reason = closed;
        if (reason != null) {
            fail(fresh, reason);
        }
        return fresh.answer();
    }

    /** {@return whether a call waited for this answer} */
    boolean answer(Wire.Answer answer) {
        Unfinished call = remove(answer.getId());
        return call != null && call.answer().complete(answer);
    }

    /** Moves calls into a batch until it is full; one alone may be longer. */
    int take(Wire.FromBroker.Builder batch, int bytesMax) {
        int taken = 0;
        for (Unfinished next = waiting.peek(); next != null; next = waiting.peek()) {
            boolean over = next.answer().isDone() || System.nanoTime() - next.beginNanos() > deadlineNanos;
            if (!over && taken > 0 && taken + next.size() > bytesMax) {
                break;
            }
            waiting.poll();
            if (!over) {
                batch.addCalls(next.call());
                taken += next.size();
            }
        }
        return taken;
    }

    boolean isAnyWaiting() {
        return !waiting.isEmpty();
    }

    /** Forgets calls whose deadline is over; {@return when the oldest of them began, or null if there are none} */
    @Nullable Long sweep() {
        long now = System.nanoTime();
        Long oldest = null;
        for (Unfinished call : unfinished.values()) {
            if (now - call.beginNanos() > deadlineNanos) {
                fail(call, "answer: none within the deadline");
                oldest = oldest == null || call.beginNanos() - oldest < 0 ? (Long) call.beginNanos() : oldest;
            }
        }
        return oldest;
    }

    /** Fails all calls, those that come later, too. */
    void close(String reason) {
        closed = reason;
        unfinished.values().forEach(call -> fail(call, reason));
        waiting.clear();
    }

    private void fail(Unfinished call, String reason) {
        if (remove(call.call().getId()) != null) {
            call.answer().completeExceptionally(new Unanswered(reason));
        }
    }

    private @Nullable Unfinished remove(long id) {
        Unfinished call = unfinished.remove(id);
        if (call != null) {
            count.decrementAndGet();
            bytes.addAndGet(-call.size());
        }
        return call;
    }
}
