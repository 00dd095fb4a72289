// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.ACCEPTED;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import io.skep.broker.session.SessionRegistry;
import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Delivery;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Until;
import io.skep.sdk.testkit.BrokerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is dropped, and what not, when a session's queue is full, and when a session has waited too long. */
class QueueBoundsTest {

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create().set("mqtt.in-flight-max", 5);

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private void restartWith(String overflow, int messages, int bytes) {
        broker.set("sessions.overflow", overflow)
                .set("sessions.queue-messages-max", messages)
                .set("sessions.queue-bytes-max", bytes)
                .restart();
    }

    private void publishMany(int count, String topic) {
        RawClient sender = clients.connect("sender");
        for (int i = 1; i <= count; i++) {
            sender.publishAcknowledged(i, topic, "message " + i); // who publishes is not told of what is dropped
        }
    }

    @Test
    void aFullQueueDropsTheNewest() {
        restartWith("drop-newest", 10, 1_000_000);
        clients.connect(Connect.persistent("newest"))
                .subscribe("queue/newest", 1)
                .disconnect();
        publishMany(15, "queue/newest");
        assertThat(broker.metrics().get(Metric.DROPPED_QUEUE_FULL)).isEqualTo(5);
        expectMessages(clients.resume("newest"), 1, 10).expectNothingQueued();
    }

    @Test
    void aFullQueueDropsTheOldest() {
        restartWith("drop-oldest", 10, 1_000_000);
        clients.connect(Connect.persistent("oldest"))
                .subscribe("queue/oldest", 1)
                .disconnect();
        publishMany(15, "queue/oldest");
        assertThat(broker.metrics().get(Metric.DROPPED_QUEUE_FULL)).isEqualTo(5);
        expectMessages(clients.resume("oldest"), 6, 15).expectNothingQueued();
    }

    /** After a start only the disk knows that messages in the midst of a queue were acknowledged before. */
    @Test
    void whatIsNotThereAnyMoreIsNotDropped() {
        restartWith("drop-oldest", 10, 1_000_000);
        clients.connect(Connect.persistent("gaps")).subscribe("queue/gaps", 1).disconnect();
        publishMany(10, "queue/gaps");
        RawClient back = clients.resume("gaps");
        back.nextDelivery();
        expectMessages(back, 2, 9);
        back.nextDelivery();
        back.drop();
        broker.restart();
        SessionRegistry sessions = broker.broker().get(SessionRegistry.class);
        Until.holds(() -> sessions.holdings().messages() == 2);
        publishMany(20, "queue/gaps");
        Until.holds(() -> sessions.holdings().messages() == 10);
        assertThat(broker.metrics().get(Metric.DROPPED_QUEUE_FULL)).isEqualTo(12);
        expectMessages(clients.resume("gaps"), 11, 20).expectNothingQueued();
    }

    @Test
    void aQueueIsAlsoBoundedByItsBytes() {
        restartWith("drop-oldest", 1_000, 300);
        clients.connect(Connect.persistent("bytes")).subscribe("queue/bytes", 1).disconnect();
        publishMany(100, "queue/bytes");
        long dropped = broker.metrics().get(Metric.DROPPED_QUEUE_FULL);
        assertThat(dropped).isBetween(60L, 99L);
        expectMessages(clients.resume("bytes"), (int) dropped + 1, 100).expectNothingQueued();
    }

    @Test
    void whatIsUnderWayIsNotDropped() {
        restartWith("drop-oldest", 10, 1_000_000);
        RawClient slow = clients.connect(Connect.persistent("slow")).subscribe("queue/slow", 1);
        publishMany(50, "queue/slow");
        int dropped = (int) broker.metrics().get(Metric.DROPPED_QUEUE_FULL);
        assertThat(dropped).isPositive();
        expectMessages(slow, 1, 5);
        expectMessages(slow, 5 + dropped + 1, 50).expectSilence();
    }

    /** Counting what a start finds takes some pieces, and what is acknowledged meanwhile must not be counted twice. */
    @Test
    void boundsHoldAfterAStartThoughTheQueueMovesWhileItIsCounted() {
        int most = 9_000;
        restartWith("drop-newest", most, 100_000_000);
        clients.connect(Connect.persistent("large")).subscribe("queue/large", 1).disconnect();
        RawClient sender = clients.connect("sender");
        publishAtOnce(sender, most);
        for (int round = 0; round < 3; round++) {
            broker.restart();
            RawClient back = clients.resume("large");
            RawClient other = clients.connect("sender");
            for (int i = 1; i <= 1_000; i++) {
                back.send(puback(back.nextDelivery().id()));
                if (i % 2 == 0) {
                    other.send(publish(1, i, "queue/large", "message " + i)).expect(puback(i));
                }
            }
            back.drop();
        }
        RawClient last = clients.connect("sender");
        publishAtOnce(last, 1_550);
        assertThat(broker.metrics().get(Metric.DROPPED_QUEUE_FULL)).isEqualTo(50);
        RawClient drain = clients.resume("large");
        for (int i = 0; i < most; i++) {
            drain.send(puback(drain.nextDelivery().id()));
        }
        drain.expectNothingQueued();
    }

    private static void publishAtOnce(RawClient sender, int count) {
        for (int done = 0; done < count; ) {
            int first = done;
            done = Math.min(count, done + 500);
            for (int i = first + 1; i <= done; i++) {
                sender.send(publish(1, i, "queue/large", "message " + i));
            }
            for (int i = first + 1; i <= done; i++) {
                sender.expect(puback(i));
            }
        }
    }

    @Test
    void aFullQueueOfOneClientIsNobodyElsesMatter() {
        restartWith("drop-newest", 10, 1_000_000);
        clients.connect(Connect.persistent("full")).subscribe("queue/full", 1).disconnect();
        RawClient other = clients.connect("other").subscribe("queue/full", 1);
        RawClient sender = clients.connect("sender");
        for (int i = 1; i <= 50; i++) {
            sender.publishAcknowledged(i, "queue/full", "message " + i);
            expectMessages(other, i, i);
        }
        expectMessages(clients.resume("full"), 1, 10).expectNothingQueued();
    }

    @Test
    void aSessionEndsWhenItsExpiryHasPassed() {
        broker.set("sessions.expiry-max", "1s").restart();
        RawClient stays = clients.connect(Connect.persistent("stays")).subscribe("queue/stays", 1);
        clients.connect(Connect.persistent("expires"))
                .subscribe("queue/expires", 1)
                .disconnect();
        clients.resume("expires").disconnect();
        SessionRegistry sessions = broker.broker().get(SessionRegistry.class);
        Until.holds(() -> sessions.get("expires") == null);
        clients.open().send(Connect.persistent("expires").packed()).expect(ACCEPTED);
        publishMany(1, "queue/stays");
        stays.expect(publish(1, 1, "queue/stays", "message 1"));
    }

    private static RawClient expectMessages(RawClient client, int from, int to) {
        for (int i = from; i <= to; i++) {
            Delivery delivery = client.nextDelivery();
            assertThat(delivery.payload()).isEqualTo("message " + i);
            client.send(puback(delivery.id()));
        }
        return client;
    }
}
