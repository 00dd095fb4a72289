// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import io.skep.broker.loop.Loop;
import io.skep.broker.storage.Write;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What stands between a message and its acknowledgement: the parts of it that must be stored. Durable recipients and
 * the retained store each add a part, on whatever loop they live; when all have been heard, the parts go to the journal
 * as one atomic write; when that is durable, or every part has been withdrawn because its subscriber was faster than
 * the disk, the publisher's loop is told, once.
 */
public final class Receipt implements Write {

    /** Hears on the publisher's loop that a message may be acknowledged. */
    public interface Publisher {

        /** There is a receipt more; later ones are of later messages. */
        default void opened(Receipt receipt) {}

        /** Called once; see {@link Receipt#failure}. */
        void settled(Receipt receipt);

        /** All parts have been heard: they go to the journal, when it is their turn. */
        void submit(Receipt receipt);

        /**
         * A write of the parts has failed. On the publisher's loop.
         *
         * @return whether the receipt will be submitted again; else it is settled with its failure
         */
        default boolean triesAgain(Receipt receipt) {
            return false;
        }

        /** {@return why nothing more of the publisher may be stored, or null. On the journal's thread} */
        default @Nullable StorageException obstacle() {
            return null;
        }

        /** A message could not be stored. On the journal's thread, before another is. */
        default void spoil(StorageException failure) {}

        /**
         * {@return how many milliseconds the publisher can be held back for a full queue; 0 if it is told at once, -1
         * if nobody can be told}
         */
        default long patienceMillis() {
            return -1;
        }
    }

    /** Something to be stored for a message before it is acknowledged. */
    public abstract static class Part {

        private static final int WAITING = 0;
        private static final int TAKEN = 1;
        private static final int WITHDRAWN = 2;
        private static final int DELETED = 3;

        private static final AtomicIntegerFieldUpdater<Part> STATE =
                AtomicIntegerFieldUpdater.newUpdater(Part.class, "state");

        private volatile int state = WAITING;
        private @Nullable Part next;
        private @Nullable Receipt receipt;

        /** Adds what is to be stored; on the journal's thread. */
        protected abstract void store(WriteBatch batch);

        /** Hears that it is stored, on {@link #loop}, unless it was withdrawn. */
        protected void stored() {}

        /** Hears that it could not be stored, on {@link #loop}, unless it was withdrawn. */
        protected void failed() {}

        /** Hears on the journal's thread that a write has failed; another may follow. */
        protected void unstored() {}

        /** {@return whose state it is} */
        protected abstract Executor loop();

        /** {@return whether it will probably be withdrawn soon} */
        protected boolean mayWait() {
            return false;
        }

        private boolean isWaiting() {
            return state == WAITING;
        }

        private boolean isTaken() {
            return state == TAKEN || state == DELETED;
        }

        private boolean turns(int from, int to) {
            return STATE.compareAndSet(this, from, to);
        }

        /** {@return whether someone waits until it is stored} */
        public final boolean isAwaited() {
            return receipt != null;
        }

        /** {@return true if it will not be stored; false if it is or may be stored already} */
        public final boolean withdraw() {
            if (!turns(WAITING, WITHDRAWN)) {
                turns(TAKEN, DELETED); // if the write fails, it is not tried again
                return false;
            }
            if (receipt != null) {
                receipt.settle();
            }
            return true;
        }
    }

    private static final AtomicReferenceFieldUpdater<Receipt, Part> PARTS =
            AtomicReferenceFieldUpdater.newUpdater(Receipt.class, Part.class, "parts");
    private static final long UNSETTLED = 1;
    private static final long UNHEARD = 1L << 32;

    private final Loop loop;
    private final Publisher publisher;
    private final int bytes;
    private final AtomicLong open =
            new AtomicLong(UNHEARD + UNSETTLED); // the publisher itself, until the message is routed
    private volatile @Nullable Part parts;
    private boolean urgent; // seen by who hears the last part
    private boolean complete; // these two on the publisher's loop
    private boolean left;
    private volatile boolean done;
    private volatile boolean refused;
    private @Nullable StorageException failure;

    public Receipt(Loop loop, Publisher publisher) {
        this(loop, publisher, 0);
    }

    Receipt(Loop loop, Publisher publisher, int bytes) {
        this.loop = loop;
        this.publisher = publisher;
        this.bytes = bytes;
        publisher.opened(this);
    }

    /** Announces a recipient that will either {@link #add} a part or {@link #decline}. On the publisher's loop. */
    public void expect() {
        open.addAndGet(UNHEARD + UNSETTLED);
    }

    /** Adds an announced part, on any loop. */
    public void add(Part part) {
        part.receipt = this;
        if (!part.mayWait()) {
            urgent = true;
        }
        Part head;
        do {
            head = parts;
            part.next = head;
        } while (!PARTS.compareAndSet(this, head, part));
        if (open.addAndGet(-UNHEARD) < UNHEARD) {
            complete();
        }
    }

    /** Says that an announced recipient stores nothing. */
    public void decline() {
        long left = open.addAndGet(-UNHEARD - UNSETTLED);
        if (left == 0) {
            tellPublisher();
        } else if (left < UNHEARD) {
            complete();
        }
    }

    private void complete() {
        if (!loop.inLoop()) {
            loop.execute(this::complete);
            return;
        }
        if (!done) {
            complete = true;
            publisher.submit(this);
        }
    }

    /** Says that the message is routed: all recipients have been announced. */
    public void routed() {
        decline();
    }

    /** {@return whether the message may be acknowledged. On the publisher's loop} */
    public boolean isDone() {
        return done;
    }

    /** {@return why it could not be stored, or null} */
    public @Nullable StorageException failure() {
        return failure;
    }

    /** Says that an announced recipient has no room, and that the publisher is to be told. Any thread. */
    public void refuse() {
        refused = true;
        decline();
    }

    /** {@return whether a recipient had no room. On the publisher's loop, when done} */
    public boolean isRefused() {
        return refused;
    }

    /** {@return how long a recipient without room may hold the publisher back, see {@link Publisher}} */
    public long patienceMillis() {
        return publisher.patienceMillis();
    }

    /** {@return whether all parts have been heard, before it was done. On the publisher's loop} */
    public boolean isComplete() {
        return complete;
    }

    /** {@return whether it is still to go to the journal, where it goes now. On the publisher's loop} */
    public boolean leaves() {
        boolean first = !left;
        left = true;
        return first && !done;
    }

    /** {@return whether all parts will probably be withdrawn soon. When all are heard} */
    public boolean mayWait() {
        return !urgent;
    }

    private void settle() {
        if (open.addAndGet(-UNSETTLED) == 0) {
            tellPublisher();
        }
    }

    private void tellPublisher() {
        if (loop.inLoop()) {
            finish();
        } else {
            loop.execute(this::finish);
        }
    }

    private void finish() {
        if (!done) {
            done = true;
            publisher.settled(this);
        }
    }

    @Override
    public @Nullable StorageException obstacle() {
        return publisher.obstacle();
    }

    @Override
    public void spoil(StorageException why) {
        for (Part part = parts; part != null; part = part.next) {
            if (part.isTaken()) {
                part.unstored();
            }
        }
        publisher.spoil(why);
    }

    @Override
    public void addTo(WriteBatch batch) {
        for (Part part = parts; part != null; part = part.next) {
            if (part.turns(Part.WAITING, Part.TAKEN)) {
                part.store(batch);
            }
        }
    }

    @Override
    public int bytes() {
        return bytes;
    }

    @Override
    public Executor loop() {
        return loop;
    }

    @Override
    public void committed() {
        tellParts(Part::isTaken, Part::stored);
        finish();
    }

    @Override
    public void failed(StorageException cause) {
        for (Part part = parts; part != null; part = part.next) {
            part.turns(Part.TAKEN, Part.WAITING);
        }
        if (!publisher.triesAgain(this)) {
            giveUp(cause);
        }
    }

    private void giveUp(StorageException cause) {
        failure = cause;
        tellParts(Part::isWaiting, Part::failed);
        finish();
    }

    private void tellParts(Predicate<Part> which, Consumer<Part> what) {
        for (Part part = parts; part != null; part = part.next) {
            if (which.test(part)) {
                Part taken = part;
                runOn(part.loop(), () -> what.accept(taken));
            }
        }
    }

    private static void runOn(Executor executor, Runnable step) {
        if (executor instanceof Loop here && here.inLoop()) {
            step.run();
        } else {
            executor.execute(step);
        }
    }
}
