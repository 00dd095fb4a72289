// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.routing.GroupQueue;
import io.skep.broker.routing.Router;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** The queues of all shared groups, by filter; made when a message first waits. Any thread. */
final class SharedQueues {

    private final Router router;
    private final Function<byte[], Session> sessions;
    private final Map<ByteBuffer, SharedQueue> queues = new ConcurrentHashMap<>();

    SharedQueues(Router router, Function<byte[], Session> sessions) {
        this.router = router;
        this.sessions = sessions;
    }

    /** {@return the queue of a group} */
    GroupQueue of(byte[] filter) {
        return queues.computeIfAbsent(
                ByteBuffer.wrap(filter), key -> new SharedQueue(filter, sessions.apply(filter), router));
    }

    /** Takes over the session of a group, at start. */
    void restore(Session session) {
        byte[] filter = SharedQueue.filterOf(session.clientId());
        SharedQueue queue = new SharedQueue(filter, session, router);
        queue.restored();
        queues.put(ByteBuffer.wrap(filter), queue);
    }

    /** Gives the groups what waits for them, and lets go of the rest, when all subscriptions are known. */
    void resume() {
        queues.values().forEach(queue -> {
            router.groupQueue(queue.filter(), queue);
            left(queue.filter());
        });
    }

    /** Visits the sessions that hold what waits. */
    void forEachSession(Consumer<Session> visitor) {
        queues.values().forEach(queue -> visitor.accept(queue.session()));
    }

    /** A member may have become ready. */
    void call(byte[] filter) {
        SharedQueue queue = queues.isEmpty() ? null : queues.get(ByteBuffer.wrap(filter));
        if (queue != null) {
            queue.call();
        }
    }

    /** A member has left; with the last one goes the queue. */
    void left(byte[] filter) {
        queues.computeIfPresent(ByteBuffer.wrap(filter), (key, queue) -> {
            if (router.hasGroup(filter)) {
                return queue;
            }
            queue.end();
            return null;
        });
    }
}
