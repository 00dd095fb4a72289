// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.skep.broker.codec.MqttException;
import io.skep.broker.codec.PacketType;
import io.skep.broker.routing.Receipt;
import io.skep.broker.session.Inbound;
import io.skep.broker.session.Lane;
import io.skep.broker.session.Session;
import io.skep.broker.storage.Write;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.storage.StorageException;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a client hears of the messages that it publishes. Acknowledgements leave in the order of the messages
 * [MQTT-4.6.0-2]: one that waits for the disk holds back those behind it.
 *
 * <p>A 5.0 client is told what could not be kept. A 3.x client has no ear for that: its connection is held, without an
 * answer to this message or to any that came after it, and closed when the message may find room, so that the client
 * sends all of them again in their order. QoS 0, subscriptions and deliveries go on meanwhile.
 */
final class Acknowledgements implements Receipt.Publisher {

    private static final long UNTIL_THE_STORAGE_WRITES = Long.MIN_VALUE;

    private final Connection connection;
    private final Lane lane;
    private final Session session;
    private final int receiveMaximum;
    private final long patienceMillis;
    private final ArrayDeque<Ack> waiting = new ArrayDeque<>(0);
    private final BitSet unreleased = new BitSet(0); // identifiers of QoS 2 messages of this connection without PUBREL
    private int unreleasedCount;
    private int waitingQos1;
    private boolean full;
    private @Nullable ReasonCode held; // why nothing is acknowledged any more
    private long heldUntilNanos;
    private final ArrayDeque<Receipt> unstored = new ArrayDeque<>(0); // or not known to be stored; in order
    private int pressing; // of these, complete ones that should go to the journal
    private @Nullable StorageException spoiled; // the journal's

    /** One that waits: for its own receipt, or for those before it. At QoS 0 nothing is written. */
    private record Ack(
            int qos,
            int id,
            int reasonCode,
            String text,
            @Nullable Receipt receipt) {}

    Acknowledgements(Connection connection, Session session) {
        Reception reception = connection.reception();
        this.connection = connection;
        this.lane = connection.lane();
        this.session = session;
        receiveMaximum = reception.mqtt().receiveMaximum();
        patienceMillis = reception.rejectTimeout().toMillis();
    }

    /** {@return whether messages above QoS 0 are not looked at, because one before them waits for room} */
    boolean isHeld() {
        return held != null;
    }

    /** Counts a message against what the client may have unanswered. */
    void count(int qos, int id) {
        boolean counted = qos == 2 && unreleased.get(id);
        if (isV5() && !counted && waitingQos1 + unreleasedCount >= receiveMaximum) {
            throw new MqttException(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED, "unacknowledged: too many"); // [MQTT-3.3.4-7]
        }
        if (qos == 2 && !counted) {
            unreleased.set(id);
            unreleasedCount++;
        }
    }

    /** Stops reading a 3.x client, which cannot know the bound, until it is below. */
    void pauseIfFull() {
        if (waiting.size() >= receiveMaximum) {
            pause();
        }
    }

    private void pause() {
        if (!full) {
            full = true;
            connection.pause();
        }
    }

    /** Acknowledges a message, when what it promises is stored. */
    void acknowledge(int qos, int id, int reasonCode, @Nullable Receipt receipt) {
        if (waiting.isEmpty() && (receipt == null || receipt.isDone())) {
            write(qos, id, reasonCode, "", receipt);
        } else {
            await(new Ack(qos, id, reasonCode, "", receipt));
        }
    }

    /** Says that a message is refused; to a 3.x client that it is taken [MQTT-3.3.5-2]. */
    void deny(int qos, int id, ReasonCode reason, String text) {
        boolean told = isV5();
        if (qos == 2 && told) {
            uncount(id); // it is new when it comes again
        }
        if (qos > 0) {
            Receipt receipt = qos == 1 || told ? null : taken(id);
            if (waiting.isEmpty() && receipt == null) {
                write(qos, id, reason.code(), EventLog.line(text), null);
            } else {
                await(new Ack(qos, id, reason.code(), EventLog.line(text), receipt));
            }
        }
    }

    private void await(Ack ack) {
        waitingQos1 += ack.qos() == 1 ? 1 : 0;
        waiting.add(ack);
        if (lane.isJournalFull()) {
            pause(); // until some of its messages are stored
        }
    }

    /** Returns what PUBREC waits for, though the message goes to nobody: that its identifier is known. */
    @Nullable Receipt taken(int id) {
        session.inbound().add(id);
        if (!session.isDurable()) {
            return null;
        }
        Receipt receipt = new Receipt(lane.loop(), this);
        receipt.expect();
        receipt.add(session.inbound().part(id));
        receipt.routed();
        return receipt;
    }

    /** PUBREL: PUBCOMP leaves when it is stored that the packet identifier is free. */
    void released(int id) {
        Inbound inbound = session.inbound();
        boolean known = inbound.contains(id);
        uncount(id);
        if (known && session.isDurable()) {
            inbound.release(id, () -> complete(id, 0));
        } else {
            inbound.forget(id);
            complete(id, known ? 0 : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND.code());
        }
    }

    private void complete(int id, int reasonCode) {
        if (!connection.isClosed()) {
            write(PacketType.PUBCOMP, id, reasonCode, "");
        }
    }

    private void uncount(int id) {
        if (unreleased.get(id)) {
            unreleased.clear(id);
            unreleasedCount--;
        }
    }

    @Override
    public void opened(Receipt receipt) {
        unstored.add(receipt);
    }

    /**
     * A message goes to the journal after those before it, even if these could have waited for their subscribers: else
     * a crash could leave it stored, and have those before it sent again.
     */
    @Override
    public void submit(Receipt receipt) {
        if (receipt.mayWait()) {
            lane.submit(receipt);
        } else {
            pressing++;
        }
        while (pressing > 0
                && (unstored.element().isComplete() || unstored.element().isDone())) {
            Receipt next = leave();
            if (next.leaves()) {
                lane.submit((Write) next);
            }
        }
    }

    private Receipt leave() {
        Receipt next = unstored.remove();
        if (next.isComplete() && !next.mayWait()) {
            pressing--;
        }
        return next;
    }

    /** Of a client that sends all again in their order, nothing may be stored that comes after what was not. */
    @Override
    public @Nullable StorageException obstacle() {
        return spoiled;
    }

    @Override
    public void spoil(StorageException failure) {
        if (!isV5()) {
            spoiled = failure;
        }
    }

    @Override
    public long patienceMillis() {
        return isV5() ? 0 : patienceMillis;
    }

    @Override
    public void settled(Receipt receipt) {
        while (!unstored.isEmpty() && unstored.element().isDone()) {
            leave();
        }
        if (connection.isClosed()) {
            return;
        }
        for (Ack next = waiting.peek(); next != null; next = waiting.peek()) {
            Receipt its = next.receipt();
            if (its != null && !its.isDone()) {
                return;
            }
            waiting.remove();
            waitingQos1 -= next.qos() == 1 ? 1 : 0;
            write(next.qos(), next.id(), next.reasonCode(), next.text(), its);
        }
        if (full && waiting.size() < receiveMaximum && (waiting.isEmpty() || !lane.isJournalFull())) {
            full = false;
            connection.resume();
        }
    }

    private void write(int qos, int id, int reasonCode, String text, @Nullable Receipt receipt) {
        if (qos == 0) {
            return;
        }
        ReasonCode obstacle = receipt == null ? null : obstacle(receipt);
        if (obstacle != null && receipt != null) {
            if (qos == 2) { // it is new when it comes again
                uncount(id);
                session.inbound().release(id, () -> {});
            }
            if (!isV5()) {
                hold(obstacle, qos, receipt);
            }
        }
        if (held == null) {
            write(
                    qos == 1 ? PacketType.PUBACK : PacketType.PUBREC,
                    id,
                    obstacle == null ? reasonCode : obstacle.code(),
                    text);
        }
    }

    private void write(PacketType type, int id, int reasonCode, String text) {
        connection.outlet().ack(type, id, reasonCode, text);
    }

    /** Returns why a message was not accepted, though it was delivered to whom it could be; null if it was. */
    private static @Nullable ReasonCode obstacle(Receipt receipt) {
        StorageException failure = receipt.failure();
        if (failure != null) {
            return failure.isFull() ? ReasonCode.QUOTA_EXCEEDED : ReasonCode.UNSPECIFIED_ERROR;
        }
        return receipt.isRefused() ? ReasonCode.QUOTA_EXCEEDED : null;
    }

    /** A full queue has held the client of a QoS 1 message already, see {@link #patienceMillis}. */
    private void hold(ReasonCode why, int qos, Receipt receipt) {
        if (held != null) {
            return;
        }
        held = why;
        if (receipt.failure() == null) {
            long more = qos == 1 ? 0 : TimeUnit.MILLISECONDS.toNanos(patienceMillis);
            heldUntilNanos = System.nanoTime() + more;
        } else {
            heldUntilNanos = UNTIL_THE_STORAGE_WRITES;
        }
        endHold();
    }

    /** Ends a held connection when its messages may find room; asked once a second. */
    void endHold() {
        if (held == null) {
            return;
        }
        boolean over = heldUntilNanos == UNTIL_THE_STORAGE_WRITES
                ? lane.storageWrites()
                : System.nanoTime() - heldUntilNanos >= 0;
        if (over) {
            connection.close(held, "a message could not be kept");
        }
    }

    private boolean isV5() {
        return connection.outlet().isV5();
    }
}
