// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.MpscLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What other threads tell a session, in order. It belongs to the session, not to a loop, so the order survives when the
 * session moves: the loop that drains it stops as soon as the session lives elsewhere, and the other one goes on.
 */
final class Mailbox {

    private static final int LETTERS_PER_TURN = 4096;

    private final Session session;
    private final MpscLinkedQueue<Runnable> letters = new MpscLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger(); // more than 0: a drain is scheduled or runs
    private final Runnable drain = this::drain;

    Mailbox(Session session) {
        this.session = session;
    }

    /** {@return whether letters wait, so that a plain call would overtake them} */
    boolean isBusy() {
        return waiting.get() != 0;
    }

    int size() {
        return waiting.get();
    }

    void tell(Runnable letter) {
        letters.offer(letter);
        if (waiting.getAndIncrement() == 0) {
            session.lane().loop().execute(drain);
        }
    }

    private void drain() {
        Lane lane = session.lane();
        for (int done = 1; lane.loop().inLoop() && done <= LETTERS_PER_TURN; done++) {
            Runnable letter = take();
            if (letter == null) {
                return;
            }
            letter.run();
            if (waiting.decrementAndGet() == 0) {
                return;
            }
            lane = session.lane(); // the letter may have moved it
        }
        lane.loop().execute(drain);
    }

    private @Nullable Runnable take() {
        return letters.poll(); // counted after it was offered, so there is one
    }
}
