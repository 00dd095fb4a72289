// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.codec.PacketEncoder;
import io.skep.broker.codec.PacketType;
import io.skep.broker.config.SessionConfig;
import io.skep.broker.metrics.Metric;
import io.skep.broker.routing.Message;
import io.skep.broker.routing.Publication;
import io.skep.broker.routing.Receipt;
import io.skep.broker.routing.Subscription;
import io.skep.sdk.storage.Keyspace;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The QoS 1 and 2 messages towards one client, by position: a number that grows by one with each message and gives its
 * packet identifier, so that a message keeps its identifier across restarts without a write of its own.
 *
 * <p>{@code base <= next <= tail}: from base to next under way, from next to tail waiting. A place is empty when its
 * exchange is over; base follows. The window slides: what is allowed is how many are under way, not how far apart they
 * are, so that one message without an answer holds nothing back.
 *
 * <p>Of a durable session, messages far from being sent are on disk only, and are read in pages when their turn comes
 * near. Touched on the session's loop only.
 */
final class Outbox {

    private static final int IDS = 65_535;
    private static final int PAGE_MESSAGES = 512;

    private final Session session;
    private final SessionConfig limits;
    private @Nullable Entry[] ring = new Entry[0];
    private long base;
    private long next;
    private long tail;
    private int underWay;
    private int window;
    private int messages;
    private long bytes;
    private boolean loading;
    private long maybeSentBefore;

    Outbox(Session session, SessionConfig limits) {
        this.session = session;
        this.limits = limits;
    }

    Session session() {
        return session;
    }

    int messages() {
        return messages;
    }

    boolean hasRoom() {
        return underWay < window && next == tail;
    }

    /** Takes a message: sends it at once if that is allowed, else queues it, within the limits. */
    void add(Publication publication, Subscription subscription, int qos, @Nullable Receipt receipt) {
        boolean retain = publication.retain() && subscription.retainAsPublished();
        if (!session.isDurable() && mayForget()) {
            sendAndForget(publication, subscription, qos, retain);
            return;
        }
        if (!makeRoom(publication)) {
            session.dropped(Metric.DROPPED_QUEUE_FULL);
            if (receipt != null) {
                receipt.decline();
            }
            return;
        }
        Message message = publication.message();
        Entry entry = new Entry(this, tail, message, qos, retain, subscription.identifiers());
        append(entry);
        messages++;
        bytes += entry.bytes();
        if (receipt != null) {
            receipt.add(entry);
        } else if (session.isDurable()) {
            session.store(entry);
        }
        pump();
    }

    private boolean mayForget() {
        Outlet outlet = session.outlet();
        return outlet != null && next == tail && mayProceed() && !outlet.isCongested();
    }

    private void sendAndForget(Publication publication, Subscription subscription, int qos, boolean retain) {
        Outlet outlet = session.outlet();
        if (outlet == null) {
            return;
        }
        int id = id(tail);
        if (!outlet.publish(publication, qos, retain, id, subscription.identifiers())) {
            session.dropped(Metric.DROPPED_TOO_LARGE);
            return;
        }
        append(qos == 1 ? Entry.AWAITS_PUBACK : Entry.AWAITS_PUBREC);
        next = tail;
        underWay++;
    }

    private boolean makeRoom(Publication publication) {
        while (messages >= limits.queueMessagesMax()
                || (messages > 0 && bytes + publication.payloadLength() > limits.queueBytesMax())) {
            if (limits.overflow() != SessionConfig.Overflow.DROP_OLDEST || !dropOldestWaiting()) {
                return false;
            }
        }
        return true;
    }

    private boolean dropOldestWaiting() {
        for (long position = next; position < tail; position++) {
            Entry entry = at(position);
            if (entry != null) {
                long size = entry == Entry.ON_DISK ? bytes / Math.max(1, messages) : entry.bytes();
                session.dropped(Metric.DROPPED_QUEUE_FULL);
                remove(position, entry, size);
                next = position + 1;
                skipEmpty();
                return true;
            }
        }
        return false;
    }

    /** Sends what may be sent: in order, within the window, while the connection takes it. */
    void pump() {
        Outlet outlet = session.outlet();
        while (outlet != null && next < tail && mayProceed() && !outlet.isCongested()) {
            Entry entry = at(next);
            if (entry == Entry.ON_DISK) {
                load();
                return;
            }
            if (entry != null && !send(outlet, entry)) {
                return;
            }
            next++;
        }
        if (next < tail && at(Math.min(tail - 1, next + PAGE_MESSAGES / 2)) == Entry.ON_DISK && outlet != null) {
            load();
        }
        skipEmpty();
    }

    private boolean mayProceed() {
        return underWay < window && tail - base < Integer.MAX_VALUE && next - base < IDS;
    }

    /** Returns false if the entry has to wait. */
    private boolean send(Outlet outlet, Entry entry) {
        if (entry.phase() == Entry.Phase.RELEASED) {
            underWay++;
            PacketEncoder.ack(outlet.buffer(), outlet.isV5(), PacketType.PUBREL, id(entry.position()), 0);
            return true;
        }
        if (entry.qos() == 2 && session.isDurable() && !entry.isStored()) {
            return false; // stored first, so that a crash cannot make the client see it twice
        }
        Message message = entry.message();
        if (message == null) {
            underWay++;
            return true; // PUBREC has come; PUBREL follows when that is stored
        }
        if (message.isExpired(System.currentTimeMillis())) {
            session.dropped(Metric.DROPPED_EXPIRED);
            remove(entry.position(), entry, entry.bytes());
            return true;
        }
        Publication publication = session.lane().queued().begin(message);
        int flags = (entry.isMaybeSent() ? 8 : 0) | entry.qos() << 1 | (entry.retain() ? 1 : 0);
        boolean sent = outlet.publishOwn(publication, flags, id(entry.position()), entry.identifiers());
        publication.end();
        if (!sent) {
            session.dropped(Metric.DROPPED_TOO_LARGE);
            remove(entry.position(), entry, entry.bytes());
            return true;
        }
        underWay++;
        entry.phase(Entry.Phase.SENT);
        entry.maybeSent();
        return true;
    }

    /** PUBACK: the exchange of a QoS 1 message is over [MQTT-4.3.2-1]. */
    void puback(int id) {
        long position = position(id);
        Entry entry = position < 0 ? null : at(position);
        if (entry == Entry.AWAITS_PUBACK) {
            clear(position);
        } else if (entry != null && entry.qos() == 1 && entry.phase() == Entry.Phase.SENT) {
            remove(position, entry, entry.bytes());
        } else {
            return; // of no message under way: ignored
        }
        answered();
    }

    /**
     * PUBREC: of a durable session, that it came is stored before PUBREL is sent [MQTT-4.3.3-1]. Returns whether it was
     * known.
     */
    boolean pubrec(int id, boolean failed) {
        long position = position(id);
        Entry entry = position < 0 ? null : at(position);
        if (entry == null || entry.qos() != 2 || entry == Entry.ON_DISK) {
            return false;
        }
        if (failed) {
            remove(position, entry, entry.bytes()); // 5.0: the exchange ends here, no PUBREL
            answered();
        } else if (entry == Entry.AWAITS_PUBREC) {
            set(position, Entry.AWAITS_PUBCOMP);
            release(id);
        } else if (entry == Entry.AWAITS_PUBCOMP || entry.phase() == Entry.Phase.RELEASED) {
            release(id);
        } else if (entry.phase() == Entry.Phase.SENT) {
            received(position, entry);
        }
        return true;
    }

    private void received(long position, Entry entry) {
        Entry released = new Entry(this, position, null, 2, false, null);
        released.phase(Entry.Phase.RECEIVED);
        released.markStored();
        bytes -= entry.bytes();
        set(position, released);
        if (!session.isDurable()) {
            released(released);
            return;
        }
        byte[] record = released.releasedRecord();
        session.write(batch -> batch.put(Keyspace.QUEUE, key(position), record), () -> released(released));
    }

    private void released(Entry entry) {
        entry.phase(Entry.Phase.RELEASED);
        if (entry.position() < next) {
            release(id(entry.position()));
        } else {
            pump();
        }
    }

    private void release(int id) {
        Outlet outlet = session.outlet();
        if (outlet != null) {
            PacketEncoder.ack(outlet.buffer(), outlet.isV5(), PacketType.PUBREL, id, 0);
        }
    }

    /** PUBCOMP: the exchange of a QoS 2 message is over. */
    void pubcomp(int id) {
        long position = position(id);
        Entry entry = position < 0 ? null : at(position);
        if (entry == Entry.AWAITS_PUBCOMP) {
            clear(position);
        } else if (entry != null && entry.phase() == Entry.Phase.RELEASED) {
            remove(position, entry, 0);
        } else {
            return;
        }
        answered();
    }

    private void answered() {
        underWay--;
        skipEmpty();
        if (next < tail) {
            pump();
        }
    }

    /** Begins with a new connection: what was under way is sent again, in its order [MQTT-4.6.0-1]. */
    void connected(int window) {
        this.window = window;
        underWay = 0;
        next = base;
        for (long position = base; position < tail; position++) {
            Entry entry = at(position);
            if (entry == Entry.AWAITS_PUBACK || entry == Entry.AWAITS_PUBREC || entry == Entry.AWAITS_PUBCOMP) {
                clear(position);
            }
        }
        skipEmpty();
    }

    /** Without a connection, what is on disk need not be in memory. */
    void disconnected() {
        for (long position = base; position < tail; position++) {
            Entry entry = at(position);
            if (entry != null && entry.phase() == Entry.Phase.SENT) {
                entry.phase(Entry.Phase.WAITING);
            } else if (entry != null && entry.isStored() && entry.phase() == Entry.Phase.WAITING) {
                set(position, Entry.ON_DISK);
            }
        }
    }

    /** An entry is on disk: memory keeps it only if its turn is near. */
    void stored(Entry entry) {
        long position = entry.position();
        if (position < base || position >= tail || at(position) != entry) {
            return;
        }
        boolean near = session.outlet() != null && position - next < PAGE_MESSAGES;
        if (!near && entry.phase() == Entry.Phase.WAITING && !entry.isMaybeSent()) {
            set(position, Entry.ON_DISK);
        } else if (entry.qos() == 2 && position == next) {
            pump();
        }
    }

    /** An entry could not be stored: its publisher is told so, and what was not sent yet is forgotten. */
    void failed(Entry entry) {
        long position = entry.position();
        boolean known = position >= base && position < tail && at(position) == entry;
        if (known && entry.phase() == Entry.Phase.WAITING && !entry.isMaybeSent()) {
            uncount(entry.bytes());
            clear(position);
            skipEmpty();
            pump();
        }
    }

    private void load() {
        if (loading) {
            return;
        }
        long from = next;
        while (from < tail && at(from) != Entry.ON_DISK) {
            from++;
        }
        loading = true;
        long start = from;
        long end = tail;
        session.readQueue(key(from), key(tail), PAGE_MESSAGES, page -> loaded(start, end, page));
    }

    private void loaded(long from, long end, QueuePage page) {
        loading = false;
        long position = from;
        for (QueuePage.Row row : page.rows()) {
            long found = ByteBuffer.wrap(row.key()).getLong(8);
            for (; position < found; position++) {
                forget(position);
            }
            position = found + 1;
            if (found >= base && found < tail && at(found) == Entry.ON_DISK) {
                Entry entry = Entry.read(this, found, row.value());
                if (found < maybeSentBefore) {
                    entry.maybeSent();
                }
                set(found, entry);
            }
        }
        for (; page.isLast() && position < end; position++) {
            forget(position);
        }
        pump();
    }

    /** A place that is on disk by the ring, but not by the disk, is empty. */
    private void forget(long position) {
        if (position >= base && position < tail && at(position) == Entry.ON_DISK) {
            uncount(bytes / Math.max(1, messages));
            clear(position);
        }
    }

    /** Takes notice of a stored message, at start. */
    void restore(long position, int size) {
        if (base == tail) {
            base = position;
            next = position;
            tail = position;
        }
        while (tail < position) {
            append(null);
        }
        append(Entry.ON_DISK);
        messages++;
        bytes += size;
    }

    /** Says that the client may have seen the first so many messages: it was connected when the broker ended. */
    void restoredUnderWay(long positions) {
        maybeSentBefore = base + positions;
    }

    private void remove(long position, Entry entry, long size) {
        uncount(size);
        if (session.isDurable() && (entry == Entry.ON_DISK || entry.isStored() || !entry.withdraw())) {
            session.write(batch -> batch.delete(Keyspace.QUEUE, key(position)), null);
        }
        clear(position);
    }

    private void uncount(long size) {
        messages--;
        bytes = messages == 0 ? 0 : bytes - size;
    }

    private void clear(long position) {
        set(position, null);
    }

    private void skipEmpty() {
        while (base < tail && at(base) == null) {
            base++;
        }
        next = Math.max(next, base);
    }

    byte[] key(long position) {
        return ByteBuffer.allocate(16)
                .putLong(session.number())
                .putLong(position)
                .array();
    }

    private static int id(long position) {
        return (int) (position % IDS) + 1;
    }

    /** Returns the position under way that has this packet identifier, or -1. */
    private long position(int id) {
        long ahead = Math.floorMod(id - 1 - base % IDS, IDS);
        long position = base + ahead;
        return position < next ? position : -1;
    }

    private @Nullable Entry at(long position) {
        return ring[(int) position & ring.length - 1];
    }

    private void set(long position, @Nullable Entry entry) {
        ring[(int) position & ring.length - 1] = entry;
    }

    private void append(@Nullable Entry entry) {
        if (tail - base >= ring.length) {
            grow();
        }
        set(tail, entry);
        tail++;
    }

    private void grow() {
        @Nullable Entry[] old = ring;
        ring = new Entry[Math.max(8, old.length * 2)];
        for (long position = base; position < tail; position++) {
            set(position, old[(int) position & old.length - 1]);
        }
    }
}
