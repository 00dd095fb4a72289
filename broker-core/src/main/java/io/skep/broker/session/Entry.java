// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.routing.Message;
import io.skep.broker.routing.Receipt;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.WriteBatch;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A QoS 1 or 2 message in an {@link Outbox}: waiting, or on its way to the client. What its session does not keep on
 * disk, and does not need to send again, is one of the three constants instead.
 */
final class Entry extends Receipt.Part {

    /** How far the exchange with the client is. */
    enum Phase {
        /** Not sent on this connection. */
        WAITING,
        /** PUBLISH sent: PUBACK or PUBREC is awaited. */
        SENT,
        /** PUBREC received, and about to be stored. */
        RECEIVED,
        /** PUBREL sent: PUBCOMP is awaited. */
        RELEASED
    }

    /** Stands for a message that is on disk only. */
    static final Entry ON_DISK = new Entry(null, 0, null, 0, false, null);
    /** Stands for a QoS 1 message under way that nobody needs again. */
    static final Entry AWAITS_PUBACK = new Entry(null, 0, null, 1, false, null);
    /** Stands for a QoS 2 message under way that nobody needs again. */
    static final Entry AWAITS_PUBREC = new Entry(null, 0, null, 2, false, null);
    /** Stands for a QoS 2 message of which the PUBREL is sent. */
    static final Entry AWAITS_PUBCOMP = new Entry(null, 0, null, 2, false, null);

    private final @Nullable Outbox outbox;
    private final long position;
    private final @Nullable Message message;
    private final byte qos;
    private final boolean retain;
    private final int @Nullable [] identifiers;
    private byte @Nullable [] sharedFilter;
    private Phase phase = Phase.WAITING;
    private boolean stored;
    private boolean maybeSent;
    private boolean held;
    private boolean mayWait;
    private long sentNanos;
    private long reference; // of its record on disk, to a shared message
    private @Nullable ReleasedRun run;

    Entry(
            @Nullable Outbox outbox,
            long position,
            @Nullable Message message,
            int qos,
            boolean retain,
            int @Nullable [] identifiers) {
        this.outbox = outbox;
        this.position = position;
        this.message = message;
        this.qos = (byte) qos;
        this.retain = retain;
        this.identifiers = identifiers;
    }

    /** {@return what is left of a message of which PUBREC has come, in a phase; of a durable session it is stored} */
    static Entry rest(Outbox outbox, long position, Phase phase, @Nullable ReleasedRun run) {
        Entry rest = new Entry(outbox, position, null, 2, false, null);
        rest.run = run;
        return rest.found(phase);
    }

    /** {@return what it is stored with, if PUBREC has come and the session is durable} */
    @Nullable ReleasedRun run() {
        return run;
    }

    /** {@return whether it stands for a message under way that nobody needs again} */
    boolean isForgotten() {
        return this == AWAITS_PUBACK || this == AWAITS_PUBREC || this == AWAITS_PUBCOMP;
    }

    long position() {
        return position;
    }

    /** {@return the message; null once it is released} */
    @Nullable Message message() {
        return message;
    }

    /** {@return 1 or 2: granted and published, whichever is less} */
    int qos() {
        return qos;
    }

    /** {@return the RETAIN flag that the client sees} */
    boolean retain() {
        return retain;
    }

    int @Nullable [] identifiers() {
        return identifiers;
    }

    /** {@return the filter of the shared subscription that it came by, or null} */
    byte @Nullable [] sharedFilter() {
        return sharedFilter;
    }

    void sharedFilter(byte[] filter) {
        sharedFilter = filter;
    }

    Phase phase() {
        return phase;
    }

    void phase(Phase next) {
        phase = next;
    }

    boolean isStored() {
        return stored;
    }

    /** Says that its record on disk refers to a shared message. */
    void reference(long number) {
        reference = number;
    }

    /** It was found on disk. */
    Entry found(Phase then) {
        stored = true;
        phase = then;
        return this;
    }

    /** {@return whether memory can let go of it} */
    boolean isOnDiskToo() {
        return stored && phase == Phase.WAITING && sharedFilter == null;
    }

    /** {@return whether the client may have seen it, so that it is sent with DUP [MQTT-3.3.1-1]} */
    boolean isMaybeSent() {
        return maybeSent;
    }

    void maybeSent() {
        maybeSent = true;
    }

    /** It is under way to the client. */
    void sent(long nowNanos) {
        phase = Phase.SENT;
        maybeSent = true;
        sentNanos = nowNanos;
    }

    long sentNanos() {
        return sentNanos;
    }

    /** Says whether its PUBACK is awaited before it is stored, see {@link Grace}. */
    void mayWait(boolean maybe) {
        mayWait = maybe;
    }

    @Override
    protected boolean mayWait() {
        return mayWait;
    }

    int bytes() {
        return message == null ? 0 : message.bytes();
    }

    /** Says that the message is to be stored. */
    void hold() {
        if (message != null) {
            held = true;
            message.hold();
        }
    }

    /** Says that it need not be stored any more. */
    void letGo() {
        if (held && message != null) {
            held = false;
            message.release();
        }
    }

    @Override
    protected void store(WriteBatch batch) {
        if (outbox != null && message != null) {
            long number = outbox.session().payloads().share(message, batch);
            reference = number;
            batch.put(Keyspace.QUEUE, outbox.key(position), EntryRecord.write(this, message, number));
        }
    }

    /** Takes it off the disk, after {@link #letGo}. On the journal's thread. */
    void delete(WriteBatch batch) {
        if (outbox != null) {
            batch.delete(Keyspace.QUEUE, outbox.key(position));
            outbox.session().payloads().release(message, reference, batch);
        }
    }

    /**
     * PUBREC has come, after {@link #letGo}. On the journal's thread.
     *
     * @param inRun whether a record before it says so; yet a record must not refer to what is gone
     */
    void release(WriteBatch batch, boolean inRun) {
        if (outbox != null) {
            if (inRun && reference != 0) {
                batch.put(Keyspace.QUEUE, outbox.key(position), EntryRecord.released(1));
            }
            outbox.session().payloads().release(message, reference, batch);
        }
    }

    /** {@return what takes it off the disk} */
    Receipt.Part deletion() {
        return new Receipt.Part() {
            @Override
            protected void store(WriteBatch batch) {
                delete(batch);
            }

            @Override
            protected Executor loop() {
                return Entry.this.loop();
            }
        };
    }

    @Override
    protected void stored() {
        stored = true;
        if (outbox != null) {
            outbox.stored(this);
        }
    }

    @Override
    protected void unstored() {
        if (message != null) {
            message.number(0); // nothing of it can be relied on
        }
    }

    @Override
    protected void failed() {
        if (outbox != null) {
            outbox.failed(this);
        }
    }

    @Override
    protected Executor loop() {
        if (outbox == null) {
            throw new IllegalStateException("outbox: none (expected: one, in an entry to be stored)");
        }
        return outbox.session();
    }
}
