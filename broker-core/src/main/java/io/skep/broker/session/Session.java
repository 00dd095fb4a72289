// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.metrics.Metric;
import io.skep.broker.routing.Message;
import io.skep.broker.routing.Publication;
import io.skep.broker.routing.Receipt;
import io.skep.broker.routing.Recipient;
import io.skep.broker.routing.Subscription;
import io.skep.broker.routing.Topic;
import io.skep.sdk.event.Event;
import io.skep.sdk.storage.StorageException;
import io.skep.sdk.storage.WriteBatch;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's session: an actor on the loop of its connection, or on its last loop while it has none. Everything but
 * {@link #deliver}, {@link #execute} and the volatile views runs there.
 *
 * <p>Life: made by the {@link SessionRegistry} at a CONNECT or at start, held by one connection after the other, each
 * time on the loop of that connection, and ended for good when its expiry passes or a clean start replaces it. What
 * comes to an ended session is declined.
 */
public final class Session implements Recipient, Executor {

    private static final int MAIL_MAX = 100_000;

    private final String clientId;
    private final long number;
    private final SessionRegistry registry;
    private final Mailbox mailbox = new Mailbox(this);
    private final Outbox outbox;
    private final Inbound inbound = new Inbound(this);
    private final Subscriptions subscriptions;
    private final Tenancy tenancy;
    private volatile Lane lane;
    private volatile boolean durable;
    private volatile boolean connected;
    private volatile boolean full;
    private volatile int room; // of a member of a shared group
    private @Nullable SharedQueue heldBy; // a session without a client, which holds what a shared group has waiting
    private @Nullable Drops drops;
    private @Nullable Outlet outlet; // of the connection that has the session, once CONNACK is out

    Session(String clientId, long number, Lane lane, SessionRegistry registry) {
        this.clientId = clientId;
        this.number = number;
        this.lane = lane;
        this.registry = registry;
        outbox = new Outbox(this, registry.config(), registry.queuedBytes());
        tenancy = new Tenancy(this, registry);
        subscriptions = new Subscriptions(this, registry);
    }

    @Override
    public String clientId() {
        return clientId;
    }

    long number() {
        return number;
    }

    Lane lane() {
        return lane;
    }

    Outbox outbox() {
        return outbox;
    }

    /** {@return the way to the client, null while there is none} */
    @Nullable Outlet outlet() {
        return outlet;
    }

    /** {@return the QoS 2 messages that the client is sending} */
    public Inbound inbound() {
        return inbound;
    }

    public Subscriptions subscriptions() {
        return subscriptions;
    }

    @Override
    public boolean isDurable() {
        return durable;
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    @Override
    public boolean isReady() {
        return connected && !full && mailbox.size() < room;
    }

    /** Says how many messages more the client may have unanswered. */
    void room(int messages) {
        if (subscriptions.areShared()) {
            room = messages;
        }
        boolean isFull = messages <= 0;
        if (full != isFull) {
            full = isFull;
            if (!isFull) {
                subscriptions.callGroups();
            }
        }
    }

    /** {@return what queues share on disk} */
    Payloads payloads() {
        return registry.payloads();
    }

    /** {@return whether letters wait for it. Any thread} */
    boolean hasMail() {
        return mailbox.isBusy();
    }

    /** No letters wait any more; as long as they did, a shared group may have passed the session over. */
    void mailRead() {
        if (subscriptions.areShared()) {
            subscriptions.callGroups();
        }
    }

    /** {@return the queue of a shared group that this session is made for; usually none} */
    @Nullable SharedQueue heldBy() {
        return heldBy;
    }

    void heldBy(SharedQueue queue) {
        heldBy = queue;
    }

    /** Runs a step on the session's loop: at once if this is it, else by mail. Any thread. */
    @Override
    public void execute(Runnable step) {
        if (lane.loop().inLoop() && !mailbox.isBusy()) {
            step.run();
        } else {
            mailbox.tell(step);
        }
    }

    /** Takes a message, on the loop of its publisher: at once if the session lives there, else by mail. */
    @Override
    public void deliver(Publication publication, Subscription subscription) {
        int qos = Math.min(publication.qos(), subscription.qos()); // [MQTT-3.8.4-6]
        Receipt receipt = null;
        if (qos > 0 && durable) {
            receipt = publication.receipt();
            if (receipt != null) {
                receipt.expect();
            }
        }
        if (publication.loop() == lane.loop() && !mailbox.isBusy()) {
            take(publication, subscription, qos, receipt);
        } else {
            mail(publication, subscription, qos, receipt);
        }
    }

    private void mail(Publication publication, Subscription subscription, int qos, @Nullable Receipt receipt) {
        if (mailbox.size() > MAIL_MAX) {
            Metric reason = qos == 0 ? Metric.DROPPED_SLOW_CONNECTION : Metric.DROPPED_QUEUE_FULL;
            byte[] topic = publication.name();
            lane.loop().execute(() -> dropped(reason, topic));
            if (receipt != null) {
                receipt.decline();
            }
            return;
        }
        Message message = publication.message();
        Topic topic = publication.topic();
        mailbox.tell(() -> {
            Publication mailed = lane.mailed().begin(topic, message, null, null);
            take(mailed, subscription, qos, receipt);
            mailed.end();
        });
    }

    void take(Publication publication, Subscription subscription, int qos, @Nullable Receipt receipt) {
        if (tenancy.isEnded()) {
            if (receipt != null) {
                receipt.decline();
            }
        } else if (qos == 0) {
            send(publication, subscription);
        } else {
            outbox.add(publication, subscription, qos, receipt);
        }
    }

    private void send(Publication publication, Subscription subscription) {
        Outlet way = outlet;
        if (way == null || way.isShut()) {
            return; // QoS 0 is not kept for an absent client
        }
        if (way.isCongested()) {
            dropped(Metric.DROPPED_SLOW_CONNECTION, publication.name());
            return;
        }
        boolean retain = publication.retain() && subscription.retainAsPublished();
        if (!way.publish(publication, 0, retain, 0, subscription.identifiers())) {
            dropped(way.obstacle(), publication.name());
        }
    }

    /**
     * Gives a message of a shared subscription to another member of its group. It leaves the disk in the same write
     * that stores it for the other.
     */
    void passOn(Entry entry) {
        Message message = entry.message();
        byte[] filter = entry.sharedFilter();
        if (message == null || filter == null) {
            return;
        }
        Publication publication = new Publication(lane.loop());
        publication.begin(Topic.of(message.topic()), message, null, lane);
        Receipt receipt = publication.receipt();
        if (receipt != null) {
            if (entry.isStored()) {
                receipt.expect();
                receipt.add(entry.deletion());
            }
            registry.router().publishShared(publication, filter);
            receipt.routed();
        }
        publication.release();
    }

    /** A message for this session is dropped: counted, and told to whoever listens. */
    void dropped(Metric reason, byte[] topic) {
        registry.metrics().increment(reason);
        if (reason != Metric.DROPPED_BY_EXTENSION) { // which is no loss, and may be every message
            if (drops == null) {
                drops = new Drops(this);
            }
            drops.add(reason);
        }
        if (tellsDrops()) {
            String name = new String(topic, StandardCharsets.UTF_8);
            String whose = heldBy == null ? clientId : "";
            String group = heldBy == null ? null : label();
            registry.hooks().fire(new Event.MessageDropped(whose, name, reason.name(), group));
        }
    }

    /** {@return whether anybody wants to know which messages are dropped} */
    boolean tellsDrops() {
        return registry.hooks().listens(Event.MessageDropped.class);
    }

    /** {@return whose it is, for people: the client id, or the filter of a shared group} */
    String label() {
        return heldBy == null ? clientId : new String(heldBy.filter(), StandardCharsets.UTF_8);
    }

    /** {@return how many messages were dropped since the broker started} */
    long droppedMessages() {
        return drops == null ? 0 : drops.total();
    }

    /** {@return who has the session} */
    Tenancy tenancy() {
        return tenancy;
    }

    /** Goes to another lane; from here on the former one leaves the session alone. */
    void moveTo(Lane target) {
        lane = target;
    }

    void durable(boolean isDurable) {
        durable = isDurable;
    }

    void connected(boolean isConnected) {
        connected = isConnected;
    }

    /** Says where to send, once CONNACK is written; null when there is nowhere. */
    void outlet(@Nullable Outlet way) {
        outlet = way;
    }

    /** {@return how long the session outlives its connection} */
    public long expirySeconds() {
        return tenancy.expirySeconds();
    }

    /** DISCONNECT gives the session another expiry [MQTT-3.14.2-2]. On the session's loop, before {@link #detach}. */
    public void expirySeconds(long seconds) {
        tenancy.expirySeconds(seconds);
    }

    /** Begins to send, once CONNACK is written [MQTT-3.2.0-1]. */
    public void resume(Outlet way) {
        tenancy.resume(way);
    }

    /**
     * The connection has ended. Any thread; a connection whose session was taken over is not heard.
     *
     * @param gracefully whether its will is dropped [MQTT-3.14.4-3]
     */
    public void detach(Outlet left, boolean gracefully) {
        execute(() -> tenancy.detach(left, gracefully));
    }

    /** The connection takes more again. */
    public void writable() {
        pump();
    }

    /** Sends what waits, as far as it may be sent: the queue first, then retained messages. */
    void pump() {
        outbox.pump();
        subscriptions.pump();
    }

    /** PUBACK. */
    public void puback(int id) {
        outbox.exchanges().puback(id);
        subscriptions.pump();
    }

    /** PUBREC; returns whether the message was known. */
    public boolean pubrec(int id, boolean failed) {
        boolean known = outbox.exchanges().pubrec(id, failed);
        subscriptions.pump();
        return known;
    }

    /** PUBCOMP. */
    public void pubcomp(int id) {
        outbox.exchanges().pubcomp(id);
        subscriptions.pump();
    }

    /** Stores an entry that no publisher waits for. */
    void store(Entry entry) {
        Receipt receipt = new Receipt(lane.loop(), lane);
        receipt.expect();
        receipt.add(entry);
        receipt.routed();
    }

    /** Writes to the store; the step runs on the session's loop when that is durable. */
    void write(Consumer<WriteBatch> change, @Nullable Runnable then) {
        write(change, then, null);
    }

    /** Writes to the store, for someone who wants to hear of a failure; else that ends the connection. */
    void write(Consumer<WriteBatch> change, @Nullable Runnable then, @Nullable Consumer<StorageException> failed) {
        lane.submit(new SessionWrite(this, change, then, failed));
    }

    void readQueue(byte[] from, byte[] to, int most, Consumer<@Nullable QueuePage> then) {
        registry.store().readQueue(this, from, to, most, then);
    }

    @Override
    public String toString() {
        return "Session[" + label() + "]";
    }
}
