// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.again;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.publish;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Delivery;
import io.skep.conformance.wire.Packets5;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What publishers notice of a full queue that rejects: of one message, which is there already. */
class RejectingQueueTest {

    private static final byte[] PINGREQ = hex("C0 00");
    private static final byte[] PINGRESP = hex("D0 00");

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create()
            .set("sessions.overflow", "reject")
            .set("sessions.queue-messages-max", 1)
            .set("sessions.reject-timeout", "60s");

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @BeforeEach
    void fillTheQueue() {
        clients.connect(Connect.persistent("full")).subscribe("full", 2).disconnect();
        clients.connect("filler").publishAcknowledged(1, "full", "first").disconnect();
    }

    private void expectMessages(String... payloads) {
        RawClient back = clients.resume("full");
        for (String payload : payloads) {
            Delivery delivery = back.nextDelivery();
            assertThat(delivery.payload()).isEqualTo(payload);
            back.send(delivery.qos() == 1 ? puback(delivery.id()) : pubrec(delivery.id()));
            if (delivery.qos() == 2) {
                back.expect(pubrel(delivery.id())).send(pubcomp(delivery.id()));
            }
        }
        assertThat(broker.metrics().get(Metric.DROPPED_QUEUE_FULL)).isZero();
    }

    @Test
    void aPublisherOfMqtt5IsTold() {
        RawClient publisher = clients.connect5("five").send(Packets5.publish(1, 7, "full", "second"));
        publisher.expect(hex("40 03 0007 97"));
        publisher.send(Packets5.publish(2, 8, "full", "third")).expect(hex("50 03 0008 97"));
        publisher.publishAcknowledged5(9, "elsewhere", "fourth");
        expectMessages("first");
    }

    @Test
    void aPublisherAtQos1WaitsUntilThereIsRoom() {
        RawClient publisher = clients.connect("three").send(publish(1, 7, "full", "second"), PINGREQ);
        publisher.expect(PINGRESP);
        expectMessages("first", "second");
        publisher.expect(puback(7));
    }

    @Test
    void othersGetTheMessageMeanwhile() {
        RawClient other = clients.connect("other").subscribe("full", 0);
        clients.connect("three").send(publish(1, 7, "full", "second"), PINGREQ).expect(PINGRESP);
        other.expect(publish("full", "second"));
    }

    @Test
    void aPublisherAtQos1IsClosedWhenItHasWaitedForLong() {
        broker.set("sessions.reject-timeout", "1s").restart();
        clients.connect("three").send(publish(1, 7, "full", "second")).expectClosed();
        expectMessages("first");
    }

    @Test
    void aPublisherAtQos2IsHeldWithoutAnAnswerAndClosed() {
        broker.set("sessions.reject-timeout", "1s").restart();
        byte[] second = publish(2, 7, "full", "second");
        RawClient publisher = clients.connect(Connect.persistent("three"));
        publisher.send(second, publish(1, 8, "elsewhere", "third"), PINGREQ).expect(PINGRESP);
        publisher.expectClosed();
        expectMessages("first");
        clients.resume("three")
                .send(again(second))
                .expect(pubrec(7))
                .send(pubrel(7))
                .expect(pubcomp(7));
        expectMessages("second");
    }

    @Test
    void whatNobodyWaitsForIsDropped() {
        clients.connect(Connect5.clean("five"))
                .send(Packets5.publish("full", "second"))
                .disconnect();
        expectMessages("first");
    }
}
