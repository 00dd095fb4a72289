// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.routing.Message;
import io.skep.broker.routing.MessageRecord;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.WriteBatch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Messages that several queues share on disk: stored once, under a number that the queues' records refer to.
 *
 * <p>Records that refer to one in memory are counted, and it is deleted with the last. A queue that lets its record lie
 * on disk only does not say when that goes; what it leaves behind is found by {@link PayloadSweep}. On the journal's
 * thread.
 */
final class Payloads {

    /** Smaller ones are stored with each queue: referring would cost as much. */
    private static final int SHARED_BYTES_MIN = 64;

    /** Numbers of one start of the broker: none is given out twice. */
    private static final int NUMBER_BITS = 40;

    private static final byte[] STARTS = "starts".getBytes(StandardCharsets.US_ASCII);

    private volatile long next = 1L << NUMBER_BITS;
    private volatile long stored;

    /** Begins with numbers that were not used before. */
    void load(Storage storage) {
        byte[] found = storage.get(Keyspace.META, STARTS);
        long starts =
                (found == null ? lastStart(storage) : ByteBuffer.wrap(found).getLong()) + 1;
        WriteBatch batch = storage.batch();
        batch.put(Keyspace.META, STARTS, key(starts));
        storage.commit(batch, failure -> {}); // if it fails, so does what refers to these numbers
        next = starts << NUMBER_BITS;
    }

    /** Returns what the stored numbers tell, if the count was lost with damaged data. */
    private static long lastStart(Storage storage) {
        long[] last = {0};
        storage.scan(Keyspace.PAYLOADS, new byte[] {0}, null, (key, value) -> {
            last[0] = ByteBuffer.wrap(key).getLong() >> NUMBER_BITS;
            return true;
        });
        return last[0];
    }

    static byte[] key(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    /** {@return the number that the next one gets; lower ones are stored or never will be} */
    long next() {
        return next;
    }

    /** {@return how many were stored and not deleted since the start, but by a sweep} */
    long stored() {
        return stored;
    }

    /** {@return the number under which a queue finds the message, 0 if it stores its own} */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    long share(Message message, WriteBatch batch) {
        if (message.number() == 0) {
            if (message.holders() < 2 || message.bytes() < SHARED_BYTES_MIN) {
                return 0;
            }
            message.number(next++);
            stored++;
            batch.put(Keyspace.PAYLOADS, key(message.number()), MessageRecord.write(message));
        }
        message.refer();
        return message.number();
    }

    /**
     * Deletes a message with the last record that refers to it, in the same batch: who has said on its loop that it
     * needs it no more may still have a record on disk.
     *
     * @param reference what the record has, which goes with this batch
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void release(@Nullable Message message, long reference, WriteBatch batch) {
        if (message != null && reference != 0 && reference == message.number() && message.unrefer()) {
            batch.delete(Keyspace.PAYLOADS, key(message.number()));
            message.number(0);
            stored--;
        }
    }
}
