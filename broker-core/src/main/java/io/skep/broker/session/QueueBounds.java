// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.config.SessionConfig;
import io.skep.broker.routing.Message;
import io.skep.broker.routing.Publication;
import io.skep.broker.routing.Receipt;
import io.skep.broker.routing.Subscription;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * How much an {@link Outbox} holds and may hold, and which messages wait for room in it while their publishers are held
 * back. Touched on the session's loop only.
 */
final class QueueBounds {

    private final Outbox outbox;
    private final SessionConfig limits;
    private final LongAdder total;
    private int messages;
    private long bytes;
    private long uncountedFrom; // positions of stored messages that a start took notice of
    private long uncountedTo;
    private @Nullable ArrayDeque<Waiting> waiting;

    /** A message without room, whose publisher waits. */
    private record Waiting(Message message, Subscription subscription, int qos, Receipt receipt, long deadlineNanos) {}

    /**
     * Begins with nothing.
     *
     * @param total bytes in the queues of all sessions
     */
    QueueBounds(Outbox outbox, SessionConfig limits, LongAdder total) {
        this.outbox = outbox;
        this.limits = limits;
        this.total = total;
    }

    int messages() {
        return messages;
    }

    long bytes() {
        return bytes;
    }

    SessionConfig.Overflow overflow() {
        return limits.overflow();
    }

    boolean hasRoom(int size) {
        return messages < limits.queueMessagesMax()
                && (messages == 0 || bytes + size <= limits.queueBytesMax())
                && (limits.queueBytesTotalMax() == 0 || total.sum() + size <= limits.queueBytesTotalMax());
    }

    /** {@return whether there is more than there may be} */
    boolean areExceeded() {
        return messages > limits.queueMessagesMax()
                || (messages > 1 && bytes > limits.queueBytesMax())
                || (limits.queueBytesTotalMax() != 0 && total.sum() > limits.queueBytesTotalMax());
    }

    void add(long size) {
        messages++;
        grow(size);
    }

    /** Takes notice of stored messages, which are counted later. */
    void restore(long first, long end) {
        uncountedFrom = first;
        uncountedTo = end;
    }

    boolean isUncounted(long position) {
        return position >= uncountedFrom && position < uncountedTo;
    }

    /** Counts a stored message, in their order. */
    void count(long position, int size) {
        if (isUncounted(position)) {
            uncountedFrom = position + 1;
            add(size);
        }
    }

    /** A message is gone; those that wait for room may come. */
    void remove(long position, long size) {
        if (isUncounted(position)) {
            return;
        }
        messages--;
        grow(messages == 0 ? -bytes : -size);
        if (waiting != null) {
            Session session = outbox.session();
            session.lane().loop().execute(() -> session.execute(this::admit));
        }
    }

    /** Of a message only its place is left. */
    void shrink(long position, long size) {
        if (!isUncounted(position)) {
            grow(-size);
        }
    }

    private void grow(long size) {
        bytes += size;
        if (limits.queueBytesTotalMax() != 0) {
            total.add(size);
        }
    }

    long averageBytes() {
        return bytes / Math.max(1, messages);
    }

    /** {@return whether messages wait for room, so that another must not overtake them} */
    boolean isAwaited() {
        return waiting != null;
    }

    /** Lets a message wait for room, as long as its publisher is held back. */
    void await(Publication publication, Subscription subscription, int qos, Receipt receipt) {
        if (waiting == null) {
            waiting = new ArrayDeque<>();
        }
        long patience = TimeUnit.MILLISECONDS.toNanos(receipt.patienceMillis());
        waiting.add(new Waiting(publication.message(), subscription, qos, receipt, System.nanoTime() + patience));
        if (waiting.size() == 1) {
            expireIn(patience);
        }
    }

    private void expireIn(long nanos) {
        Session session = outbox.session();
        session.lane().loop().eventLoop().schedule(() -> session.execute(this::expire), nanos, TimeUnit.NANOSECONDS);
    }

    private void expire() {
        long now = System.nanoTime();
        for (Waiting first = first(); first != null; first = first()) {
            long left = first.deadlineNanos() - now;
            if (left > 0) {
                expireIn(left);
                return;
            }
            removeFirst();
            first.receipt().refuse();
        }
    }

    private void admit() {
        for (Waiting first = first(); first != null; first = first()) {
            if (!hasRoom(first.message().payload().length)) {
                return;
            }
            removeFirst();
            Publication publication = new Publication(outbox.session().lane().loop());
            publication.begin(first.message());
            outbox.append(publication, first.subscription(), first.qos(), first.receipt());
            publication.release();
        }
    }

    private @Nullable Waiting first() {
        return waiting == null ? null : waiting.peek();
    }

    private void removeFirst() {
        if (waiting != null) {
            waiting.remove();
            waiting = waiting.isEmpty() ? null : waiting;
        }
    }

    /** The session has ended: nothing is held any more. */
    void clear() {
        for (Waiting first = first(); first != null; first = first()) {
            removeFirst();
            first.receipt().decline();
        }
        grow(-bytes);
        messages = 0;
        uncountedTo = uncountedFrom;
    }
}
