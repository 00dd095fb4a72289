// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.config.SessionConfig;
import io.skep.broker.metrics.Metric;
import io.skep.broker.routing.Message;
import io.skep.broker.routing.Publication;
import io.skep.broker.routing.Receipt;
import io.skep.broker.routing.Subscription;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The QoS 1 and 2 messages towards one client, by position: a number that grows by one with each message and gives its
 * packet identifier, so that a message keeps its identifier across restarts without a write of its own. Those at the
 * front are under way, see {@link Exchanges}; the others wait. Of a durable session, messages far from being sent are
 * on disk only, see {@link Backlog}. Touched on the session's loop only.
 */
final class Outbox {

    private final Session session;
    private final Positions positions = new Positions();
    private final Exchanges exchanges;
    private final Backlog backlog;
    private @Nullable Releases releases; // of most sessions there never are any
    private boolean hasShared; // or had, or may have on disk
    private final QueueBounds bounds;

    Outbox(Session session, SessionConfig limits, LongAdder total) {
        this.session = session;
        exchanges = new Exchanges(session, this, positions);
        backlog = new Backlog(this, positions);
        bounds = new QueueBounds(this, limits, total);
    }

    QueueBounds bounds() {
        return bounds;
    }

    Session session() {
        return session;
    }

    Exchanges exchanges() {
        return exchanges;
    }

    Backlog backlog() {
        return backlog;
    }

    Releases releases() {
        if (releases == null) {
            releases = new Releases(this);
        }
        return releases;
    }

    /** {@return whether the place of a message of a run still counts} */
    boolean holds(ReleasedRun run, long position) {
        Entry entry = positions.contains(position) ? positions.at(position) : null;
        return entry == Entry.ON_DISK || (entry != null && entry.run() == run);
    }

    /** {@return whether nothing waits or is under way} */
    boolean isEmpty() {
        positions.trim();
        return positions.base() == positions.tail();
    }

    /** Takes a message: sends it at once if that is allowed, else queues it, within the limits. */
    void add(Publication publication, Subscription subscription, int qos, @Nullable Receipt receipt) {
        boolean forgettable = !session.isDurable() && !subscription.isShared();
        if (forgettable && exchanges.sendAndForget(publication, subscription, qos)) {
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
        exchanges.reserve();
        long position = positions.tail();
        Entry entry = new Entry(this, position, publication.message(), qos, retain, subscription.identifiers());
        if (subscription.isShared() && session.heldBy() == null) {
            entry.sharedFilter(subscription.filter());
            hasShared = true;
        }
        // at QoS 2 it is stored first
        boolean now = (qos == 1 || !session.isDurable()) && !publication.canExpire() && exchanges.isOpen();
        positions.append(entry);
        bounds.add(entry.bytes());
        if (session.isDurable()) {
            entry.hold();
            entry.mayWait(now && exchanges.isPrompt());
        }
        if (receipt != null) {
            receipt.add(entry);
        } else if (session.isDurable()) {
            session.store(entry);
        }
        if (now) {
            exchanges.sendLast(entry, publication);
        } else {
            pump();
        }
    }

    private boolean makeRoom(Publication publication) {
        int size = publication.payloadLength();
        while (!bounds.hasRoom(size)) {
            if (bounds.overflow() != SessionConfig.Overflow.DROP_OLDEST || exchanges.isAtEnd()) {
                return false;
            }
            Entry oldest = positions.at(exchanges.next());
            if (oldest == Entry.ON_DISK && positions.mayBeEmpty(exchanges.next())) {
                backlog.drop();
                return true; // a little too many, until the disk has told which there are
            }
            drop(oldest);
        }
        return true;
    }

    /** Drops the first that waits; but what is left of a message after PUBREC is none, and the client knows of it. */
    void drop(@Nullable Entry oldest) {
        long position = exchanges.next();
        Message message = oldest == null ? null : oldest.message();
        if (oldest == Entry.ON_DISK) {
            backlog.dropUnread(position);
            bounds.remove(position, bounds.averageBytes());
            positions.fill(position + 1);
        } else if (oldest != null && message != null) {
            session.dropped(Metric.DROPPED_QUEUE_FULL, message.topic());
            remove(oldest);
        }
        exchanges.skip();
    }

    /** Sends what may be sent, or gives it to a member of the group. */
    void pump() {
        SharedQueue group = session.heldBy();
        if (group != null) {
            group.give();
        } else {
            exchanges.pump();
        }
    }

    /** Without a connection, what is on disk need not be in memory, and what nobody needs again is gone. */
    void disconnected() {
        backlog.sentBefore(exchanges.next());
        for (long position = positions.first(); position < positions.tail(); position = positions.after(position)) {
            Entry entry = positions.at(position);
            if (entry != null && entry.isForgotten()) {
                positions.set(position, null);
            } else if (entry != null && entry.phase() == Entry.Phase.SENT) {
                entry.phase(Entry.Phase.WAITING);
            } else if (entry != null && entry.phase() == Entry.Phase.WAITING) {
                leave(entry);
            }
        }
        session.lane().grace().end();
        if (releases != null) {
            releases.disconnected();
        }
        positions.sink(exchanges.next());
        exchanges.trim();
        positions.shrink();
    }

    /** Nobody is there to take a message of a shared subscription: another member of its group gets it. */
    private void leave(Entry entry) {
        boolean settled = entry.isStored() || !entry.isAwaited();
        if (entry.sharedFilter() != null && !entry.isMaybeSent() && settled) {
            positions.set(entry.position(), null);
            entry.letGo();
            bounds.remove(entry.position(), entry.bytes());
            session.passOn(entry);
        }
    }

    /** An entry is on disk: memory keeps it only if its turn is near. */
    void stored(Entry entry) {
        long position = entry.position();
        if (!positions.contains(position) || positions.at(position) != entry) {
            return;
        }
        boolean leaves = session.outlet() != null || session.heldBy() != null;
        long next = exchanges.next();
        if (!leaves && entry.phase() == Entry.Phase.WAITING) {
            leave(entry);
        }
        if (!leaves || position - next >= Backlog.PAGE_MESSAGES) {
            positions.sink(leaves ? next + Backlog.PAGE_MESSAGES : next);
            positions.shrink();
        } else if (position == next && (entry.qos() == 2 || session.heldBy() != null)) {
            session.pump();
        }
    }

    /** {@return the first message of a group's queue that can be given away, null if there is none yet} */
    @Nullable Entry head() {
        if (exchanges.isAtEnd()) {
            return null;
        }
        Entry head = positions.at(exchanges.next());
        if (head == Entry.ON_DISK) {
            backlog.load();
            return null;
        }
        backlog.loadAhead(exchanges.next());
        return head != null && (head.isStored() || !head.isAwaited()) ? head : null;
    }

    /** The first message of a group's queue has a member. */
    void given(Entry head) {
        head.letGo();
        bounds.remove(head.position(), head.bytes());
        positions.set(head.position(), null);
        exchanges.skip();
    }

    /** The first message of a group's queue has expired. */
    void expire(Entry head) {
        Message message = head.message();
        session.dropped(Metric.DROPPED_EXPIRED, message == null ? Backlog.UNREADABLE : message.topic());
        remove(head);
        exchanges.skip();
    }

    /** An entry could not be stored: its publisher is told so, and what was not sent yet is forgotten. */
    void failed(Entry entry) {
        long position = entry.position();
        boolean known = positions.contains(position) && positions.at(position) == entry;
        if (known && entry.phase() == Entry.Phase.WAITING && !entry.isMaybeSent()) {
            entry.letGo();
            bounds.remove(position, entry.bytes());
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

    /** The session has ended: what nobody inherits is not stored any more. */
    void end() {
        bounds.clear();
        if (releases != null) {
            releases.end();
        }
        for (long position = positions.first(); position < positions.tail(); position = positions.after(position)) {
            Entry entry = positions.at(position);
            if (entry != null && !entry.isForgotten() && entry.sharedFilter() == null) {
                entry.withdraw();
            }
        }
    }

    /** Takes notice of stored messages, at start. */
    void restore(long first, long last) {
        positions.begin(first, last + 1);
        bounds.restore(first, last + 1);
        exchanges.trim();
        hasShared = true;
    }

    /** Counts a stored message that was only taken notice of, if it is still there; in their order. */
    void count(long position, int size) {
        Entry entry = positions.contains(position) ? positions.at(position) : null;
        if (entry != null) {
            bounds.count(position, entry == Entry.ON_DISK ? size : entry.bytes());
        }
    }

    /** Says that the client may have seen the messages before a position, as far as there are any, at start. */
    void restoreSent(long before) {
        backlog.sentBefore(Math.min(before, positions.tail()));
    }

    /** {@return the position before which the client may have seen the messages, of this or an earlier connection} */
    long sentBefore() {
        return backlog.sentBefore();
    }

    /** Puts in the place of a message what is left when PUBREC has come. */
    Entry shrink(Entry entry, @Nullable ReleasedRun run) {
        bounds.shrink(entry.position(), entry.bytes());
        entry.letGo();
        Entry rest = Entry.rest(this, entry.position(), Entry.Phase.RECEIVED, run);
        positions.set(entry.position(), rest);
        return rest;
    }

    /** That PUBREC has come could not be stored: the message will be sent again [MQTT-4.4.0-1]. */
    void unshrink(Entry entry) {
        if (positions.contains(entry.position())) {
            bounds.shrink(entry.position(), -entry.bytes());
            entry.hold();
            entry.phase(Entry.Phase.WAITING);
            positions.set(entry.position(), entry);
        }
    }

    /** Nobody needs a message any more. */
    void remove(Entry entry) {
        bounds.remove(entry.position(), entry.bytes());
        entry.letGo();
        ReleasedRun run = entry.run();
        if (run != null) {
            releases().over(entry.position(), run);
        } else if (session.isDurable() && (entry.isStored() || !entry.withdraw())) {
            session.write(entry::delete, null);
        }
        positions.set(entry.position(), null);
    }

    byte[] key(long position) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(session.number())
                .putLong(position)
                .array();
    }
}
