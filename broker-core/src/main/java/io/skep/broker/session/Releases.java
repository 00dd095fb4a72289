// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.WriteBatch;
import org.jspecify.annotations.Nullable;

/**
 * What a durable session stores of its QoS 2 messages after PUBREC: those that come side by side, as they do from a
 * client that keeps up, in one record, see {@link ReleasedRun}; and their end in one deletion, which nobody waits for.
 * After a crash between, the client gets a PUBREL once more. Touched on the session's loop only.
 */
final class Releases {

    private static final int OVER_MAX = 256;

    /** Fewer are deleted one by one: readers have to look at all ranges that the engine has in memory. */
    private static final int RANGE_MIN = 32;

    private final Outbox outbox;
    private @Nullable ReleasedRun open; // the journal does not have it yet
    private long openSince;
    private long overFrom; // over, and still on disk
    private long overTo;
    private @Nullable ReleasedRun last; // of the last of these
    private boolean looking;

    Releases(Outbox outbox) {
        this.outbox = outbox;
    }

    /** PUBREC has come: the message is not needed any more, and PUBREL follows when that is stored. */
    void received(Entry message) {
        Lane lane = outbox.session().lane();
        ReleasedRun run = open;
        if (run == null || run.to() != message.position() || openSince != lane.handOvers()) {
            run = ReleasedRun.before(outbox, message.position());
            open = run;
            lane.submit(run);
            openSince = lane.handOvers();
        }
        run.add(message);
    }

    /** What is received from now on is stored after what is written meanwhile. */
    void close() {
        open = null;
    }

    /** The exchange of a message is over, of which the rest was stored. */
    void over(long position, ReleasedRun run) {
        if (position != overTo || overTo - overFrom >= OVER_MAX) {
            delete();
            overFrom = position;
            overTo = position;
        }
        overTo++;
        last = run;
        if (!looking) {
            looking = true;
            Session session = outbox.session();
            session.lane().loop().inASecond(() -> session.execute(this::look));
        }
    }

    private void look() {
        looking = false;
        delete();
    }

    /** Deletes what is over. */
    void delete() {
        long from = overFrom;
        long to = overTo;
        if (from == to) {
            return;
        }
        overFrom = to;
        ReleasedRun run = last;
        long rest = run == null || run.from() < from ? -1 : outbox.firstOf(run, to);
        byte[] record = run == null || rest < 0 ? null : run.recordFrom(rest);
        outbox.session().write(batch -> delete(batch, from, to, rest, record), null);
    }

    private void delete(WriteBatch batch, long from, long to, long rest, byte @Nullable [] record) {
        if (to - from >= RANGE_MIN) {
            batch.deleteRange(Keyspace.QUEUE, outbox.key(from), outbox.key(to));
        } else {
            for (long position = from; position < to; position++) {
                batch.delete(Keyspace.QUEUE, outbox.key(position));
            }
        }
        if (record != null) {
            batch.put(Keyspace.QUEUE, outbox.key(rest), record);
        }
    }

    /** The connection has ended; the next may be on another loop. */
    void disconnected() {
        close();
        delete();
    }

    /** The session has ended, with all that is stored of it. */
    void end() {
        overFrom = overTo;
    }
}
