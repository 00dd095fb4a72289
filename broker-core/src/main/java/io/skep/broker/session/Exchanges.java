// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.codec.PacketType;
import io.skep.broker.metrics.Metric;
import io.skep.broker.routing.Message;
import io.skep.broker.routing.Publication;
import io.skep.broker.routing.Subscription;

/**
 * What of an {@link Outbox} is under way to the client: the messages before {@code next}, from PUBLISH to PUBACK or
 * PUBCOMP. The window slides: what is bounded is how many are under way, not how far apart they are, so that one
 * message without an answer holds nothing back. Touched on the session's loop only.
 */
final class Exchanges {

    private final Session session;
    private final Outbox outbox;
    private final Positions positions;
    private long next;
    private int underWay;
    private int window;
    private boolean prompt = true; // so was the last PUBACK

    Exchanges(Session session, Outbox outbox, Positions positions) {
        this.session = session;
        this.outbox = outbox;
        this.positions = positions;
    }

    /** {@return the first position that waits} */
    long next() {
        return next;
    }

    /** The message that would be the next is gone. */
    void skip() {
        next++;
        trim();
    }

    /** Begins with a new connection: what was under way is sent again, in its order [MQTT-4.6.0-1]. */
    void begin(int most) {
        window = most;
        underWay = 0;
        next = positions.base();
        trim();
    }

    /** Leaves places empty whose identifiers are under way, before a message is appended. */
    void reserve() {
        positions.reserve(next, underWay);
    }

    boolean hasRoom() {
        return underWay < window && next == positions.tail();
    }

    /** Says how many messages more would go out at once: what the window leaves, less those that wait. */
    void tellRoom() {
        Outlet outlet = session.outlet();
        long free = outlet != null && outlet.isCongested() ? 0 : window - underWay - (positions.tail() - next);
        session.room((int) Math.max(0, free));
    }

    /** {@return whether nothing waits; a place left empty does not} */
    boolean isAtEnd() {
        catchUp();
        while (next < positions.tail() && positions.at(next) == null) {
            next++;
        }
        return next == positions.tail();
    }

    /** {@return whether a message that is appended now can be sent at once} */
    boolean isOpen() {
        Outlet outlet = session.outlet();
        return outlet != null
                && isAtEnd()
                && underWay < window
                && !outlet.isCongested()
                && positions.isIdFree(positions.tail());
    }

    /** {@return whether PUBACK may be expected soon enough to wait with storing what is sent now} */
    boolean isPrompt() {
        if (!prompt || next == positions.base()) {
            return prompt;
        }
        Entry oldest = positions.at(positions.base());
        return oldest == null || oldest.phase() != Entry.Phase.SENT || isRecent(oldest);
    }

    private boolean isRecent(Entry entry) {
        return session.lane().loop().nowNanos() - entry.sentNanos() <= Grace.NANOS;
    }

    /** Sends a message that nobody needs again if the connection ends; returns false if it has to wait. */
    boolean sendAndForget(Publication publication, Subscription subscription, int qos) {
        reserve();
        Outlet outlet = session.outlet();
        if (outlet == null || !isOpen()) {
            return false;
        }
        boolean retain = publication.retain() && subscription.retainAsPublished();
        int id = Positions.id(positions.tail());
        if (!outlet.publish(publication, qos, retain, id, subscription.identifiers())) {
            session.dropped(outlet.obstacle(), publication.name());
            return true;
        }
        positions.append(qos == 1 ? Entry.AWAITS_PUBACK : Entry.AWAITS_PUBREC);
        next++;
        underWay++;
        tellRoom();
        return true;
    }

    /** Sends the message that was just appended, while {@link #isOpen}. */
    void sendLast(Entry entry, Publication publication) {
        next++;
        Outlet outlet = session.outlet();
        if (outlet != null) {
            int id = Positions.id(entry.position());
            end(outlet, entry, outlet.publish(publication, entry.qos(), entry.retain(), id, entry.identifiers()));
        }
        tellRoom();
    }

    /** Sends what may be sent: in order, within the window, while the connection takes it. */
    void pump() {
        catchUp();
        Outlet outlet = session.outlet();
        while (outlet != null && next < positions.tail() && !outlet.isCongested()) {
            Entry entry = positions.at(next);
            boolean released = entry != null && entry.phase() == Entry.Phase.RELEASED; // any number [MQTT-3.3.4-10]
            if (entry != null && underWay >= window && !released) {
                break;
            }
            if (entry == Entry.ON_DISK) {
                outbox.backlog().load();
                break;
            }
            if (entry != null && (!positions.isIdFree(next) || !send(outlet, entry))) {
                break;
            }
            next++;
        }
        if (outlet != null) {
            outbox.backlog().loadAhead(next);
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
        if (!entry.isMaybeSent() && message.hasExpired()) { // [MQTT-4.3.3-7]
            session.dropped(Metric.DROPPED_EXPIRED, message.topic());
            outbox.remove(entry);
            return true;
        }
        Publication publication = session.lane().queued().begin(message);
        int flags = (entry.isMaybeSent() ? 8 : 0) | entry.qos() << 1 | (entry.retain() ? 1 : 0);
        int id = Positions.id(entry.position());
        end(outlet, entry, outlet.publishOwn(publication, flags, id, entry.identifiers()));
        publication.end();
        return true;
    }

    private void end(Outlet outlet, Entry entry, boolean sent) {
        if (sent) {
            underWay++;
            entry.sent(session.lane().loop().nowNanos());
        } else {
            Message message = entry.message();
            session.dropped(outlet.obstacle(), message == null ? Backlog.UNREADABLE : message.topic());
            giveUp(entry);
        }
    }

    /**
     * Ends with a message that is not sent. If the client may have it from an earlier connection, at QoS 2, it has to
     * be told that the exchange is over: else it would take a later message with this identifier for the same one.
     */
    private void giveUp(Entry entry) {
        if (entry.qos() == 2 && entry.isMaybeSent()) {
            underWay++;
            received(entry);
            if (!session.isDurable()) {
                release(entry.position());
            }
        } else {
            outbox.remove(entry);
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
        if (entry == Entry.AWAITS_PUBACK) {
            over(position, entry);
        } else if (entry != null && entry.qos() == 1 && entry.phase() == Entry.Phase.SENT) {
            prompt = isRecent(entry);
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
            outbox.releases().close();
            session.write(batch -> {}, () -> released(entry)); // nothing to store, but in its turn [MQTT-4.6.0-4]
        } else if (entry.phase() == Entry.Phase.RELEASED) {
            release(position);
        } else if (entry.phase() == Entry.Phase.SENT) {
            received(entry);
        }
        return true;
    }

    private void received(Entry entry) {
        if (session.isDurable()) {
            outbox.releases().received(entry);
        } else {
            released(outbox.shrink(entry, null));
        }
    }

    void released(Entry entry) {
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
            outbox.remove(entry);
        }
        underWay--;
        if (next < positions.tail()) {
            pump();
        } else {
            tellRoom();
            trim();
        }
    }

    void trim() {
        positions.trim();
        catchUp();
    }

    /** What was looked for on the disk and is not there is over. */
    private void catchUp() {
        next = Math.max(next, positions.base());
    }
}
