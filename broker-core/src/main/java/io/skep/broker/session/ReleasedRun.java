// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.storage.Write;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * QoS 2 messages side by side in a queue whose PUBRECs came together. That they came is one record, in the place of the
 * first of them that is not over; what lies in the places of the others counts no more. On the session's loop, but for
 * what the journal does.
 */
final class ReleasedRun implements Write {

    private final Outbox outbox;
    private final List<Entry> messages = new ArrayList<>();
    private final List<Entry> rests = new ArrayList<>();
    private long from;
    private long to;

    private ReleasedRun(Outbox outbox, long from, long to) {
        this.outbox = outbox;
        this.from = from;
        this.to = to;
    }

    /** {@return one that is empty, before a position} */
    static ReleasedRun before(Outbox outbox, long position) {
        return new ReleasedRun(outbox, position, position);
    }

    /** {@return one that was found on disk} */
    static ReleasedRun found(Outbox outbox, long from, int length) {
        return new ReleasedRun(outbox, from, from + length);
    }

    /** {@return the position that has the record} */
    long from() {
        return from;
    }

    /** {@return the position behind the last} */
    long to() {
        return to;
    }

    /** Adds the next, until the journal has it. */
    void add(Entry message) {
        messages.add(message);
        rests.add(outbox.shrink(message, this));
        to++;
    }

    /**
     * Shrinks it to what is left. The place of its last one must not be empty on disk: a start goes on behind what it
     * finds there, and what comes then must not count as released.
     *
     * @return whether something is left
     */
    boolean shrink() {
        while (from < to && !outbox.holds(this, from)) {
            from++;
        }
        while (from < to && !outbox.holds(this, to - 1)) {
            to--;
        }
        return from < to;
    }

    /** {@return what is stored of it} */
    byte[] record() {
        return EntryRecord.released((int) (to - from));
    }

    @Override
    public void addTo(WriteBatch batch) {
        batch.put(Keyspace.QUEUE, outbox.key(from), record());
        for (int i = 0; i < messages.size(); i++) {
            messages.get(i).release(batch, i > 0);
        }
    }

    @Override
    public Executor loop() {
        return outbox.session();
    }

    @Override
    public void committed() {
        messages.clear();
        for (int i = 0; i < rests.size(); i++) {
            outbox.exchanges().released(rests.get(i));
        }
        rests.clear();
    }

    /** All is as if PUBREC had not come; the connection ends, so that it comes again. */
    @Override
    public void failed(StorageException failure) {
        messages.forEach(outbox::unshrink);
        outbox.session().tenancy().storageFailed();
    }
}
