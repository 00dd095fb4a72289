// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The part of an {@link Outbox} that is on disk only: read in pages, when the turn of its first message comes near. */
final class Backlog {

    static final int PAGE_MESSAGES = 512;

    private final Outbox outbox;
    private final Positions positions;
    private boolean loading;
    private long sentBefore; // maybe

    Backlog(Outbox outbox, Positions positions) {
        this.outbox = outbox;
        this.positions = positions;
    }

    /** Takes notice of a stored message, at start. */
    void restore(long position) {
        positions.begin(position);
        while (positions.tail() < position) {
            positions.append(null);
        }
        positions.append(Entry.ON_DISK);
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
        long ahead = Math.min(positions.tail() - 1, next + PAGE_MESSAGES / 2);
        if (!loading && ahead >= next && positions.at(ahead) == Entry.ON_DISK) {
            load(next);
        }
    }

    /** Reads a page from the first message on that is on disk only. */
    void load(long next) {
        if (loading) {
            return;
        }
        long from = next;
        while (from < positions.tail() && positions.at(from) != Entry.ON_DISK) {
            from++;
        }
        loading = true;
        long start = from;
        long end = positions.tail();
        Session session = outbox.session();
        session.readQueue(outbox.key(start), outbox.key(end), PAGE_MESSAGES, page -> loaded(start, end, page));
    }

    private void loaded(long from, long end, @Nullable QueuePage page) {
        loading = false;
        if (page == null) {
            return; // the disk failed; the next pump asks again
        }
        long position = from;
        for (QueuePage.Row row : page.rows()) {
            long found = ByteBuffer.wrap(row.key()).getLong(Long.BYTES);
            for (; position < found; position++) {
                forget(position);
            }
            position = found + 1;
            if (positions.contains(found) && positions.at(found) == Entry.ON_DISK) {
                positions.set(found, read(found, row));
            }
        }
        for (; page.isLast() && position < end; position++) {
            forget(position);
        }
        outbox.session().pump();
    }

    /** The session has ended: what another member of a shared group can do is given to it; then runs a last step. */
    void handOver(Runnable then) {
        boolean all = true;
        for (long position = positions.base(); position < positions.tail(); position++) {
            Entry entry = positions.at(position);
            if (entry == Entry.ON_DISK) {
                all = false;
            } else if (entry != null) {
                inherit(entry);
            }
        }
        if (all) {
            then.run();
        } else {
            readAll(positions.base(), this::inherit, then);
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
        session.readQueue(outbox.key(from), outbox.key(positions.tail()), PAGE_MESSAGES, page -> {
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
        Entry entry = Entry.read(outbox, position, row.value(), row.shared());
        if (position < sentBefore) {
            entry.maybeSent();
        }
        return entry;
    }

    /** A place that is on disk by the row of places, but not by the disk, is empty. */
    private void forget(long position) {
        if (positions.contains(position) && positions.at(position) == Entry.ON_DISK) {
            outbox.lost(position);
        }
    }
}
