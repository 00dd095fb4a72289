// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.metrics.Metric;
import io.skep.broker.routing.Message;
import io.skep.broker.routing.Publication;
import io.skep.broker.routing.Receipt;
import io.skep.broker.routing.Recipient;
import io.skep.broker.routing.Subscription;
import io.skep.broker.routing.Topic;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.WriteBatch;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's session: an actor on the loop of its connection, or on its last loop while it has none. Everything but
 * {@link #deliver}, {@link #execute} and the volatile views runs there.
 *
 * <p>Life: made by the {@link SessionRegistry} at a CONNECT or at start, {@link #attach}ed to one connection after the
 * other, each time on the loop of that connection, and ended for good when its expiry passes or a clean start replaces
 * it. What comes to an ended session is declined.
 */
public final class Session implements Recipient, Executor {

    private static final int MAIL_MAX = 100_000;

    /** How a connection ends. */
    private enum Ending {
        DISCONNECT,
        TAKEN_OVER,
        FAILURE
    }

    private final String clientId;
    private final long number;
    private final SessionRegistry registry;
    private final Mailbox mailbox = new Mailbox(this);
    private final Outbox outbox;
    private final Inbound inbound = new Inbound(this);
    private final Subscriptions subscriptions;
    private final LastWill will;
    private volatile Lane lane;
    private volatile boolean durable;
    private volatile boolean connected;
    private volatile boolean full;
    private boolean used; // by a connection, ever
    private boolean cutOff; // by the end of the broker, while its client was connected
    private boolean stored; // at some time, so that there may be something to delete
    private boolean ended;
    private boolean gone;
    private final ArrayDeque<Runnable> afterEnd = new ArrayDeque<>(0);
    private @Nullable Attachment pending; // whose session it is about to be
    private @Nullable Outlet holder; // whose session it is
    private @Nullable Outlet outlet; // the same, once CONNACK is out
    private long expirySeconds;
    private long endedAtMillis;

    Session(String clientId, long number, Lane lane, SessionRegistry registry) {
        this.clientId = clientId;
        this.number = number;
        this.lane = lane;
        this.registry = registry;
        outbox = new Outbox(this, registry.config());
        will = new LastWill(this, registry.router());
        subscriptions = new Subscriptions(this, registry.tree(), registry.retained());
    }

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
    public boolean isReady() {
        return connected && !full;
    }

    /** Says whether the client has as much unanswered as it takes. */
    void full(boolean isFull) {
        if (full != isFull) {
            full = isFull;
        }
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
            dropped(qos == 0 ? Metric.DROPPED_SLOW_CONNECTION : Metric.DROPPED_QUEUE_FULL);
            if (receipt != null) {
                receipt.decline();
            }
            return;
        }
        Message message = publication.message();
        mailbox.tell(() -> {
            Publication mailed = lane.mailed().begin(message);
            take(mailed, subscription, qos, receipt);
            mailed.end();
        });
    }

    void take(Publication publication, Subscription subscription, int qos, @Nullable Receipt receipt) {
        if (ended) {
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
        if (way == null) {
            return; // QoS 0 is not kept for an absent client
        }
        if (way.isCongested()) {
            dropped(Metric.DROPPED_SLOW_CONNECTION);
            return;
        }
        boolean retain = publication.retain() && subscription.retainAsPublished();
        if (!way.publish(publication, 0, retain, 0, subscription.identifiers())) {
            dropped(Metric.DROPPED_TOO_LARGE);
        }
    }

    /** Gives a message of a shared subscription to another member of its group [MQTT-4.8.2-5]. */
    void passOn(Message message, byte[] sharedFilter) {
        Publication publication = new Publication(lane.loop());
        publication.begin(Topic.of(message.topic()), message, null, lane);
        registry.router().publishShared(publication, sharedFilter);
        publication.release();
    }

    void dropped(Metric reason) {
        registry.metrics().increment(reason);
    }

    /**
     * Gives the session to a connection: ends the old one, starts anew or resumes, and moves to the loop of the new
     * one.
     */
    void attach(Attachment attachment) {
        Outlet former = holder;
        if (former != null && !ended) {
            boolean goesOn = durable && !attachment.cleanStart();
            leave(goesOn ? Ending.TAKEN_OVER : Ending.FAILURE); // [MQTT-3.1.4-2]
            supersede(former); // [MQTT-3.1.4-3]
        }
        if (used && attachment.cleanStart() && !ended) {
            end(); // [MQTT-3.1.2-6]
        }
        if (pending != null) {
            supersede(pending.outlet());
        }
        pending = attachment;
        if (ended) {
            afterEnd.add(() -> registry.attach(attachment));
            runAfterEnd();
        } else {
            move(attachment);
        }
    }

    private static void supersede(Outlet former) {
        former.close(ReasonCode.SESSION_TAKEN_OVER, "the client has connected again");
    }

    /**
     * Goes to the loop of the connection; what this loop has written of the session is handed to the journal before.
     */
    private void move(Attachment attachment) {
        Lane old = lane;
        Lane target = attachment.outlet().lane();
        if (old == target) {
            open(attachment);
            return;
        }
        lane = target;
        old.loop().atTurnEnd(() -> target.loop().execute(() -> execute(() -> open(attachment))));
    }

    private void open(Attachment attachment) {
        if (pending == null || pending.outlet() != attachment.outlet()) {
            return; // superseded on the way
        }
        pending = null;
        boolean present = used;
        used = true;
        holder = attachment.outlet();
        expirySeconds = attachment.expirySeconds();
        durable = expirySeconds > 0;
        endedAtMillis = 0;
        will.begin(attachment.will());
        outbox.connected(attachment.window());
        if (!durable && !will.isSet()) {
            opened(attachment, present);
            return;
        }
        SessionRecord record = record();
        boolean toStore = durable;
        stored |= durable;
        write(
                batch -> {
                    if (toStore) {
                        batch.put(Keyspace.SESSIONS, SessionRecord.key(clientId), record.write());
                    }
                    will.put(batch, attachment.will());
                },
                () -> opened(attachment, present));
    }

    private void opened(Attachment attachment, boolean present) {
        if (holder == attachment.outlet()) {
            connected = true;
            attachment.listener().attached(this, present);
        }
    }

    /** {@return how long the session outlives its connection} */
    public long expirySeconds() {
        return expirySeconds;
    }

    /** DISCONNECT gives the session another expiry [MQTT-3.14.2-2]. On the session's loop, before {@link #detach}. */
    public void expirySeconds(long seconds) {
        expirySeconds = seconds;
        durable = seconds > 0;
    }

    /** Takes over the will of the connection that ended with the broker. */
    void restore(Will last) {
        if (last.dueAtMillis() != 0) {
            will.linger(last);
        } else {
            will.begin(last);
            will.fail(expirySeconds);
        }
    }

    /** Begins to send, once CONNACK is written [MQTT-3.2.0-1]. */
    public void resume(Outlet way) {
        if (holder == way) {
            outlet = way;
            outbox.pump();
        }
    }

    /** The connection takes more again. */
    public void writable() {
        outbox.pump();
        subscriptions.pump();
    }

    /** PUBACK. */
    public void puback(int id) {
        outbox.puback(id);
        subscriptions.pump();
    }

    /** PUBREC; returns whether the message was known. */
    public boolean pubrec(int id, boolean failed) {
        return outbox.pubrec(id, failed);
    }

    /** PUBCOMP. */
    public void pubcomp(int id) {
        outbox.pubcomp(id);
        subscriptions.pump();
    }

    /**
     * The connection has ended. Any thread; a connection whose session was taken over is not heard.
     *
     * @param gracefully whether its will is dropped [MQTT-3.14.4-3]
     */
    public void detach(Outlet left, boolean gracefully) {
        execute(() -> {
            if (holder == left) {
                leave(gracefully ? Ending.DISCONNECT : Ending.FAILURE);
            }
        });
    }

    /** Lets go of the connection. */
    private void leave(Ending ending) {
        holder = null;
        outlet = null;
        connected = false;
        endedAtMillis = System.currentTimeMillis();
        subscriptions.disconnected();
        switch (ending) {
            case DISCONNECT -> will.drop(); // [MQTT-3.14.4-3]
            case TAKEN_OVER -> will.takenOver();
            case FAILURE -> will.fail(expirySeconds);
        }
        if (!durable) {
            end();
            return;
        }
        outbox.disconnected();
        if (ending != Ending.TAKEN_OVER) {
            byte[] record = record().write();
            write(batch -> batch.put(Keyspace.SESSIONS, SessionRecord.key(clientId), record), null);
            scheduleExpiry();
        }
    }

    private SessionRecord record() {
        return new SessionRecord(number, expirySeconds, endedAtMillis);
    }

    private void scheduleExpiry() {
        long endsAtMillis = endedAtMillis + expirySeconds * 1000;
        long delay = Math.max(0, endsAtMillis - System.currentTimeMillis());
        long left = endedAtMillis;
        lane.loop().eventLoop().schedule(() -> execute(() -> expire(left)), delay, TimeUnit.MILLISECONDS);
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
        subscriptions.clear();
        outbox.handOver();
        if (stored) {
            write(batch -> SessionStore.delete(batch, clientId, number), this::gone);
        } else {
            gone();
        }
    }

    private void gone() {
        registry.remove(this);
        gone = true;
        runAfterEnd();
    }

    private void runAfterEnd() {
        while (gone && !afterEnd.isEmpty()) {
            afterEnd.remove().run();
        }
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
        lane.submit(new SessionWrite(this, change, then));
    }

    void readQueue(byte[] from, byte[] to, int most, Consumer<@Nullable QueuePage> then) {
        registry.store().readQueue(this, from, to, most, then);
    }

    /** Takes over what was stored, at start, before there are loops that could see it. */
    void restore(SessionRecord record) {
        used = true;
        durable = true;
        stored = true;
        expirySeconds = record.expirySeconds();
        endedAtMillis = record.endedAtMillis() == 0 ? System.currentTimeMillis() : record.endedAtMillis();
        cutOff = record.endedAtMillis() == 0;
    }

    /** Goes on after the start of the broker. */
    void resumeAfterStart() {
        if (cutOff) {
            outbox.restoredUnderWay(registry.inFlightMax());
        }
        scheduleExpiry();
    }

    /** What the client waits for could not be stored. */
    void storageFailed() {
        if (holder != null) {
            holder.close(ReasonCode.UNSPECIFIED_ERROR, "the session cannot be stored");
        }
    }

    @Override
    public String toString() {
        return "Session[" + clientId + "]";
    }
}
