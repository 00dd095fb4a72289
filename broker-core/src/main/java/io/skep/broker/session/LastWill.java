// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.WriteBatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The will of a session's connection: stored while it may have to be published, and off the disk in the same write that
 * stores what comes of it, so that it fires once. With a delay it lingers after the connection, until the session is
 * resumed, the delay is over, or the session ends [MQTT-3.1.3-9]. Touched on the session's loop only.
 */
final class LastWill {

    private final Session session;
    private final SessionRegistry registry;
    private @Nullable Will will;
    private @Nullable Testator testator; // whose connection it was, unless that was before the broker started

    LastWill(Session session, SessionRegistry registry) {
        this.session = session;
        this.registry = registry;
    }

    /** {@return whether it waits for its delay} */
    private boolean lingers() {
        return will != null && will.dueAtMillis() != 0;
    }

    /** A connection begins, with its own will or none; a lingering one is not published any more. */
    void begin(@Nullable Will next, @Nullable Testator connected) {
        drop();
        will = next;
        testator = next == null ? null : connected;
    }

    /** Puts the will of a connection that has begun. */
    static void put(WriteBatch batch, @Nullable Will begun) {
        if (begun != null) {
            batch.put(Keyspace.WILLS, begun.key(), begun.write());
        }
    }

    /** The connection has ended with DISCONNECT. */
    void drop() {
        Will gone = will;
        will = null;
        if (gone != null) {
            session.write(batch -> batch.delete(Keyspace.WILLS, gone.key()), null); // [MQTT-3.1.2-10]
        }
    }

    /** The connection was taken over by one with which the session goes on: only a will without delay is published. */
    void takenOver() {
        if (will != null && will.delaySeconds() > 0) {
            drop();
        } else {
            publish();
        }
    }

    /** The connection has ended ungracefully; the session lives on for some time, or 0. */
    void fail(long sessionSeconds) {
        Will last = will;
        if (last == null) {
            return;
        }
        long seconds = Math.min(last.delaySeconds(), sessionSeconds);
        if (seconds <= 0) {
            publish();
            return;
        }
        Will due = last.dueAt(System.currentTimeMillis() + TimeUnit.SECONDS.toMillis(seconds));
        session.write(batch -> put(batch, due), null);
        linger(due);
    }

    /** Waits for the delay, also on behalf of a broker that has ended meanwhile. */
    void linger(Will due) {
        will = due;
        long delay = Math.max(0, due.dueAtMillis() - System.currentTimeMillis());
        session.lane()
                .loop()
                .eventLoop()
                .schedule(() -> session.execute(() -> publishIfDue(due)), delay, TimeUnit.MILLISECONDS);
    }

    private void publishIfDue(Will due) {
        if (will != null && will.number() == due.number()) {
            publish();
        }
    }

    /** The session ends: what lingers is published now. */
    void sessionEnds() {
        if (lingers()) {
            publish();
        }
    }

    private void publish() {
        Will last = will;
        will = null;
        if (last != null) {
            new LeftWill(session.lane(), registry, last, session, testator).publish();
        }
    }
}
