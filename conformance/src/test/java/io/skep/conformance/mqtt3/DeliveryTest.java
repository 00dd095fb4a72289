// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.again;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.publish;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Delivery;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a subscriber sees of the broker: flows, identifiers, repetition and order. */
class DeliveryTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @ParameterizedTest
    @CsvSource({"0,0", "0,1", "0,2", "1,0", "1,1", "1,2", "2,0", "2,1", "2,2"})
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.8.4-6", "MQTT-4.3.1-1", "MQTT-3.3.1-2", "MQTT-2.3.1-5"})
    void theQosIsThatOfThePublishAndOfTheGrantWhicheverIsLess(int published, int granted) {
        RawClient receiver = clients.connect("qos").subscribe("delivery/qos", granted);
        RawClient sender = clients.connect("sender");
        if (published == 0) {
            sender.send(publish("delivery/qos", "x"));
        } else {
            sender.send(publish(published, 77, "delivery/qos", "x"));
        }
        int qos = Math.min(published, granted);
        Delivery delivery = receiver.nextDelivery();
        assertThat(delivery.first()).isEqualTo(0x30 | qos << 1);
        assertThat(delivery.payload()).isEqualTo("x");
        assertThat(delivery.id() > 0).isEqualTo(qos > 0);
        receiver.expectSilence();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Normative(
            version = "3.1.1",
            value = {"MQTT-4.3.3-1", "MQTT-2.3.1-6", "MQTT-3.6.1-1", "MQTT-2.2.2-1"})
    void aQos2DeliveryIsPublishPubrecPubrelPubcomp(boolean durable) {
        RawClient receiver = receiver("qos2", durable).subscribe("delivery/qos2", 2);
        RawClient sender = clients.connect("sender");
        for (int i = 1; i <= 3; i++) {
            sender.send(publish(2, i, "delivery/qos2", "x")).expect(pubrec(i));
            int id = receiver.nextDelivery().id();
            receiver.send(pubrec(id)).expect(pubrel(id)).send(pubcomp(id)).expectSilence();
        }
        receiver.disconnect();
    }

    private RawClient receiver(String id, boolean durable) {
        return clients.connect(durable ? Connect.persistent(id) : Connect.clean(id));
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.3.1-3")
    void theDupFlagOfThePublisherIsNotPassedOn() {
        RawClient receiver = clients.connect("dup").subscribe("delivery/dup", 2);
        RawClient sender = clients.connect("sender");
        sender.send(again(publish(1, 1, "delivery/dup", "one"))).expect(puback(1));
        sender.send(again(publish(2, 2, "delivery/dup", "two"))).expect(pubrec(2));
        receiver.expect(publish(1, 1, "delivery/dup", "one"), publish(2, 2, "delivery/dup", "two"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Normative(
            version = "3.1.1",
            value = {"MQTT-2.3.1-4", "MQTT-2.3.1-1"})
    void identifiersUnderWayAreDistinctAndNotZero(boolean durable) {
        RawClient receiver = receiver("ids", durable).subscribe("delivery/ids", 2);
        RawClient sender = clients.connect("sender");
        for (int i = 1; i <= 500; i++) {
            sender.send(publish(1 + i % 2, i, "delivery/ids", "x"));
        }
        Set<Integer> ids = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            ids.add(receiver.nextDelivery().id());
        }
        assertThat(ids).hasSize(500).doesNotContain(0);
        receiver.send(Packets.DISCONNECT);
        clients.connect("ids");
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-2.3.1-4")
    void identifiersGoRoundAndPassOverThoseInUse() {
        RawClient receiver = clients.connect("round").subscribe("delivery/round", 1);
        RawClient sender = clients.connect("sender");
        sender.publishAcknowledged(1, "delivery/round", "held");
        int held = receiver.nextDelivery().id();
        boolean reused = false;
        byte[][] batch = new byte[500][];
        for (int round = 0; round < 140; round++) {
            for (int i = 0; i < batch.length; i++) {
                batch[i] = publish(1, i + 1, "delivery/round", "x");
            }
            sender.send(batch);
            byte[][] acks = new byte[batch.length][];
            for (int i = 0; i < batch.length; i++) {
                int id = receiver.nextDelivery().id();
                reused |= id == held || id == 0;
                acks[i] = puback(id);
            }
            receiver.send(acks);
            for (int i = 0; i < batch.length; i++) {
                sender.expect(puback(i + 1));
            }
        }
        assertThat(reused).isFalse();
    }

    @Test
    @Normative(
            version = "3.1.1",
            value = {
                "MQTT-3.3.1-1",
                "MQTT-4.3.2-1",
                "MQTT-4.3.3-1",
                "MQTT-4.4.0-1",
                "MQTT-4.6.0-1",
                "MQTT-2.3.1-4",
                "MQTT-4.1.0-1"
            })
    void whatIsNotAcknowledgedIsSentAgainInItsOrderWithItsIdentifier() {
        RawClient receiver = clients.connect(Connect.persistent("again")).subscribe("delivery/again", 2);
        RawClient sender = clients.connect("sender");
        List<Delivery> first = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            sender.send(publish(1 + i % 2, i, "delivery/again", "message " + i));
            first.add(receiver.nextDelivery());
        }
        int acknowledged = first.get(1).id(); // of QoS 1
        int received = first.get(2).id(); // of QoS 2
        receiver.send(puback(acknowledged), pubrec(received)).expect(pubrel(received));
        receiver.expectSilence().drop();

        RawClient back = clients.resume("again");

        for (int i : List.of(0, 2, 3, 4, 5)) {
            Delivery sent = first.get(i);
            back.expect(
                    i == 2 ? pubrel(received) : again(publish(sent.qos(), sent.id(), sent.topic(), sent.payload())));
        }
        back.send(pubcomp(received)).expectSilence();
    }

    @Test
    void nothingIsSentAgainOnAnOpenConnection() {
        RawClient receiver = clients.connect(Connect.persistent("patient")).subscribe("delivery/patient", 2);
        RawClient sender = clients.connect("sender");
        sender.publishAcknowledged(1, "delivery/patient", "one");
        sender.send(publish(2, 2, "delivery/patient", "two")).expect(pubrec(2));
        receiver.nextDelivery();
        receiver.nextDelivery();
        RawClient silent = clients.connect(Connect.clean("clock").withKeepAlive(1));
        silent.expectClosed(); // some seconds have passed
        receiver.expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-4.3.3-1")
    void afterPubrelThePublishIsNeverSentAgain() {
        RawClient receiver = clients.connect(Connect.persistent("released")).subscribe("delivery/released", 2);
        clients.connect("sender").send(publish(2, 1, "delivery/released", "x")).expect(pubrec(1));
        int id = receiver.nextDelivery().id();
        receiver.send(pubrec(id)).expect(pubrel(id)).drop();
        for (int i = 0; i < 3; i++) {
            RawClient back = clients.resume("released").expect(pubrel(id));
            back.send(pubrec(id)).expect(pubrel(id)).drop();
        }
        clients.resume("released")
                .expect(pubrel(id))
                .send(pubcomp(id))
                .expectSilence()
                .disconnect();
        clients.resume("released").expectNothingQueued();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-4.6.0-4")
    void pubrelsComeInTheOrderOfTheirPubrecs() {
        RawClient receiver = clients.connect(Connect.persistent("pubrels")).subscribe("delivery/pubrels", 2);
        RawClient sender = clients.connect("sender");
        List<Integer> ids = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            sender.send(publish(2, i, "delivery/pubrels", "message " + i));
            ids.add(0, receiver.nextDelivery().id()); // the latest first
        }
        receiver.send(ids.stream().map(Packets::pubrec).toArray(byte[][]::new));
        ids.forEach(id -> receiver.expect(pubrel(id)));
        receiver.send(ids.stream().map(Packets::pubcomp).toArray(byte[][]::new)).expectSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Normative(
            version = "3.1.1",
            value = {"MQTT-4.6.0-5", "MQTT-4.6.0-6", "MQTT-4.3.1-1"})
    void eachSubscriberSeesTheOrderOfThePublisher(int qos) {
        List<RawClient> receivers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            receivers.add(clients.connect("order" + i).subscribe("delivery/order/#", qos));
        }
        byte[][] packets = new byte[900][];
        for (int i = 0; i < packets.length; i++) {
            String topic = "delivery/order/" + i % 2;
            packets[i] = qos == 0 ? publish(topic, "message " + i) : publish(qos, i + 1, topic, "message " + i);
        }
        clients.connect("sender").send(packets);
        for (RawClient receiver : receivers) {
            for (int i = 0; i < packets.length; i++) {
                assertThat(receiver.nextDelivery().payload()).isEqualTo("message " + i);
            }
            receiver.expectSilence();
        }
    }

    @Test
    void aPubackForAQos2MessageIsIgnored() {
        RawClient receiver = clients.connect("wrong-ack").subscribe("delivery/wrong-ack", 2);
        clients.connect("sender").send(publish(2, 1, "delivery/wrong-ack", "x")).expect(pubrec(1));
        int id = receiver.nextDelivery().id();
        receiver.send(puback(id)).expectSilence();
        receiver.send(pubrec(id)).expect(pubrel(id)).send(pubcomp(id)).expectSilence();
    }
}
