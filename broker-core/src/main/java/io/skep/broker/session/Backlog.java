// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.metrics.Metric;
import io.skep.broker.routing.Message;
import io.skep.sdk.storage.Keyspace;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What of an {@link Outbox} is on disk only: read in pages, when the turn of its first message comes near. */
final class Backlog {

    static final int PAGE_MESSAGES = 512;
    static final byte[] UNREADABLE = {}; // the topic of a message whose record cannot be read

    private final Outbox outbox;
    private final Positions positions;
    private boolean loading;
    private boolean dropping;
    private long sentBefore; // maybe
    private @Nullable ReleasedRun released; // the last that was read

    Backlog(Outbox outbox, Positions positions) {
        this.outbox = outbox;
        this.positions = positions;
    }

    /** {@return the position before which the client may have seen the messages} */
    long sentBefore() {
        return sentBefore;
    }

    /** Says that the client may have seen the messages before a position. */
    void sentBefore(long position) {
        sentBefore = Math.max(sentBefore, position);
    }

    /** Reads a page soon, if messages within half a page from here are on disk only. */
    void loadAhead(long next) {
        if (positions.isSplit() && positions.diskFrom() - next <= PAGE_MESSAGES / 2) {
            load();
        }
    }

    /** Reads a page from the first message on that is on disk only. */
    void load() {
        if (loading) {
            return;
        }
        loading = true;
        long from = positions.diskFrom();
        long end = positions.diskTo();
        Session session = outbox.session();
        session.readQueue(outbox.key(from), outbox.key(end), PAGE_MESSAGES, page -> loaded(from, end, page));
    }

    private void loaded(long from, long end, @Nullable QueuePage page) {
        loading = false;
        if (page == null) {
            return; // the disk failed; the next pump asks again
        }
        Session session = outbox.session();
        boolean isNeeded = session.outlet() != null || session.heldBy() != null;
        if (isNeeded && positions.diskFrom() >= from) { // else the client left meanwhile
            for (QueuePage.Row row : page.rows()) {
                long position = ByteBuffer.wrap(row.key()).getLong(Long.BYTES);
                if (positions.isSplit() && position >= positions.diskFrom()) {
                    positions.load(position, read(position, row));
                }
            }
            if (page.isLast()) {
                positions.fill(end);
            }
        }
        session.pump();
    }

    /** Drops messages from the front, as soon as it is known which there are, until the others have room. */
    void drop() {
        Session session = outbox.session();
        if (session.outlet() != null || session.heldBy() != null) {
            load(); // what is needed anyway
        } else if (!dropping) {
            dropping = true;
            long from = positions.diskFrom();
            long end = positions.diskTo();
            session.readQueue(outbox.key(from), outbox.key(end), PAGE_MESSAGES, page -> {
                dropping = false;
                if (page != null && session.outlet() == null) {
                    drop(page, end);
                }
            });
        }
    }

    private void drop(QueuePage page, long end) {
        for (QueuePage.Row row : page.rows()) {
            long position = ByteBuffer.wrap(row.key()).getLong(Long.BYTES);
            if (!outbox.bounds().areExceeded() || outbox.bounds().isUncounted(position)) {
                return;
            }
            if (positions.isSplit() && position >= positions.diskFrom()) {
                positions.load(position, read(position, row));
            }
            if (!outbox.exchanges().isAtEnd() && outbox.exchanges().next() == position) {
                outbox.drop(positions.at(position));
            }
        }
        if (page.isLast()) {
            positions.fill(end);
        } else {
            drop();
        }
    }

    /** Drops a message that is on disk only. If somebody wants to know which, it is read before it is deleted. */
    void dropUnread(long position) {
        Session session = outbox.session();
        if (session.tellsDrops()) {
            byte[] end = outbox.key(position + 1);
            session.readQueue(outbox.key(position), end, 1, page -> dropped(position, topic(page)));
        } else {
            dropped(position, UNREADABLE);
        }
    }

    private void dropped(long position, byte[] topic) {
        Session session = outbox.session();
        session.dropped(Metric.DROPPED_QUEUE_FULL, topic);
        session.write(batch -> batch.delete(Keyspace.QUEUE, outbox.key(position)), null);
    }

    private static byte[] topic(@Nullable QueuePage page) {
        if (page == null || page.rows().isEmpty()) {
            return UNREADABLE;
        }
        QueuePage.Row row = page.rows().get(0);
        Message message = EntryRecord.read(null, 0, row.value(), row.shared()).message();
        return message == null ? UNREADABLE : message.topic();
    }

    /** The session has ended: what another member of a shared group can do is given to it; then runs a last step. */
    void handOver(Runnable then) {
        boolean all = !positions.isSplit();
        for (long position = positions.first(); position < positions.tail(); position = positions.after(position)) {
            Entry entry = positions.at(position);
            if (entry != null) {
                inherit(entry);
            }
        }
        if (all) {
            then.run();
        } else {
            readAll(positions.diskFrom(), this::inherit, then);
        }
    }

    private void inherit(Entry entry) {
        boolean begun = entry.qos() == 2 && entry.isMaybeSent(); // [MQTT-4.8.2-5]
        if (!begun) {
            outbox.session().passOn(entry);
        }
    }

    private void readAll(long from, Consumer<Entry> heir, Runnable then) {
        Session session = outbox.session();
        session.readQueue(outbox.key(from), outbox.key(positions.diskTo()), PAGE_MESSAGES, page -> {
            if (page == null || page.rows().isEmpty()) {
                then.run();
                return;
            }
            long last = from;
            for (QueuePage.Row row : page.rows()) {
                last = ByteBuffer.wrap(row.key()).getLong(Long.BYTES);
                if (positions.at(last) == Entry.ON_DISK) {
                    heir.accept(read(last, row));
                }
            }
            readAll(last + 1, heir, then);
        });
    }

    private Entry read(long position, QueuePage.Row row) {
        ReleasedRun run = released;
        if (run == null || position >= run.to() || position < run.from()) {
            int length = EntryRecord.released(row.value());
            run = length == 0 ? null : ReleasedRun.found(outbox, position, length);
            released = run;
        }
        if (run != null) {
            return Entry.rest(outbox, position, Entry.Phase.RELEASED, run);
        }
        Entry entry = EntryRecord.read(outbox, position, row.value(), row.shared());
        if (position < sentBefore) {
            entry.maybeSent();
        }
        return entry;
    }
}
