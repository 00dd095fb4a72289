// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import io.skep.broker.storage.Journal;
import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Delivery;
import io.skep.conformance.wire.HeldJournal;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Until;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A message waits a little for its subscribers' PUBACK before it is stored; nothing is promised meanwhile. */
class GraceTest {

    private static final int ROUNDS = 200;
    private static final int LATECOMERS = 3; // rounds in which an earlier one still has something to do
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(5); // what the broker gives
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private int queued() {
        AtomicInteger rows = new AtomicInteger();
        broker.broker().get(Storage.class).scan(Keyspace.QUEUE, new byte[] {0}, null, (key, value) -> {
            rows.incrementAndGet();
            return true;
        });
        return rows.get();
    }

    private long writes() {
        return broker.metrics().get(Metric.JOURNAL_WRITES);
    }

    /** Only rounds that took less than the grace count, with some before them: a busy machine is late at times. */
    @Test
    void whatIsAcknowledgedAtOnceIsNotStored() {
        RawClient subscriber = clients.connect(Connect.persistent("prompt")).subscribe("grace/prompt", 1);
        RawClient sender = clients.connect("sender");
        Journal journal = broker.broker().get(Journal.class);
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        int quickInARow = 0;
        int rounds = 0;
        long stored = 0;
        for (int i = 1; rounds < ROUNDS && System.nanoTime() - deadline < 0; i = i % 60_000 + 1) {
            long before = writes();
            long begin = System.nanoTime();
            sender.send(publish(1, i, "grace/prompt", "message " + i));
            subscriber.send(puback(subscriber.nextDelivery().id()));
            sender.expect(puback(i));
            quickInARow = System.nanoTime() - begin < GRACE_NANOS ? quickInARow + 1 : 0;
            Until.holds(() -> journal.waiting() == 0); // what is handed to an idle journal is stored at once
            if (quickInARow > LATECOMERS) {
                rounds++;
                stored += writes() - before;
            }
        }
        assertThat(rounds).isPositive();
        assertThat(stored).isLessThanOrEqualTo(rounds / 2); // 0, but for what late rounds have left to be deleted
        Until.holds(() -> queued() == 0);
    }

    @Test
    void whatIsNotAcknowledgedIsStoredBeforeThePublisherHearsOfIt() {
        RawClient subscriber = clients.connect(Connect.persistent("silent")).subscribe("grace/silent", 1);
        RawClient sender = clients.connect("sender").publishAcknowledged(1, "grace/silent", "kept");
        assertThat(queued()).isEqualTo(1);
        sender.publishAcknowledged(2, "grace/silent", "kept, too"); // a subscriber who is not prompt gets no grace
        assertThat(queued()).isEqualTo(2);
        subscriber.drop();
        broker.restart();
        assertThat(clients.resume("silent").drainQueue()).containsExactly("kept", "kept, too");
    }

    @Test
    void whileTheDiskIsBusyOnlyTheSubscriberCanSettleAMessage() {
        RawClient subscriber = clients.connect(Connect.persistent("one")).subscribe("grace/busy", 1);
        RawClient sender = clients.connect("sender");
        try (HeldJournal journal = new HeldJournal(broker)) {
            sender.send(publish(1, 1, "grace/busy", "message"));
            Delivery delivery = subscriber.nextDelivery();
            sender.expectSilence(); // neither stored nor taken: if the broker dies now, the publisher sends it again
            subscriber.send(puback(delivery.id()));
            sender.expect(puback(1));
            assertThat(journal.isHeld()).isTrue();
        }
        sender.publishAcknowledged(2, "grace/none", "the disk goes on");
        assertThat(queued()).isZero();
    }

    @Test
    void aSubscriberWhoLeavesHasItsMessagesStored() {
        RawClient leaves = clients.connect(Connect.persistent("leaves")).subscribe("grace/leaves", 1);
        RawClient stays = clients.connect(Connect.persistent("stays")).subscribe("grace/leaves", 1);
        RawClient sender = clients.connect("sender");
        for (int i = 1; i <= 20; i++) {
            sender.send(publish(1, i, "grace/leaves", "message " + i));
            stays.send(puback(stays.nextDelivery().id()));
        }
        leaves.nextDelivery();
        leaves.drop();
        for (int i = 1; i <= 20; i++) {
            sender.expect(puback(i));
        }
        Until.holds(() -> queued() == 20); // what was stored for the one who stays is deleted a little later
        broker.restart();
        assertThat(clients.resume("leaves").drainQueue()).hasSize(20);
        clients.resume("stays").expectNothingQueued();
    }
}
