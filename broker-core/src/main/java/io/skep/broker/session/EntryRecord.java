// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.routing.Message;
import io.skep.broker.routing.MessageRecord;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Entry} as bytes on disk: format version, QoS, flags; if PUBREC has not come, the retain flag, the count of
 * Subscription Identifiers and these, the shared filter behind its length if it came by one, then the message, or the
 * size and the number of a shared one; else how many messages this record is about, if it is more than one.
 */
final class EntryRecord {

    private static final byte FORMAT = 1;
    private static final int FLAGS_AT = 2;
    private static final int RELEASED = 1;
    private static final int RELEASED_BYTES = 3;
    private static final int SHARED = 2;
    private static final int REFERENCE = 4;
    private static final int[] NONE = {};

    private EntryRecord() {}

    /**
     * {@return what is stored when PUBREC has come: the message is not needed any more}
     *
     * @param count of how many messages, in this place and in those behind it
     */
    static byte[] released(int count) {
        return count == 1
                ? new byte[] {FORMAT, 2, RELEASED}
                : ByteBuffer.allocate(RELEASED_BYTES + Integer.BYTES)
                        .put(FORMAT)
                        .put((byte) 2)
                        .put((byte) RELEASED)
                        .putInt(count)
                        .array();
    }

    /** {@return of how many messages a record says that PUBREC has come} */
    static int released(byte[] record) {
        if ((record[FLAGS_AT] & RELEASED) == 0) {
            return 0;
        }
        return record.length == RELEASED_BYTES ? 1 : ByteBuffer.wrap(record).getInt(RELEASED_BYTES);
    }

    /**
     * {@return a record of an entry}
     *
     * @param number of the shared message that it refers to, 0 if it has its own
     */
    static byte[] write(Entry entry, Message message, long number) {
        int[] any = entry.identifiers();
        int[] identifiers = any == null ? NONE : any;
        byte[] filter = entry.sharedFilter();
        int filterBytes = filter == null ? 0 : 2 + filter.length;
        int messageBytes = number == 0 ? MessageRecord.bytes(message) : Long.BYTES + Integer.BYTES;
        ByteBuffer buffer = ByteBuffer.allocate(8 + identifiers.length * 4 + filterBytes + messageBytes);
        buffer.put(FORMAT).put((byte) entry.qos());
        buffer.put((byte) ((filter == null ? 0 : SHARED) | (number == 0 ? 0 : REFERENCE)));
        buffer.put((byte) (entry.retain() ? 1 : 0)).putInt(identifiers.length);
        for (int identifier : identifiers) {
            buffer.putInt(identifier);
        }
        if (filter != null) {
            buffer.putShort((short) filter.length).put(filter);
        }
        if (number == 0) {
            MessageRecord.write(message, buffer);
        } else {
            buffer.putInt(message.bytes()).putLong(number);
        }
        return buffer.array();
    }

    /** {@return the number of the shared message that a record refers to, 0 if it has its own} */
    static long reference(byte[] record) {
        return (record[FLAGS_AT] & REFERENCE) == 0 ? 0 : ByteBuffer.wrap(record).getLong(record.length - Long.BYTES);
    }

    /** {@return bytes of the message of a record, as {@link Message#bytes} has them; none is left after PUBREC} */
    static int bytes(byte[] record) {
        ByteBuffer buffer = ByteBuffer.wrap(record);
        int flags = record[FLAGS_AT];
        if ((flags & RELEASED) != 0) {
            return 0;
        }
        if ((flags & REFERENCE) != 0) {
            return buffer.getInt(record.length - Long.BYTES - Integer.BYTES);
        }
        buffer.position(FLAGS_AT + 2);
        buffer.position(FLAGS_AT + 2 + Integer.BYTES + buffer.getInt() * Integer.BYTES);
        if ((flags & SHARED) != 0) {
            int filter = Short.toUnsignedInt(buffer.getShort());
            buffer.position(buffer.position() + filter);
        }
        return MessageRecord.messageBytes(buffer);
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
        if ((flags & RELEASED) != 0) {
            return new Entry(outbox, position, null, qos, false, null).found(Entry.Phase.RELEASED);
        }
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
        Entry entry = new Entry(outbox, position, message, qos, retain, identifiers.length == 0 ? null : identifiers);
        if (filter != null) {
            entry.sharedFilter(filter);
        }
        if (shared != null) {
            entry.reference(reference(record));
        }
        return entry.found(Entry.Phase.WAITING);
    }
}
