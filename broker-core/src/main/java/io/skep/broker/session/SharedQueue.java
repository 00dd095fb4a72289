// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.config.SessionConfig;
import io.skep.broker.routing.GroupQueue;
import io.skep.broker.routing.Message;
import io.skep.broker.routing.Publication;
import io.skep.broker.routing.Receipt;
import io.skep.broker.routing.Router;
import io.skep.broker.routing.Subscription;
import io.skep.broker.routing.Topic;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.WriteBatch;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What waits for any member of a shared group: the outbox of a session that nobody connects to, so that its bounds, its
 * pages and its place on disk are those of any session. Its messages go to whoever becomes ready, in their order; one
 * leaves the disk in the same write that stores it for the member.
 *
 * <p>Members live on other loops: whether they are ready is known here a little later. So only {@value #GIVEN_MAX}
 * messages are given before the last of these members is asked to say that it has taken its share.
 */
final class SharedQueue implements GroupQueue {

    private static final int GIVEN_MAX = 32;

    /** Neither client ids nor filters have a U+0000 [MQTT-1.5.4-2]. */
    private static final String MARK = "\0";

    private static final int AS_PUBLISHED = 2 | 8; // QoS 2, Retain As Published

    private final byte[] filter;
    private final Session session;
    private final Router router;
    private final Subscription own;
    private final AtomicBoolean called = new AtomicBoolean();
    private volatile boolean waiting;
    private volatile boolean recorded; // that there is such a session is on disk
    private volatile boolean ended;

    Session session() {
        return session;
    }

    SharedQueue(byte[] filter, Session session, Router router) {
        this.filter = filter;
        this.session = session;
        this.router = router;
        own = new Subscription(session, filter, AS_PUBLISHED, 0);
        session.heldBy(this);
    }

    /**
     * {@return the name of the session of a group} It is one that no earlier queue of the group had, which may still be
     * about to leave the disk.
     */
    static String sessionName(byte[] filter, long number) {
        return MARK + new String(filter, StandardCharsets.UTF_8) + MARK + number;
    }

    static boolean isSessionName(String name) {
        return name.startsWith(MARK);
    }

    /** {@return the filter of the group that a session belongs to} */
    static byte[] filterOf(String sessionName) {
        int end = sessionName.indexOf(MARK, 1); // none in data of format 1
        return sessionName.substring(1, end < 0 ? sessionName.length() : end).getBytes(StandardCharsets.UTF_8);
    }

    byte[] filter() {
        return filter;
    }

    /** Says that it was found on disk, at start. */
    void restored() {
        recorded = true;
        waiting = true;
    }

    @Override
    public boolean isWaiting() {
        return waiting || session.hasMail();
    }

    @Override
    public void add(Publication publication, boolean durable) {
        if (durable) {
            session.durable(true); // from now on: what is on disk has to be taken off it, whoever its members are then
        }
        Receipt receipt = durable && !recorded ? publication.receipt() : null;
        if (receipt != null) {
            receipt.expect();
            receipt.add(record());
        }
        session.deliver(publication, own);
    }

    private Receipt.Part record() {
        byte[] value = new SessionRecord(session.number(), SessionConfig.NEVER.toSeconds(), 0, 0).write();
        return new Receipt.Part() {
            @Override
            protected void store(WriteBatch batch) {
                if (!ended) { // else its deletion has been before
                    batch.put(Keyspace.SESSIONS, SessionRecord.key(session.clientId()), value);
                }
            }

            @Override
            protected void stored() {
                recorded = true;
            }

            @Override
            protected Executor loop() {
                return session;
            }
        };
    }

    /** A member may have become ready. Any thread. */
    void call() {
        if (isWaiting() && !called.getAndSet(true)) {
            session.lane().loop().execute(() -> {
                called.set(false);
                give();
            });
        }
    }

    /** Gives away what members take. On the session's loop. */
    void give() {
        waiting = true; // said before members are asked: who becomes ready meanwhile calls
        Outbox outbox = session.outbox();
        Subscription member = null;
        int count = 0;
        for (Entry head = outbox.head(); head != null && count < GIVEN_MAX; head = outbox.head()) {
            Message message = head.message();
            if (message == null || message.isExpired(System.currentTimeMillis())) {
                outbox.expire(head);
                continue;
            }
            Topic topic = Topic.of(message.topic());
            member = router.ready(filter, topic);
            if (member == null) {
                break;
            }
            give(head, topic, message, member);
            count++;
        }
        waiting = !outbox.isEmpty();
        if (member != null && waiting) {
            member.recipient().execute(this::call); // when it has taken its share
        }
    }

    private void give(Entry head, Topic topic, Message message, Subscription member) {
        Publication publication = session.lane().given().begin(topic, message, null, session.lane());
        Receipt receipt = publication.receipt();
        if (receipt != null && head.isStored()) {
            receipt.expect();
            receipt.add(head.deletion());
        }
        session.outbox().given(head);
        member.recipient().deliver(publication, member);
        publication.end();
        if (receipt != null) {
            receipt.routed();
        }
    }

    /** The last member has left. */
    void end() {
        ended = true;
        session.execute(() -> {
            session.tenancy().endOfGroup();
            waiting = false;
        });
    }
}
