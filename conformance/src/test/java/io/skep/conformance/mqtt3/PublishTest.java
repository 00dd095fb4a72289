// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.again;
import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.publish;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a publisher sees of the broker. */
class PublishTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.3.4-1", "MQTT-2.3.1-6", "MQTT-2.2.2-1"})
    void eachQosHasItsAnswer() {
        RawClient client = clients.connect("answers");
        client.send(publish("publish/answers", "0")).expectSilence();
        client.send(publish(1, 0x1234, "publish/answers", "1")).expect("40 02 12 34");
        client.send(publish(2, 0xFFFF, "publish/answers", "2")).expect("50 02 FF FF");
        client.send(pubrel(0xFFFF)).expect("70 02 FF FF").expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-2.3.1-5")
    void aQos0PublishHasNoIdentifier() {
        RawClient watcher = clients.connect("watcher").subscribe("publish/no-id", 2);
        byte[] packet = hex("30 11 00 0D 70 75 62 6C 69 73 68 2F 6E 6F 2D 69 64 00 01");
        clients.connect("no-id").send(packet);
        watcher.expect(packet);
    }

    @Test
    void aPayloadMayBeEmpty() {
        RawClient watcher = clients.connect("watcher").subscribe("publish/empty", 2);
        RawClient sender = clients.connect("empty").send(publish("publish/empty", ""));
        watcher.expect(publish("publish/empty", ""));
        sender.publishAcknowledged(9, "publish/empty", "");
        watcher.expect(publish(1, 1, "publish/empty", ""));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x36, 0x37, 0x3E, 0x3F})
    @Normative(version = "3.1.1", value = "MQTT-3.3.1-4")
    void qos3ClosesTheConnection(int first) {
        RawClient watcher = clients.connect("watcher").subscribe("publish/qos3", 2);
        clients.connect("qos3")
                .send(packet(first, "publish/qos3", Packets.twoBytes(1)))
                .expectClosed();
        watcher.expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.3.1-2")
    void qos0WithDupClosesTheConnection() {
        RawClient watcher = clients.connect("watcher").subscribe("publish/dup0", 2);
        clients.connect("dup0").send(packet(0x38, "publish/dup0", hex("78"))).expectClosed();
        watcher.expectSilence();
    }

    @ParameterizedTest
    @ValueSource(strings = {"publish/+", "publish/#", "+", "#", "a+b", "publish#"})
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.3.2-2", "MQTT-4.7.1-1"})
    void aWildcardInATopicNameClosesTheConnection(String topic) {
        RawClient watcher = clients.connect("watcher").subscribe("publish/wild", 0);
        clients.connect("wild").send(publish(topic, "x")).expectClosed();
        clients.connect("wild").send(publish(1, 1, topic, "x")).expectClosed();
        watcher.expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-4.3.2-2")
    void anAcknowledgedIdentifierIsFreeEvenWithDup() {
        RawClient watcher = clients.connect("watcher").subscribe("publish/free", 0);
        RawClient sender = clients.connect("free");
        sender.publishAcknowledged(7, "publish/free", "one").publishAcknowledged(7, "publish/free", "two");
        sender.send(again(publish(1, 7, "publish/free", "three"))).expect(puback(7));
        watcher.expect(
                publish("publish/free", "one"), publish("publish/free", "two"), publish("publish/free", "three"));
    }

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-4.3.3-2", "MQTT-2.3.1-6"})
    void aQos2MessageIsDeliveredOnceHoweverOftenItComes() {
        RawClient watcher = clients.connect("watcher").subscribe("publish/once", 0);
        RawClient sender = clients.connect("once");
        byte[] first = publish(2, 7, "publish/once", "first");
        sender.send(first).expect(pubrec(7));
        sender.send(again(first), again(first)).expect(pubrec(7), pubrec(7));
        sender.send(pubrel(7)).expect(pubcomp(7));
        sender.send(publish(2, 7, "publish/once", "second")).expect(pubrec(7));
        watcher.expect(publish("publish/once", "first"), publish("publish/once", "second"))
                .expectSilence();
    }

    @Test
    void aPubrelOfAnUnknownIdentifierIsAnswered() {
        clients.connect("unknown").send(pubrel(99)).expect(pubcomp(99)).expectSilence();
    }

    @Test
    void acknowledgementsOfNothingAreIgnored() {
        clients.connect("ignored").send(puback(5), pubcomp(6), puback(7)).expectSilence();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Normative(version = "3.1.1", value = "MQTT-4.6.0-2")
    void pubacksComeInTheOrderOfTheirMessages(boolean durableSubscriber) {
        String topic = "publish/pubacks/" + durableSubscriber;
        subscribeAndLeave(topic, durableSubscriber);
        RawClient sender = clients.connect("pubacks");
        byte[][] packets = new byte[500][];
        byte[][] answers = new byte[500][];
        for (int i = 0; i < packets.length; i++) {
            boolean stored = i % 3 == 0; // those that wait for the disk hold back the others
            packets[i] = publish(1, i + 1, stored ? topic : "publish/nobody", "message " + i);
            answers[i] = puback(i + 1);
        }
        sender.send(packets).expect(answers).expectSilence();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Normative(version = "3.1.1", value = "MQTT-4.6.0-3")
    void pubrecsComeInTheOrderOfTheirMessages(boolean durableSubscriber) {
        String topic = "publish/pubrecs/" + durableSubscriber;
        subscribeAndLeave(topic, durableSubscriber);
        RawClient sender = clients.connect("pubrecs");
        byte[][] packets = new byte[500][];
        byte[][] answers = new byte[500][];
        for (int i = 0; i < packets.length; i++) {
            packets[i] = publish(2, i + 1, i % 3 == 0 ? topic : "publish/nobody", "message " + i);
            answers[i] = pubrec(i + 1);
        }
        sender.send(packets).expect(answers);
        for (int i = 0; i < packets.length; i++) {
            sender.send(pubrel(i + 1)).expect(pubcomp(i + 1));
        }
        sender.expectSilence();
    }

    /** Somebody who is away subscribes: with a session that lasts, each message for it is stored. */
    private void subscribeAndLeave(String topic, boolean durable) {
        String id = "away from " + topic;
        clients.connect(durable ? Connect.persistent(id) : Connect.clean(id))
                .subscribe(topic, 2)
                .disconnect();
    }

    @Test
    void acknowledgementsOfDifferentQosDoNotHoldEachOtherBack() {
        clients.connect(Connect.persistent("mixed"))
                .subscribe("publish/mixed", 2)
                .disconnect();
        RawClient sender = clients.connect("sender");
        Random random = new Random(7);
        for (int round = 0; round < 20; round++) {
            byte[][] packets = new byte[50][];
            byte[][] answers = new byte[50][];
            for (int i = 0; i < packets.length; i++) {
                int qos = 1 + random.nextInt(2);
                int id = 1 + round * 50 + i;
                packets[i] = publish(qos, id, "publish/mixed", "x");
                answers[i] = qos == 1 ? puback(id) : pubrec(id);
            }
            sender.send(packets).expectInAnyOrder(answers);
        }
        sender.expectSilence();
    }

    @Test
    void moreMessagesThanTheBrokerTakesAtOnceAreTakenOneAfterTheOther() {
        clients.connect(Connect.persistent("flood"))
                .subscribe("publish/flood", 1)
                .disconnect();
        RawClient sender = clients.connect("sender");
        byte[][] packets = new byte[5_000][];
        byte[][] answers = new byte[5_000][];
        for (int i = 0; i < packets.length; i++) {
            packets[i] = publish(1, i + 1, "publish/flood", "message " + i);
            answers[i] = puback(i + 1);
        }
        sender.send(concat((Object[]) packets)).expect(answers).expectSilence();
    }
}
