// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.WriteBatch;
import java.util.function.Consumer;
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
    private @Nullable ReleasedRun first; // of the first of these
    private @Nullable ReleasedRun last; // of the last of these
    private boolean looking;
    private boolean ended;

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
        if (position != overTo || overFrom == overTo || overTo - overFrom >= OVER_MAX) {
            delete();
            overFrom = position;
            overTo = position;
            first = run;
        }
        overTo++;
        last = run;
        if (!looking) {
            looking = true;
            soon(this::look);
        }
    }

    private void soon(Runnable step) {
        Session session = outbox.session();
        session.lane().loop().inASecond(() -> session.execute(step));
    }

    private void look() {
        looking = false;
        delete();
    }

    /** Deletes what is over. */
    void delete() {
        if (overFrom < overTo) {
            delete(overFrom, overTo, first, last);
        }
        overFrom = overTo;
    }

    /** Deletes what is over, and says anew what is left of the runs that are not over with it. */
    private void delete(long from, long to, @Nullable ReleasedRun begun, @Nullable ReleasedRun broken) {
        if (ended) {
            return;
        }
        Consumer<WriteBatch> ofBegun = record(begun);
        Consumer<WriteBatch> ofBroken = begun == broken ? batch -> {} : record(broken);
        Consumer<WriteBatch> change = batch -> {
            delete(batch, from, to);
            ofBegun.accept(batch);
            ofBroken.accept(batch);
        };
        outbox.session()
                .write(
                        change,
                        null,
                        failure -> soon(() -> {
                            delete();
                            delete(from, to, begun, broken);
                        }));
    }

    private void delete(WriteBatch batch, long from, long to) {
        if (to - from >= RANGE_MIN) {
            batch.deleteRange(Keyspace.QUEUE, outbox.key(from), outbox.key(to));
        } else {
            for (long position = from; position < to; position++) {
                batch.delete(Keyspace.QUEUE, outbox.key(position));
            }
        }
    }

    private Consumer<WriteBatch> record(@Nullable ReleasedRun run) {
        if (run == null || !run.shrink()) {
            return batch -> {};
        }
        byte[] key = outbox.key(run.from());
        byte[] record = run.record();
        return batch -> batch.put(Keyspace.QUEUE, key, record);
    }

    /** The connection has ended; the next may be on another loop. */
    void disconnected() {
        close();
        delete();
    }

    /** The session has ended, with all that is stored of it. */
    void end() {
        ended = true;
    }
}
