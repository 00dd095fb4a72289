// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.routing.Message;
import io.skep.broker.routing.Publication;
import io.skep.broker.routing.RetainedMessages;
import io.skep.broker.routing.Subscription;
import io.skep.broker.routing.SubscriptionTree;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a client has subscribed to, and the retained messages that it still gets for it. A subscription of a durable
 * session is stored before it takes effect and before SUBACK. Touched on the session's loop only.
 */
public final class Subscriptions {

    private final Session session;
    private final SubscriptionTree tree;
    private final RetainedMessages retained;
    private final SharedQueues groups;
    private int shared;
    private final FilterTable byFilter = new FilterTable();
    private @Nullable ArrayDeque<Due> due;

    /**
     * A retained message to be sent: looked up again when its turn comes, so that it is never older than a live one.
     */
    private record Due(byte[] topic, Subscription subscription) {}

    Subscriptions(Session session, SessionRegistry registry) {
        this.session = session;
        this.tree = registry.tree();
        this.retained = registry.retained();
        this.groups = registry.groups();
    }

    /** {@return whether there is a subscription with just this filter} */
    public boolean contains(byte[] filter) {
        return byFilter.get(filter) != null;
    }

    /**
     * Subscribes.
     *
     * @param added in the order of the request
     * @param then runs when they are stored and in effect: time for SUBACK
     */
    public void add(List<Subscription> added, Runnable then) {
        add(added, then, null);
    }

    /** Subscribes; if that cannot be stored, says so instead of ending the connection. */
    void add(List<Subscription> added, Runnable then, @Nullable Consumer<StorageException> failed) {
        if (added.isEmpty() || !session.isDurable()) {
            added.forEach(this::begin);
            then.run();
            return;
        }
        session.write(
                batch -> added.forEach(s -> store(batch, s)),
                () -> {
                    added.forEach(this::begin);
                    then.run();
                },
                failed);
    }

    private void store(WriteBatch batch, Subscription subscription) {
        int[] identifiers = subscription.identifiers();
        int identifier = identifiers == null ? 0 : identifiers[0];
        new SubscriptionRecord(session.number(), subscription.filter(), subscription.flags(), identifier).put(batch);
    }

    private void begin(Subscription subscription) {
        activate(subscription);
        if (subscription.isShared()) {
            session.outbox().exchanges().tellRoom();
            groups.call(subscription.filter());
        }
    }

    private void activate(Subscription subscription) {
        Subscription former = byFilter.put(subscription);
        tree.put(subscription);
        if (subscription.isShared()) {
            shared += former == null ? 1 : 0;
        }
    }

    private void deactivate(byte[] filter) {
        tree.remove(filter, session); // [MQTT-3.10.4-2]
        if (SubscriptionTree.isShared(filter)) {
            shared--;
            groups.left(filter);
        }
    }

    /** {@return whether the client is a member of a shared group} */
    boolean areShared() {
        return shared > 0;
    }

    /** The client takes messages again: those that wait for any member of its groups may come. */
    void callGroups() {
        if (shared > 0) {
            byFilter.all().stream().filter(Subscription::isShared).forEach(s -> groups.call(s.filter()));
        }
    }

    /** Takes over a stored subscription, at start. */
    void restore(SubscriptionRecord record) {
        activate(new Subscription(session, record.filter(), record.flags(), record.identifier()));
    }

    /**
     * Unsubscribes.
     *
     * @param filters in the order of the request
     * @param then gets, for each filter, whether it existed; runs when the change is stored: time for UNSUBACK
     */
    public void remove(List<byte[]> filters, Consumer<boolean[]> then) {
        remove(filters, then, null);
    }

    /** Unsubscribes; if that cannot be stored, says so instead of ending the connection. */
    void remove(List<byte[]> filters, Consumer<boolean[]> then, @Nullable Consumer<StorageException> failed) {
        boolean[] existed = new boolean[filters.size()];
        List<byte[]> gone = new ArrayList<>();
        for (int i = 0; i < existed.length; i++) {
            byte[] filter = filters.get(i);
            existed[i] = byFilter.remove(filter) != null;
            if (existed[i]) {
                deactivate(filter);
                forgetDue(filter); // a retained message may be a later one when its turn comes
                gone.add(filter);
            }
        }
        if (gone.isEmpty() || !session.isDurable()) {
            then.accept(existed);
        } else {
            session.write(
                    batch -> gone.forEach(filter ->
                            batch.delete(Keyspace.SUBSCRIPTIONS, SubscriptionRecord.key(session.number(), filter))),
                    () -> then.accept(existed),
                    failed);
        }
    }

    /** {@return all of them, in the order of the requests} */
    List<Subscription> all() {
        return byFilter.all();
    }

    /** {@return how many there are; on another thread, about} */
    int size() {
        return byFilter.size();
    }

    private void forgetDue(byte[] filter) {
        if (due != null && due.removeIf(of -> Arrays.equals(of.subscription().filter(), filter)) && due.isEmpty()) {
            due = null;
        }
    }

    /** Sends the retained messages that a subscription asks for, as the connection takes them. */
    public void sendRetained(Subscription subscription) {
        if (SubscriptionTree.isShared(subscription.filter())) {
            return; // [MQTT-3.8.4-3]: none for shared subscriptions
        }
        retained.match(subscription.filter(), System.currentTimeMillis(), message -> {
            if (due == null) {
                due = new ArrayDeque<>();
            }
            due.add(new Due(message.topic(), subscription));
        });
        pump();
    }

    /** Sends retained messages, or queues them if the client is away. */
    void sendOrQueueRetained(Subscription subscription) {
        sendRetained(subscription);
        if (session.outlet() == null) {
            disconnected();
        }
    }

    void pump() {
        ArrayDeque<Due> waiting = due;
        while (waiting != null && !waiting.isEmpty()) {
            Outlet outlet = session.outlet();
            if (outlet == null
                    || outlet.isCongested()
                    || !session.outbox().exchanges().hasRoom()) {
                return;
            }
            send(waiting.remove());
            if (waiting.isEmpty()) {
                due = null;
            }
        }
    }

    private void send(Due next) {
        Message message = retained.get(next.topic());
        if (message == null || message.isExpired(System.currentTimeMillis())) {
            return;
        }
        Subscription subscription = next.subscription();
        Publication publication = session.lane().retained().begin(message);
        session.take(publication, subscription.forRetained(), Math.min(message.qos(), subscription.qos()), null);
        publication.end();
    }

    /** Without a connection, what is due waits in the session's queue, if the session goes on. */
    void disconnected() {
        ArrayDeque<Due> left = due;
        due = null;
        if (left != null && session.isDurable()) {
            left.forEach(this::send);
        }
    }

    /** Removes them all. */
    void clear() {
        byFilter.all().forEach(s -> deactivate(s.filter()));
        byFilter.clear();
        due = null;
    }
}
