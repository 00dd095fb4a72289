// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import com.google.inject.Inject;
import io.skep.broker.config.SessionConfig;
import io.skep.broker.config.SkepConfig;
import io.skep.broker.loop.Loops;
import io.skep.broker.metrics.Metrics;
import io.skep.broker.routing.Publication;
import io.skep.broker.routing.Receipt;
import io.skep.broker.routing.RetainedMessages;
import io.skep.broker.routing.Router;
import io.skep.broker.routing.SubscriptionTree;
import io.skep.broker.routing.Topic;
import io.skep.broker.storage.Journal;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.WriteBatch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** All sessions by client id. Looked up at CONNECT only; any thread. */
public final class SessionRegistry {

    private final SessionConfig config;
    private final int inFlightMax;
    private final Metrics metrics;
    private final Router router;
    private final SubscriptionTree tree;
    private final RetainedMessages retained;
    private final SessionStore store;
    private final List<Lane> lanes = new ArrayList<>();
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final List<Will> leftWills = new ArrayList<>();

    @Inject
    public SessionRegistry(SkepConfig config, Metrics metrics, Router router, Journal journal, Loops loops) {
        this.config = config.sessions();
        this.inFlightMax = config.mqtt().inFlightMax();
        this.metrics = metrics;
        this.router = router;
        this.tree = router.tree();
        this.retained = router.retained();
        this.store = new SessionStore(journal);
        loops.all().forEach(loop -> lanes.add(new Lane(loop, journal, config.mqtt())));
    }

    /** {@return what is shared by the sessions of a loop} */
    public Lane lane(int loop) {
        return lanes.get(loop);
    }

    /** Gives a connection its session; {@link Attachment.Listener} hears the end. */
    public void attach(Attachment attachment) {
        Lane lane = attachment.outlet().lane();
        Session session = sessions.computeIfAbsent(
                attachment.clientId(), id -> new Session(id, numbers.incrementAndGet(), lane, this));
        session.execute(() -> session.attach(attachment));
    }

    /** Frees the buffers of all lanes, when the loops have ended. */
    public void release() {
        lanes.forEach(Lane::release);
    }

    /** {@return the session of a client, or null} */
    public @Nullable Session get(String clientId) {
        return sessions.get(clientId);
    }

    /** {@return how many there are} */
    public int size() {
        return sessions.size();
    }

    /** {@return a number that was not used before} */
    public long nextNumber() {
        return numbers.incrementAndGet();
    }

    void remove(Session session) {
        sessions.remove(session.clientId(), session);
    }

    SessionConfig config() {
        return config;
    }

    int inFlightMax() {
        return inFlightMax;
    }

    Metrics metrics() {
        return metrics;
    }

    SubscriptionTree tree() {
        return tree;
    }

    RetainedMessages retained() {
        return retained;
    }

    SessionStore store() {
        return store;
    }

    /** Publishes a will or drops it; either way it is off the disk together with what comes of it. */
    void endWill(Session session, Will will, boolean publish) {
        if (publish) {
            publish(session.lane(), will);
        } else {
            session.write(batch -> store.deleteWill(batch, will), null);
        }
    }

    private void publish(Lane lane, Will will) {
        Publication publication = new Publication(lane.loop());
        publication.begin(Topic.of(will.message().topic()), will.message(), null, lane);
        Receipt receipt = publication.receipt();
        if (receipt != null) {
            receipt.expect();
            receipt.add(deletion(lane, will));
            router.publish(publication);
            receipt.routed();
        }
        publication.end();
    }

    private Receipt.Part deletion(Lane lane, Will will) {
        return new Receipt.Part() {
            @Override
            protected void store(WriteBatch batch) {
                store.deleteWill(batch, will);
            }

            @Override
            protected void stored() {}

            @Override
            protected Executor loop() {
                return lane.loop();
            }
        };
    }

    /** Takes over everything that was stored; runs before the first connection. */
    public void load(Storage storage) {
        Map<Long, Session> byNumber = new HashMap<>();
        storage.scan(Keyspace.RETAINED, new byte[] {0}, null, (topic, record) -> {
            retained.load(topic, record);
            return true;
        });
        storage.scan(Keyspace.SESSIONS, new byte[] {0}, null, (key, value) -> {
            String clientId = new String(key, StandardCharsets.UTF_8);
            SessionRecord record = SessionRecord.read(value);
            Lane lane = lanes.get((int) (record.number() % lanes.size()));
            Session session = new Session(clientId, record.number(), lane, this);
            sessions.put(clientId, session);
            byNumber.put(record.number(), session);
            numbers.accumulateAndGet(record.number(), Math::max);
            session.restore(record);
            return true;
        });
        loadThings(storage, byNumber);
        storage.scan(Keyspace.WILLS, new byte[] {0}, null, (key, value) -> {
            long number = ByteBuffer.wrap(key).getLong();
            numbers.accumulateAndGet(number, Math::max);
            leftWills.add(SessionStore.read(number, value));
            return true;
        });
    }

    private static void loadThings(Storage storage, Map<Long, Session> byNumber) {
        storage.scan(Keyspace.SUBSCRIPTIONS, new byte[] {0}, null, (key, value) -> {
            Session session = byNumber.get(ByteBuffer.wrap(key).getLong());
            if (session != null) {
                session.subscriptions().restore(java.util.Arrays.copyOfRange(key, 8, key.length), value);
            }
            return true;
        });
        storage.scan(Keyspace.QUEUE, new byte[] {0}, null, (key, value) -> {
            Session session = byNumber.get(ByteBuffer.wrap(key).getLong());
            if (session != null) {
                session.outbox().restore(ByteBuffer.wrap(key).getLong(8), value.length);
            }
            return true;
        });
        storage.scan(Keyspace.INBOUND, new byte[] {0}, null, (key, value) -> {
            Session session = byNumber.get(ByteBuffer.wrap(key).getLong());
            if (session != null) {
                session.inbound().add(Short.toUnsignedInt(ByteBuffer.wrap(key).getShort(8)));
            }
            return true;
        });
    }

    /** Publishes the wills of connections that ended with the broker before, and lets expiries go on counting. */
    public void resume() {
        sessions.values().forEach(session -> session.execute(session::resumeAfterStart));
        for (Will will : leftWills) {
            Lane lane = lanes.get(0);
            lane.loop().execute(() -> publish(lane, will));
        }
        leftWills.clear();
    }
}
