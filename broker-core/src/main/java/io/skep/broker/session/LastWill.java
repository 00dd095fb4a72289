// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.routing.Message;
import io.skep.broker.routing.Publication;
import io.skep.broker.routing.PublishView;
import io.skep.broker.routing.Receipt;
import io.skep.broker.routing.Router;
import io.skep.broker.routing.Topic;
import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.publish.PublishAnswer;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.WriteBatch;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The will of a session's connection: stored while it may have to be published, and off the disk in the same write that
 * stores what comes of it, so that it fires once. With a delay it lingers after the connection, until the session is
 * resumed, the delay is over, or the session ends [MQTT-3.1.3-9]. Touched on the session's loop only.
 */
final class LastWill {

    private final Session session;
    private final Router router;
    private @Nullable Will will;
    private @Nullable Client client; // whose connection it was, unless that was before the broker started

    LastWill(Session session, Router router) {
        this.session = session;
        this.router = router;
    }

    /** {@return whether it waits for its delay} */
    private boolean lingers() {
        return will != null && will.dueAtMillis() != 0;
    }

    /** A connection begins, with its own will or none; a lingering one is not published any more. */
    void begin(@Nullable Will next, @Nullable Client connected) {
        drop();
        will = next;
        client = connected;
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
            publish(session.lane(), router, last, session, client);
        }
    }

    /**
     * Publishes a will, as far as extensions leave something of it, and takes it off the disk.
     *
     * @param publisher whose will it is, for No Local; null if its session is gone
     * @param client whose will it is, for extensions; null if only its id is known
     */
    static void publish(Lane lane, Router router, Will last, @Nullable Session publisher, @Nullable Client client) {
        Message message = last.publishedAt(System.currentTimeMillis());
        if (!lane.hooks().interceptsPublish()) {
            route(lane, router, last, message, publisher);
            return;
        }
        Client who = client == null ? known(last.clientId()) : client;
        lane.hooks().intercept(who, PublishView.ofWill(message), lane.loop(), answer -> {
            if (answer instanceof PublishAnswer.Change change) {
                route(lane, router, last, PublishView.messageOf(change.publish()), publisher);
            } else if (answer == PublishAnswer.pass()) {
                route(lane, router, last, message, publisher);
            } else {
                drop(lane, last);
            }
        });
    }

    private static void route(Lane lane, Router router, Will last, Message message, @Nullable Session publisher) {
        Publication publication = new Publication(lane.loop());
        publication.begin(Topic.of(message.topic()), message, publisher, lane);
        Receipt receipt = publication.receipt();
        if (receipt != null) {
            receipt.expect();
            receipt.add(deletion(lane, last));
            router.publish(publication);
            receipt.routed();
        }
        publication.release();
    }

    /** An extension has refused it: all that is left to do is to forget it. */
    private static void drop(Lane lane, Will last) {
        Receipt receipt = new Receipt(lane.loop(), lane);
        receipt.expect();
        receipt.add(deletion(lane, last));
        receipt.routed();
    }

    private static Client known(String clientId) {
        InetSocketAddress nowhere = new InetSocketAddress(0);
        return new Client(clientId, null, nowhere, ProtocolVersion.V5_0, "", List.of());
    }

    private static Receipt.Part deletion(Lane lane, Will last) {
        return new Receipt.Part() {
            @Override
            protected void store(WriteBatch batch) {
                batch.delete(Keyspace.WILLS, last.key());
            }

            @Override
            protected Executor loop() {
                return lane.loop();
            }
        };
    }
}
