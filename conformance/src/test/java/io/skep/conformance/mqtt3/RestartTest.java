// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.again;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.publish;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static io.skep.conformance.wire.Packets.retained;
import static io.skep.conformance.wire.Packets.suback;
import static io.skep.conformance.wire.Packets.subscribe;
import static io.skep.conformance.wire.Packets.unsuback;
import static io.skep.conformance.wire.Packets.unsubscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Delivery;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was acknowledged outlives the broker. */
class RestartTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-4.1.0-1", "MQTT-3.1.2-4", "MQTT-3.1.2-5", "MQTT-3.2.2-2"})
    void aSessionWithItsSubscriptionsAndItsQueueGoesOn() {
        RawClient client = clients.connect(Connect.persistent("session"));
        client.subscribe("restart/session", 1);
        client.send(subscribe(2, "restart/gone", 1)).expect(suback(2, 1));
        client.send(unsubscribe(3, "restart/gone")).expect(unsuback(3)).disconnect();
        clients.connect("sender").publishAcknowledged(1, "restart/session", "before");

        broker.restart();

        RawClient sender = clients.connect("sender").publishAcknowledged(1, "restart/session", "after");
        sender.publishAcknowledged(2, "restart/gone", "for nobody");
        RawClient back = clients.resume("session");
        Delivery before = back.nextDelivery();
        Delivery after = back.nextDelivery();
        assertThat(before.payload()).isEqualTo("before");
        assertThat(before.dup()).isFalse();
        assertThat(after.payload()).isEqualTo("after");
        back.send(puback(before.id()), puback(after.id())).expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-4.3.3-1")
    void afterPubrecOnlyPubrelIsSentAgain() {
        RawClient client = clients.connect(Connect.persistent("released")).subscribe("restart/released", 2);
        clients.connect("sender")
                .send(publish(2, 1, "restart/released", "once"))
                .expect(pubrec(1));
        int id = client.nextDelivery().id();
        client.send(pubrec(id)).expect(pubrel(id));
        broker.restart();
        clients.resume("released")
                .expect(pubrel(id))
                .send(pubcomp(id))
                .expectSilence()
                .disconnect();
        broker.restart();
        clients.resume("released").expectNothingQueued();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-4.3.3-2")
    void aQos2MessageThatIsRepeatedIsStillKnown() {
        clients.connect(Connect.persistent("watcher"))
                .subscribe("restart/once", 2)
                .disconnect();
        byte[] packet = publish(2, 9, "restart/once", "once");
        clients.connect(Connect.persistent("publisher")).send(packet).expect(pubrec(9));
        broker.restart();
        RawClient back = clients.resume("publisher").send(again(packet)).expect(pubrec(9));
        back.send(pubrel(9)).expect(pubcomp(9));
        RawClient watcher = clients.resume("watcher");
        int id = watcher.nextDelivery().id();
        watcher.send(pubrec(id)).expect(pubrel(id)).send(pubcomp(id)).expectSilence();
        broker.restart();
        clients.resume("publisher").send(packet).expect(pubrec(9));
        assertThat(clients.resume("watcher").nextDelivery().payload()).isEqualTo("once");
    }

    @Test
    @Normative(version = "extra", value = "U3-4.1-1")
    void retainedMessagesStayAndDeletedOnesStayAway() {
        RawClient sender = clients.connect("sender");
        sender.send(retained("restart/kept/a", "a"), retained("restart/kept/b", "b"));
        sender.send(retained("restart/kept/b", "")).publishAcknowledged(1, "restart/end", "");
        broker.restart();
        clients.connect("late")
                .subscribe("restart/kept/#", 0)
                .expect(retained("restart/kept/a", "a"))
                .expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.1.2-6")
    void aCleanSessionDoesNotGoOn() {
        clients.connect("clean").subscribe("restart/clean", 1);
        broker.restart();
        clients.connect(Connect.persistent("clean"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anOrderlyStopPublishesWills(boolean retain) {
        String topic = "restart/will/" + retain;
        clients.connect(Connect.persistent("will-watcher" + retain)).subscribe(topic, 1);
        clients.connect(Connect.clean("willed").will(1, retain, topic, "gone"));
        broker.restart();
        assertThat(clients.resume("will-watcher" + retain).nextDelivery().payload())
                .isEqualTo("gone");
        RawClient late = clients.connect("late").subscribe(topic, 0);
        if (retain) {
            late.expect(retained(topic, "gone"));
        }
        late.expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-4.6.0-6")
    void aLongQueueComesInItsOrder() {
        clients.connect(Connect.persistent("long")).subscribe("restart/long", 1).disconnect();
        RawClient sender = clients.connect("sender");
        byte[][] packets = new byte[5_000][];
        byte[][] answers = new byte[packets.length][];
        for (int i = 0; i < packets.length; i++) {
            packets[i] = publish(1, i + 1, "restart/long", "message " + i);
            answers[i] = puback(i + 1);
        }
        sender.send(packets).expect(answers);
        broker.restart();
        RawClient back = clients.resume("long");
        for (int i = 0; i < packets.length; i++) {
            Delivery delivery = back.nextDelivery();
            assertThat(delivery.payload()).isEqualTo("message " + i);
            back.send(puback(delivery.id()));
        }
        back.expectSilence();
    }

    @Test
    void connectedClientsSeeTheStopAndTheBrokerComesBackOnItsPort() {
        int port = broker.port();
        RawClient client = clients.connect("connected");
        broker.restart();
        client.expectClosed();
        assertThat(broker.port()).isEqualTo(port);
        clients.connect("connected").expectSilence();
    }
}
