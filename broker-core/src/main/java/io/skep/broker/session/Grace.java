// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.loop.Loop;
import io.skep.broker.routing.Receipt;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Messages that were sent to subscribers who are used to acknowledge at once. What they do acknowledge is never stored,
 * and costs hardly more than without a durable session; what they have not acknowledged when the time is over goes to
 * the journal. The publisher waits for the one or the other. Touched on its loop only.
 */
final class Grace {

    /** About as long as a disk takes: waiting in vain does not cost a publisher more than storing does. */
    static final long NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Loop loop;
    private final Consumer<Receipt> journal;
    private final ArrayDeque<Turn> turns = new ArrayDeque<>();
    private final Runnable look = this::look;
    private boolean looking;

    /** What began to wait at the same time. */
    private record Turn(long sinceNanos, List<Receipt> receipts) {}

    /**
     * Begins with nothing.
     *
     * @param journal gets what is to be stored
     */
    Grace(Loop loop, Consumer<Receipt> journal) {
        this.loop = loop;
        this.journal = journal;
    }

    void add(Receipt receipt) {
        Turn turn = turns.peekLast();
        if (turn == null || turn.sinceNanos() != loop.nowNanos()) {
            turn = new Turn(loop.nowNanos(), new ArrayList<>());
            turns.add(turn);
        }
        turn.receipts().add(receipt);
        if (!looking) {
            lookIn(NANOS);
        }
    }

    /** Nothing waits any longer: a subscriber has left. */
    void end() {
        for (Turn turn = turns.poll(); turn != null; turn = turns.poll()) {
            store(turn);
        }
    }

    private void lookIn(long nanos) {
        looking = true;
        loop.eventLoop().schedule(look, nanos, TimeUnit.NANOSECONDS);
    }

    private void look() {
        looking = false;
        long now = System.nanoTime();
        for (Turn first = turns.peek(); first != null; first = turns.peek()) {
            long left = NANOS - (now - first.sinceNanos());
            if (left > 0) {
                lookIn(left);
                return;
            }
            store(turns.remove());
        }
    }

    private void store(Turn turn) {
        for (int i = 0; i < turn.receipts().size(); i++) {
            Receipt receipt = turn.receipts().get(i);
            if (receipt.leaves()) {
                journal.accept(receipt);
            }
        }
    }
}
