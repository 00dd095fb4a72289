// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.codec.PacketType;
import io.skep.broker.config.SessionConfig;
import io.skep.broker.metrics.Metric;
import io.skep.broker.routing.Message;
import io.skep.broker.routing.Publication;
import io.skep.broker.routing.Receipt;
import io.skep.broker.routing.Subscription;
import io.skep.sdk.storage.Keyspace;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The QoS 1 and 2 messages towards one client, by position: a number that grows by one with each message and gives its
 * packet identifier, so that a message keeps its identifier across restarts without a write of its own.
 *
 * <p>Before {@code next} they are under way, from next on they wait. The window slides: what is bounded is how many are
 * under way, not how far apart they are, so that one message without an answer holds nothing back.
 *
 * <p>Of a durable session, messages far from being sent are on disk only, see {@link Backlog}. Touched on the session's
 * loop only.
 */
final class Outbox {

    private final Session session;
    private final Positions positions = new Positions();
    private final Backlog backlog = new Backlog(this, positions);
    private long next;
    private int underWay;
    private int window;
    private boolean hasShared; // or had, or may have on disk
    private final QueueBounds bounds;

    Outbox(Session session, SessionConfig limits, LongAdder total) {
        this.session = session;
        bounds = new QueueBounds(this, limits, total);
    }

    QueueBounds bounds() {
        return bounds;
    }

    Session session() {
        return session;
    }

    /** {@return how many messages wait or are under way, not counting those that nobody needs again} */
    int messages() {
        return bounds.messages();
    }

    boolean hasRoom() {
        return underWay < window && next == positions.tail();
    }

    /** Takes a message: sends it at once if that is allowed, else queues it, within the limits. */
    void add(Publication publication, Subscription subscription, int qos, @Nullable Receipt receipt) {
        if (!session.isDurable() && !subscription.isShared() && sendAndForget(publication, subscription, qos)) {
            return;
        }
        if (bounds.isAwaited() || !makeRoom(publication)) {
            noRoom(publication, subscription, qos, receipt);
        } else {
            append(publication, subscription, qos, receipt);
        }
    }

    /** Holds its publisher back, refuses it, or drops it. */
    private void noRoom(Publication publication, Subscription subscription, int qos, @Nullable Receipt receipt) {
        long patience = receipt == null ? -1 : receipt.patienceMillis();
        if (receipt == null || patience < 0 || bounds.overflow() != SessionConfig.Overflow.REJECT) {
            session.dropped(Metric.DROPPED_QUEUE_FULL, publication.name());
            if (receipt != null) {
                receipt.decline();
            }
        } else if (patience == 0 || qos == 2) { // while it is held, it could come again and count as taken
            receipt.refuse();
        } else {
            bounds.await(publication, subscription, qos, receipt);
        }
    }

    void append(Publication publication, Subscription subscription, int qos, @Nullable Receipt receipt) {
        boolean retain = publication.retain() && subscription.retainAsPublished();
        positions.reserve(next, underWay);
        long position = positions.tail();
        Entry entry = new Entry(this, position, publication.message(), qos, retain, subscription.identifiers());
        if (subscription.isShared() && session.heldBy() == null) {
            entry.sharedFilter(subscription.filter());
            hasShared = true;
        }
        positions.append(entry);
        bounds.add(entry.bytes());
        if (session.isDurable()) {
            entry.hold();
        }
        if (receipt != null) {
            receipt.add(entry);
        } else if (session.isDurable()) {
            session.store(entry);
        }
        pump();
    }

    /** Sends a message that nobody needs again if the connection ends; returns false if it has to wait. */
    private boolean sendAndForget(Publication publication, Subscription subscription, int qos) {
        boolean retain = publication.retain() && subscription.retainAsPublished();
        positions.reserve(next, underWay);
        Outlet outlet = session.outlet();
        next = Math.max(next, positions.base());
        if (outlet == null || !isAtEnd() || underWay >= window || outlet.isCongested()) {
            return false;
        }
        long position = positions.tail();
        if (!positions.isIdFree(position)) {
            return false;
        }
        if (!outlet.publish(publication, qos, retain, Positions.id(position), subscription.identifiers())) {
            session.dropped(outlet.obstacle(), publication.name());
            return true;
        }
        positions.append(qos == 1 ? Entry.AWAITS_PUBACK : Entry.AWAITS_PUBREC);
        next = position + 1;
        underWay++;
        tellRoom();
        return true;
    }

    /** Says how many messages more would go out at once: what the window leaves, less those that wait. */
    void tellRoom() {
        Outlet outlet = session.outlet();
        long free = outlet != null && outlet.isCongested() ? 0 : window - underWay - (positions.tail() - next);
        session.room((int) Math.max(0, free));
    }

    /** Returns whether nothing waits; a place left empty does not. */
    private boolean isAtEnd() {
        while (next < positions.tail() && positions.at(next) == null) {
            next++;
        }
        return next == positions.tail();
    }

    private boolean makeRoom(Publication publication) {
        int size = publication.payloadLength();
        while (!bounds.hasRoom(size)) {
            if (bounds.overflow() != SessionConfig.Overflow.DROP_OLDEST || !dropOldestWaiting()) {
                return false;
            }
        }
        return true;
    }

    private boolean dropOldestWaiting() {
        if (isAtEnd()) {
            return false;
        }
        Entry oldest = positions.at(next);
        if (oldest != null) {
            Message message = oldest.message();
            session.dropped(Metric.DROPPED_QUEUE_FULL, message == null ? new byte[0] : message.topic());
            remove(next, oldest, oldest == Entry.ON_DISK ? bounds.averageBytes() : oldest.bytes());
        }
        next++;
        trim();
        return true;
    }

    /** Sends what may be sent: in order, within the window, while the connection takes it. */
    void pump() {
        SharedQueue group = session.heldBy();
        if (group != null) {
            group.give();
            return;
        }
        Outlet outlet = session.outlet();
        while (outlet != null && next < positions.tail() && !outlet.isCongested()) {
            Entry entry = positions.at(next);
            boolean released = entry != null && entry.phase() == Entry.Phase.RELEASED; // any number [MQTT-3.3.4-10]
            if (entry != null && underWay >= window && !released) {
                break;
            }
            if (entry == Entry.ON_DISK) {
                backlog.load(next);
                break;
            }
            if (entry != null && (!positions.isIdFree(next) || !send(outlet, entry))) {
                break;
            }
            next++;
        }
        if (outlet != null) {
            backlog.loadAhead(next);
        }
        tellRoom();
        trim();
    }

    /** Returns false if the entry has to wait. */
    private boolean send(Outlet outlet, Entry entry) {
        Message message = entry.message();
        if (message == null) {
            underWay++;
            if (entry.phase() == Entry.Phase.RELEASED) { // else PUBREC has come, and PUBREL follows when that is stored
                release(entry.position());
            }
            return true;
        }
        if (entry.qos() == 2 && session.isDurable() && !entry.isStored()) {
            return false; // stored first, so that a crash cannot make the client see it twice
        }
        if (!entry.isMaybeSent() && message.isExpired(System.currentTimeMillis())) { // [MQTT-4.3.3-7]
            session.dropped(Metric.DROPPED_EXPIRED, message.topic());
            remove(entry.position(), entry, entry.bytes());
            return true;
        }
        Publication publication = session.lane().queued().begin(message);
        int flags = (entry.isMaybeSent() ? 8 : 0) | entry.qos() << 1 | (entry.retain() ? 1 : 0);
        int id = Positions.id(entry.position());
        boolean sent = outlet.publishOwn(publication, flags, id, entry.identifiers());
        publication.end();
        if (!sent) {
            session.dropped(outlet.obstacle(), message.topic());
            giveUp(entry);
            return true;
        }
        underWay++;
        entry.phase(Entry.Phase.SENT);
        entry.maybeSent();
        return true;
    }

    /**
     * Ends with a message that is not sent. If the client may have it from an earlier connection, at QoS 2, it has to
     * be told that the exchange is over: else it would take a later message with this identifier for the same one.
     */
    private void giveUp(Entry entry) {
        if (entry.qos() == 2 && entry.isMaybeSent()) {
            underWay++;
            received(entry.position(), entry);
        } else {
            remove(entry.position(), entry, entry.bytes());
        }
    }

    private void release(long position) {
        Outlet outlet = session.outlet();
        if (outlet != null) {
            outlet.ack(PacketType.PUBREL, Positions.id(position), 0, "");
        }
    }

    /** PUBACK: the exchange of a QoS 1 message is over [MQTT-4.3.2-1]. One of no message under way is ignored. */
    void puback(int id) {
        long position = positions.of(id, next);
        Entry entry = position < 0 ? null : positions.at(position);
        if (entry != null && entry.qos() == 1 && (entry.isForgotten() || entry.phase() == Entry.Phase.SENT)) {
            over(position, entry);
        }
    }

    /**
     * PUBREC: of a durable session, that it came is stored before PUBREL is sent [MQTT-4.3.3-1].
     *
     * @param failed by its reason code: the exchange ends here
     * @return whether the message was known
     */
    boolean pubrec(int id, boolean failed) {
        long position = positions.of(id, next);
        Entry entry = position < 0 ? null : positions.at(position);
        if (entry == null || entry.qos() != 2) {
            return false;
        }
        if (failed) {
            over(position, entry);
        } else if (entry == Entry.AWAITS_PUBREC) {
            positions.set(position, Entry.AWAITS_PUBCOMP);
            release(position);
        } else if (entry == Entry.AWAITS_PUBCOMP) {
            release(position);
        } else if (entry.phase() == Entry.Phase.RELEASED && session.isDurable()) {
            session.write(batch -> {}, () -> released(entry)); // nothing to store, but in its turn [MQTT-4.6.0-4]
        } else if (entry.phase() == Entry.Phase.RELEASED) {
            release(position);
        } else if (entry.phase() == Entry.Phase.SENT) {
            received(position, entry);
        }
        return true;
    }

    private void received(long position, Entry entry) {
        bounds.shrink(entry.bytes());
        Entry rest = Entry.received(this, position);
        positions.set(position, rest);
        if (session.isDurable()) {
            entry.letGo();
            session.write(entry::release, () -> released(rest));
        } else {
            released(rest);
        }
    }

    private void released(Entry entry) {
        entry.phase(Entry.Phase.RELEASED);
        if (entry.position() < next) {
            release(entry.position());
        }
    }

    /** PUBCOMP: the exchange of a QoS 2 message is over. */
    void pubcomp(int id) {
        long position = positions.of(id, next);
        Entry entry = position < 0 ? null : positions.at(position);
        if (entry != null && (entry == Entry.AWAITS_PUBCOMP || entry.phase() == Entry.Phase.RELEASED)) {
            over(position, entry);
        }
    }

    /** The exchange of a message under way is over: the next may go. */
    private void over(long position, Entry entry) {
        if (entry.isForgotten()) {
            positions.set(position, null);
        } else {
            remove(position, entry, entry.bytes());
        }
        underWay--;
        if (next < positions.tail()) {
            pump();
        } else {
            tellRoom();
            trim();
        }
    }

    /** Begins with a new connection: what was under way is sent again, in its order [MQTT-4.6.0-1]. */
    void connected(int window) {
        this.window = window;
        underWay = 0;
        next = positions.base();
        trim();
    }

    /** Without a connection, what is on disk need not be in memory, and what nobody needs again is gone. */
    void disconnected() {
        backlog.sentBefore(next);
        for (long position = positions.base(); position < positions.tail(); position++) {
            Entry entry = positions.at(position);
            if (entry != null && entry.isForgotten()) {
                positions.set(position, null);
            } else if (entry != null && entry.phase() == Entry.Phase.SENT) {
                entry.phase(Entry.Phase.WAITING);
            } else if (entry != null && entry.phase() == Entry.Phase.WAITING) {
                leave(entry);
            }
        }
        trim();
    }

    /** Nobody is there to take it: another member of its group, or the disk, keeps it. */
    private void leave(Entry entry) {
        boolean settled = entry.isStored() || !entry.isAwaited();
        if (entry.sharedFilter() != null && !entry.isMaybeSent() && settled) {
            positions.set(entry.position(), null);
            entry.letGo();
            bounds.remove(entry.bytes());
            session.passOn(entry);
        } else if (entry.isStored() && entry.sharedFilter() == null) {
            positions.set(entry.position(), Entry.ON_DISK);
        }
    }

    /** An entry is on disk: memory keeps it only if its turn is near. */
    void stored(Entry entry) {
        long position = entry.position();
        if (!positions.contains(position) || positions.at(position) != entry) {
            return;
        }
        boolean leaves = session.outlet() != null || session.heldBy() != null;
        boolean near = leaves && position - next < Backlog.PAGE_MESSAGES;
        if (!near && entry.phase() == Entry.Phase.WAITING && !entry.isMaybeSent()) {
            if (entry.sharedFilter() == null) {
                positions.set(position, Entry.ON_DISK);
            } else if (!leaves) {
                leave(entry);
            }
        } else if (position == next && (entry.qos() == 2 || session.heldBy() != null)) {
            session.pump();
        }
    }

    /** {@return the first message of a group's queue that can be given away, null if there is none yet} */
    @Nullable Entry head() {
        if (isAtEnd()) {
            return null;
        }
        Entry head = positions.at(next);
        if (head == Entry.ON_DISK) {
            backlog.load(next);
        } else {
            backlog.loadAhead(next);
        }
        boolean ready = head != null && head != Entry.ON_DISK && (head.isStored() || !head.isAwaited());
        return ready ? head : null;
    }

    /** The first message of a group's queue has a member. */
    void given(Entry head) {
        head.letGo();
        bounds.remove(head.bytes());
        positions.set(head.position(), null);
        next++;
        trim();
    }

    /** The first message of a group's queue has expired. */
    void expire(Entry head) {
        Message message = head.message();
        session.dropped(Metric.DROPPED_EXPIRED, message == null ? new byte[0] : message.topic());
        remove(head.position(), head, head.bytes());
        next++;
        trim();
    }

    /** An entry could not be stored: its publisher is told so, and what was not sent yet is forgotten. */
    void failed(Entry entry) {
        long position = entry.position();
        boolean known = positions.contains(position) && positions.at(position) == entry;
        if (known && entry.phase() == Entry.Phase.WAITING && !entry.isMaybeSent()) {
            entry.letGo();
            bounds.remove(entry.bytes());
            positions.set(position, null);
            session.pump();
        }
    }

    /** The session ends: what another member of a shared group can do is given to it; then runs a last step. */
    void handOver(Runnable then) {
        if (hasShared) {
            backlog.handOver(then);
        } else {
            then.run();
        }
    }

    /** Takes notice of a stored message, at start. */
    void restore(long position, int size) {
        backlog.restore(position);
        hasShared = true;
        next = positions.base();
        bounds.add(size);
    }

    /** Says that the client may have seen the messages before a position, as far as there are any, at start. */
    void restoreSent(long before) {
        backlog.sentBefore(Math.min(before, positions.tail()));
    }

    /** {@return the position before which the client may have seen the messages, of this or an earlier connection} */
    long sentBefore() {
        return backlog.sentBefore();
    }

    /** A message that should be on disk is not. */
    void lost(long position) {
        bounds.remove(bounds.averageBytes());
        positions.set(position, null);
    }

    private void remove(long position, Entry entry, long size) {
        bounds.remove(size);
        entry.letGo();
        if (entry == Entry.ON_DISK) {
            session.write(batch -> batch.delete(Keyspace.QUEUE, key(position)), null);
        } else if (session.isDurable() && (entry.isStored() || !entry.withdraw())) {
            session.write(entry::delete, null);
        }
        positions.set(position, null);
    }

    private void trim() {
        positions.trim();
        next = Math.max(next, positions.base());
    }

    byte[] key(long position) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(session.number())
                .putLong(position)
                .array();
    }
}
