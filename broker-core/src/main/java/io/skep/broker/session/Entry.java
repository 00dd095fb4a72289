// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.routing.Message;
import io.skep.broker.routing.MessageRecord;
import io.skep.broker.routing.Receipt;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.WriteBatch;
import java.nio.ByteBuffer;
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

    private static final byte FORMAT = 1;
    private static final int FLAGS_AT = 2;
    private static final int RELEASED = 1;
    private static final int SHARED = 2;
    private static final int REFERENCE = 4;

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

    /** {@return what is left of a message of which PUBREC has come; a record of its position is on disk} */
    static Entry received(Outbox outbox, long position) {
        Entry rest = new Entry(outbox, position, null, 2, false, null);
        rest.phase = Phase.RECEIVED;
        rest.stored = true;
        return rest;
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

    @Override
    protected void submit(Receipt receipt) {
        if (outbox != null) {
            outbox.session().lane().submit(receipt);
        }
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
            batch.put(Keyspace.QUEUE, outbox.key(position), record(message, number));
        }
    }

    /** Takes it off the disk, after {@link #letGo}. On the journal's thread. */
    void delete(WriteBatch batch) {
        if (outbox != null) {
            batch.delete(Keyspace.QUEUE, outbox.key(position));
            outbox.session().payloads().release(message, batch);
        }
    }

    /** Puts in its place what is left when PUBREC has come, after {@link #letGo}. On the journal's thread. */
    void release(WriteBatch batch) {
        if (outbox != null) {
            batch.put(Keyspace.QUEUE, outbox.key(position), releasedRecord());
            outbox.session().payloads().release(message, batch);
        }
    }

    /** {@return what is stored when PUBREC has come: the message is not needed any more} */
    byte[] releasedRecord() {
        return new byte[] {FORMAT, qos, RELEASED};
    }

    /** {@return a record that has its message} */
    byte[] record() {
        if (message == null) {
            throw new IllegalStateException("message: none (expected: one, in an entry to be stored)");
        }
        return record(message, 0);
    }

    private byte[] record(Message whole, long number) {
        int count = identifiers == null ? 0 : identifiers.length;
        byte[] filter = sharedFilter;
        int filterBytes = filter == null ? 0 : 2 + filter.length;
        int messageBytes = number == 0 ? MessageRecord.bytes(whole) : Long.BYTES + Integer.BYTES;
        ByteBuffer buffer = ByteBuffer.allocate(8 + count * 4 + filterBytes + messageBytes);
        buffer.put(FORMAT).put(qos).put((byte) ((filter == null ? 0 : SHARED) | (number == 0 ? 0 : REFERENCE)));
        buffer.put((byte) (retain ? 1 : 0)).putInt(count);
        for (int i = 0; i < count; i++) {
            buffer.putInt(identifiers == null ? 0 : identifiers[i]);
        }
        if (filter != null) {
            buffer.putShort((short) filter.length).put(filter);
        }
        if (number == 0) {
            MessageRecord.write(whole, buffer);
        } else {
            buffer.putInt(whole.bytes()).putLong(number);
        }
        return buffer.array();
    }

    /** {@return the number of the shared message that a record refers to, 0 if it has its own} */
    static long reference(byte[] record) {
        return (record[FLAGS_AT] & REFERENCE) == 0 ? 0 : ByteBuffer.wrap(record).getLong(record.length - Long.BYTES);
    }

    /** {@return bytes of the message of a record, about} */
    static int bytes(byte[] record) {
        boolean refers = (record[FLAGS_AT] & REFERENCE) != 0;
        return refers ? ByteBuffer.wrap(record).getInt(record.length - Long.BYTES - Integer.BYTES) : record.length;
    }

    /**
     * {@return a stored entry}
     *
     * @param shared the message that the record refers to, null if it has its own
     */
    static Entry read(@Nullable Outbox outbox, long position, byte[] record, byte @Nullable [] shared) {
        ByteBuffer buffer = ByteBuffer.wrap(record);
        byte format = buffer.get();
        if (format != FORMAT) {
            throw new IllegalStateException("format of a queued message: " + format + " (expected: " + FORMAT + ")");
        }
        int qos = buffer.get();
        int flags = buffer.get();
        Entry entry;
        if ((flags & RELEASED) != 0) {
            entry = new Entry(outbox, position, null, qos, false, null);
            entry.phase = Phase.RELEASED;
        } else {
            boolean retain = buffer.get() != 0;
            int[] identifiers = new int[buffer.getInt()];
            for (int i = 0; i < identifiers.length; i++) {
                identifiers[i] = buffer.getInt();
            }
            byte[] filter = (flags & SHARED) == 0 ? null : new byte[Short.toUnsignedInt(buffer.getShort())];
            if (filter != null) {
                buffer.get(filter);
            }
            Message message = shared == null ? MessageRecord.read(buffer) : MessageRecord.read(shared);
            entry = new Entry(outbox, position, message, qos, retain, identifiers.length == 0 ? null : identifiers);
            entry.sharedFilter = filter;
        }
        entry.stored = true;
        return entry;
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
