// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.sdk.ReasonCode;
import io.skep.sdk.event.Event;
import io.skep.sdk.storage.Keyspace;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Who has a session: one connection after the other, then nobody until it expires. A connection that comes while
 * another has the session takes it over; a clean start ends the session first, and waits until nothing of it is on
 * disk. Touched on the session's loop only.
 */
final class Tenancy {

    /** How a connection ends. */
    private enum Ending {
        DISCONNECT,
        TAKEN_OVER,
        FAILURE
    }

    private final Session session;
    private final SessionRegistry registry;
    private final LastWill will;
    private @Nullable ArrayDeque<Runnable> afterEnd; // what waits for the end
    private @Nullable Attachment pending; // whose session it is about to be
    private @Nullable Outlet holder; // whose session it is
    private boolean used; // by a connection, ever
    private boolean stored; // at some time, so that there may be something to delete
    private final AttributeNames attributes = new AttributeNames();
    private long sentBefore; // by the broker that ended
    private boolean ended;
    private boolean gone; // from the disk, too
    private long expirySeconds;
    private long endedAtMillis;

    Tenancy(Session session, SessionRegistry registry) {
        this.session = session;
        this.registry = registry;
        will = new LastWill(session, registry);
    }

    /**
     * Gives the session to a connection: ends the old one, starts anew or resumes, and moves to the loop of the new
     * one.
     */
    void attach(Attachment attachment) {
        if (!attachment.outlet().isOpen()) {
            return; // its connection has ended on the way: it must not end one that came later
        }
        if (!ended) {
            dismiss(attachment);
        }
        if (ended) {
            afterTheEnd(() -> registry.attach(attachment));
            runAfterEnd();
        } else {
            pending = attachment;
            move(attachment);
        }
    }

    /** Ends what the session has to do with earlier connections, and the session itself if it is to begin anew. */
    private void dismiss(Attachment attachment) {
        boolean goesOn = session.isDurable() && !attachment.cleanStart();
        Ending ending = goesOn ? Ending.TAKEN_OVER : Ending.FAILURE; // [MQTT-3.1.4-2]
        vacate(ending, ReasonCode.SESSION_TAKEN_OVER, "the client has connected again"); // [MQTT-3.1.4-3]
        if (used && attachment.cleanStart() && !ended) {
            end(); // [MQTT-3.1.2-6]
        }
    }

    private void vacate(Ending ending, ReasonCode reason, String text) {
        if (pending != null) {
            pending.outlet().close(reason, text);
            pending = null;
        }
        Outlet former = holder;
        if (former != null) {
            leave(ending);
            former.close(reason, text);
        }
    }

    /**
     * Goes to the loop of the connection; what this loop has written of the session is handed to the journal before.
     */
    private void move(Attachment attachment) {
        Lane old = session.lane();
        Lane target = attachment.outlet().lane();
        if (old == target) {
            open(attachment);
            return;
        }
        session.moveTo(target);
        old.loop().atTurnEnd(() -> target.loop().execute(() -> session.execute(() -> open(attachment))));
    }

    private void open(Attachment attachment) {
        if (pending == null || pending.outlet() != attachment.outlet()) {
            return; // superseded on the way
        }
        pending = null;
        boolean present = used;
        used = true;
        holder = attachment.outlet();
        expirySeconds(attachment.expirySeconds());
        endedAtMillis = 0;
        will.begin(attachment.will(), attachment.testator());
        session.outbox().exchanges().begin(attachment.window());
        boolean outlives = expirySeconds > 0;
        if (!outlives && !stored && attachment.will() == null) {
            opened(attachment, present);
            return;
        }
        stored |= outlives;
        byte[] record = record();
        session.write(
                batch -> {
                    if (outlives) {
                        batch.put(Keyspace.SESSIONS, key(), record);
                    } else {
                        batch.delete(Keyspace.SESSIONS, key()); // it ends with this connection, also by a crash
                    }
                    LastWill.put(batch, attachment.will());
                },
                () -> opened(attachment, present));
    }

    private void opened(Attachment attachment, boolean present) {
        if (holder == attachment.outlet()) {
            session.connected(true);
            if (!present && registry.hooks().listens(Event.SessionCreated.class)) {
                registry.hooks().fire(new Event.SessionCreated(session.clientId()));
            } else if (present && registry.hooks().listens(Event.SessionResumed.class)) {
                registry.hooks().fire(new Event.SessionResumed(session.clientId()));
            }
            attachment.listener().attached(session, present);
        }
    }

    long expirySeconds() {
        return expirySeconds;
    }

    void expirySeconds(long seconds) {
        expirySeconds = seconds;
        session.durable(seconds > 0);
    }

    boolean isEnded() {
        return ended;
    }

    /** Takes over the will of the connection that ended with the broker. */
    void restore(Will last) {
        if (last.dueAtMillis() != 0) {
            will.linger(last);
        } else {
            will.begin(last, null);
            will.fail(expirySeconds);
        }
    }

    /** Begins to send, once CONNACK is written [MQTT-3.2.0-1]. */
    void resume(Outlet way) {
        if (holder == way) {
            session.outlet(way);
            session.outbox().pump();
            session.subscriptions().callGroups();
        }
    }

    /** The connection has ended; it is heard only if the session is still its own. */
    void detach(Outlet left, boolean gracefully) {
        if (holder == left) {
            leave(gracefully ? Ending.DISCONNECT : Ending.FAILURE);
        }
    }

    /** Lets go of the connection. */
    private void leave(Ending ending) {
        holder = null;
        session.outlet(null);
        session.connected(false);
        endedAtMillis = System.currentTimeMillis();
        session.subscriptions().disconnected();
        switch (ending) {
            case DISCONNECT -> will.drop(); // [MQTT-3.14.4-3]
            case TAKEN_OVER -> will.takenOver();
            case FAILURE -> will.fail(expirySeconds);
        }
        if (!session.isDurable()) {
            end();
            return;
        }
        session.outbox().disconnected();
        if (ending != Ending.TAKEN_OVER) {
            byte[] record = record();
            session.write(batch -> batch.put(Keyspace.SESSIONS, key(), record), null);
            scheduleExpiry();
        }
    }

    private byte[] key() {
        return SessionRecord.key(session.clientId());
    }

    private byte[] record() {
        return new SessionRecord(
                        session.number(),
                        expirySeconds,
                        endedAtMillis,
                        session.outbox().sentBefore())
                .write();
    }

    private void scheduleExpiry() {
        long endsAtMillis = endedAtMillis + expirySeconds * 1000;
        long delay = Math.max(0, endsAtMillis - System.currentTimeMillis());
        long left = endedAtMillis;
        session.lane()
                .loop()
                .eventLoop()
                .schedule(() -> session.execute(() -> expire(left)), delay, TimeUnit.MILLISECONDS);
    }

    private void expire(long left) {
        if (!ended && holder == null && pending == null && endedAtMillis == left) {
            end();
        }
    }

    /** Ends the session for good. Its client id is free again when nothing of it is on disk any more. */
    private void end() {
        ended = true;
        will.sessionEnds();
        session.subscriptions().clear();
        session.outbox().handOver(this::delete);
    }

    private void delete() {
        session.outbox().end();
        if (registry.hooks().listens(Event.SessionEnded.class)) {
            registry.hooks().fire(new Event.SessionEnded(session.clientId()));
        }
        boolean withAttributes = attributes.areAny();
        if (stored || withAttributes) {
            session.write(
                    batch -> SessionStore.delete(batch, session.clientId(), session.number(), withAttributes),
                    this::gone);
        } else {
            gone();
        }
    }

    /** Ends the session of a shared group: its last member has left. */
    void endOfGroup() {
        ended = true;
        session.outbox().end();
        if (session.isDurable()) {
            session.write(batch -> SessionStore.delete(batch, session.clientId(), session.number(), false), null);
        }
    }

    private void gone() {
        registry.remove(session);
        gone = true;
        runAfterEnd();
    }

    private void afterTheEnd(Runnable step) {
        if (afterEnd == null) {
            afterEnd = new ArrayDeque<>(1);
        }
        afterEnd.add(step);
    }

    private void runAfterEnd() {
        while (gone && afterEnd != null && !afterEnd.isEmpty()) {
            afterEnd.remove().run();
        }
    }

    /** {@return whether there is a session: one that a client has had, and that has not ended} */
    boolean exists() {
        return used && !ended;
    }

    /** {@return when the last connection ended; 0 while there is one} */
    long endedAtMillis() {
        return endedAtMillis;
    }

    /** {@return what extensions keep with the session} */
    AttributeNames attributes() {
        return attributes;
    }

    /** Ends the connection, if there is one; returns whether there was. */
    boolean dismiss(ReasonCode reason, String text, boolean publishWill) {
        Outlet former = holder;
        if (former == null) {
            return false;
        }
        if (!publishWill) {
            will.drop();
        }
        former.close(reason, text);
        return true;
    }

    /** Ends the session, whoever has it; the step runs when nothing of it is on disk any more. */
    void terminate(ReasonCode reason, String text, Runnable then) {
        vacate(Ending.FAILURE, reason, text);
        if (!ended) {
            end();
        }
        afterTheEnd(then);
        runAfterEnd();
    }

    /** Takes over what was stored, at start, before there are loops that could see it. */
    void restore(SessionRecord record) {
        used = true;
        stored = true;
        expirySeconds(record.expirySeconds());
        endedAtMillis = record.endedAtMillis() == 0 ? System.currentTimeMillis() : record.endedAtMillis();
        boolean cutOff = record.endedAtMillis() == 0; // while its client was connected: what it saw is not known
        sentBefore = cutOff ? Long.MAX_VALUE : record.sentBefore();
    }

    /** Goes on after the start of the broker. */
    void resumeAfterStart() {
        session.outbox().restoreSent(sentBefore);
        scheduleExpiry();
    }

    /** What the client waits for could not be stored. */
    void storageFailed() {
        if (holder != null) {
            holder.close(ReasonCode.UNSPECIFIED_ERROR, "the session cannot be stored");
        }
    }
}
