// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import com.google.inject.Inject;
import io.skep.broker.config.SessionConfig;
import io.skep.broker.config.SkepConfig;
import io.skep.broker.hook.HookChains;
import io.skep.broker.loop.Loops;
import io.skep.broker.metrics.Metrics;
import io.skep.broker.routing.RetainedMessages;
import io.skep.broker.routing.Router;
import io.skep.broker.routing.SubscriptionTree;
import io.skep.broker.storage.Journal;
import io.skep.sdk.storage.Storage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All sessions by client id. Looked up at CONNECT only; any thread. */
public final class SessionRegistry {

    private final SessionConfig config;
    private final Metrics metrics;
    private final Router router;
    private final SubscriptionTree tree;
    private final RetainedMessages retained;
    private final SessionStore store;
    private final List<Lane> lanes = new ArrayList<>();
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final List<Will> leftWills = new ArrayList<>();
    private @Nullable QueueCount left;
    private final SharedQueues groups;
    private final Payloads payloads = new Payloads();
    private final HookChains hooks;
    private final LongAdder queuedBytes = new LongAdder();
    private final PayloadSweep sweep;

    @Inject
    public SessionRegistry(
            SkepConfig config, Metrics metrics, Router router, Journal journal, Loops loops, HookChains hooks) {
        this.hooks = hooks;
        this.config = config.sessions();
        this.metrics = metrics;
        this.router = router;
        this.tree = router.tree();
        this.retained = router.retained();
        this.store = new SessionStore(journal);
        loops.all().forEach(loop -> lanes.add(new Lane(loop, journal, config.mqtt(), hooks)));
        this.groups = new SharedQueues(router, this::made);
        router.groupQueues(groups::of);
        this.sweep = new PayloadSweep(journal, payloads, lanes.get(0).loop());
    }

    /** {@return what is shared by the sessions of a loop} */
    public Lane lane(int loop) {
        return lanes.get(loop);
    }

    /** {@return the lane of something that has a name and no loop of its own, always the same} */
    public Lane laneOf(String name) {
        return lanes.get(Math.floorMod(name.hashCode(), lanes.size()));
    }

    /** Gives a connection its session; {@link Attachment.Listener} hears the end. */
    public void attach(Attachment attachment) {
        Lane lane = attachment.outlet().lane();
        Session session = sessions.computeIfAbsent(
                attachment.clientId(), id -> new Session(id, numbers.incrementAndGet(), lane, this));
        session.execute(() -> session.tenancy().attach(attachment));
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

    /** {@return all of them in no order; what comes or goes meanwhile may be seen or not} */
    public Iterator<Session> iterator() {
        return sessions.values().iterator();
    }

    /** {@return those that come next after a client id, by client id} */
    public List<Session> after(String clientId, int most) {
        TreeMap<String, Session> next = new TreeMap<>();
        sessions.forEach((id, session) -> {
            if (id.compareTo(clientId) > 0 && (next.size() < most || id.compareTo(next.lastKey()) < 0)) {
                next.put(id, session);
                if (next.size() > most) {
                    next.pollLastEntry();
                }
            }
        });
        return List.copyOf(next.values());
    }

    /** {@return what all sessions hold together, about: it is read beside the loops that change it} */
    public Holdings holdings() {
        long[] sums = new long[3];
        Consumer<Session> add = session -> {
            sums[0] += session.subscriptions().size();
            sums[1] += session.outbox().bounds().messages();
            sums[2] += session.outbox().bounds().bytes();
        };
        sessions.values().forEach(add);
        groups.forEachSession(add);
        return new Holdings(sums[0], sums[1], sums[2]);
    }

    /**
     * What sessions hold.
     *
     * @param subscriptions of all
     * @param messages of QoS 1 and 2 that wait or are not acknowledged yet
     * @param bytes of these, about
     */
    public record Holdings(long subscriptions, long messages, long bytes) {}

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

    Metrics metrics() {
        return metrics;
    }

    SubscriptionTree tree() {
        return tree;
    }

    RetainedMessages retained() {
        return retained;
    }

    HookChains hooks() {
        return hooks;
    }

    /** {@return bytes in the queues of all sessions, if these are bounded} */
    LongAdder queuedBytes() {
        return queuedBytes;
    }

    /** {@return what queues share on disk} */
    Payloads payloads() {
        return payloads;
    }

    /** {@return what waits for the members of shared groups} */
    SharedQueues groups() {
        return groups;
    }

    SessionStore store() {
        return store;
    }

    Router router() {
        return router;
    }

    /** Takes messages off the disk that no queue refers to any more; happens now and then by itself. */
    public void sweep() {
        lanes.get(0).loop().execute(sweep::sweep);
    }

    /** Takes over everything that was stored; runs before the first connection. */
    public void load(Storage storage) {
        payloads.load(storage);
        Restoration restoration = new Restoration(this, storage);
        restoration.run();
        leftWills.addAll(restoration.wills());
        left = new QueueCount(
                store.journal(), restoration.queued(), lanes.get(0).loop());
    }

    /** Makes a stored session again; its number, and every other one found, is not given out again. */
    Session restore(String clientId, SessionRecord record) {
        Session session = made(clientId, record.number());
        session.tenancy().restore(record);
        if (SharedQueue.isSessionName(clientId)) {
            groups.restore(session);
        } else {
            sessions.put(clientId, session);
        }
        return session;
    }

    private Session made(byte[] sharedFilter) {
        long number = numbers.incrementAndGet();
        return made(SharedQueue.sessionName(sharedFilter, number), number);
    }

    private Session made(String name, long number) {
        return new Session(name, number, lanes.get((int) (number % lanes.size())), this);
    }

    void taken(long number) {
        numbers.accumulateAndGet(number, Math::max);
    }

    /** Publishes the wills of connections that ended with the broker before, and lets expiries go on counting. */
    public void resume() {
        groups.resume();
        sessions.values().forEach(session -> session.execute(session.tenancy()::resumeAfterStart));
        for (Will will : leftWills) {
            Session session = sessions.get(will.clientId());
            if (session != null) {
                session.execute(() -> session.tenancy().restore(will));
            } else {
                Lane lane = lanes.get(0);
                lane.loop().execute(() -> new LeftWill(lane, this, will, null, null).publish());
            }
        }
        leftWills.clear();
        if (left != null) {
            left.begin();
            left = null;
        }
        lanes.get(0).loop().eventLoop().scheduleWithFixedDelay(sweep::sweepIfDue, 1, 1, TimeUnit.MINUTES);
    }
}
