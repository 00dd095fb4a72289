// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.unpadded.MpscLinkedUnpaddedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What other threads tell a session, in order. It belongs to the session, not to a loop, so the order survives when the
 * session moves: the loop that drains it stops as soon as the session lives elsewhere, and the other one goes on.
 */
final class Mailbox {

    private static final Logger log = LoggerFactory.getLogger(Mailbox.class);
    private static final int LETTERS_PER_TURN = 4096;

    private final Session session;
    private final MpscLinkedUnpaddedQueue<Runnable> letters = new MpscLinkedUnpaddedQueue<>(); // pads take 400 bytes
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

    /** Counts first: a letter that a plain call could overtake would not be in order. */
    void tell(Runnable letter) {
        boolean idle = waiting.getAndIncrement() == 0;
        letters.offer(letter);
        if (idle) {
            session.lane().loop().execute(drain);
        }
    }

    private void drain() {
        Lane lane = session.lane();
        for (int done = 1; lane.loop().inLoop() && done <= LETTERS_PER_TURN; done++) {
            Runnable letter = letters.relaxedPoll();
            if (letter == null) {
                break; // counted, but still in the hands of its teller
            }
            read(letter);
            if (waiting.decrementAndGet() == 0) {
                if (session.lane() == lane) {
                    session.mailRead();
                }
                return;
            }
            lane = session.lane(); // the letter may have moved it
        }
        lane.loop().execute(drain);
    }

    /** A letter that fails must not keep those behind it. */
    private static void read(Runnable letter) {
        try {
            letter.run();
        } catch (RuntimeException e) {
            log.error("a step of a session failed", e);
        }
    }
}
