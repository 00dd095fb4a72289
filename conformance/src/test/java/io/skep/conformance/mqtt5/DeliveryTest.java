// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.again;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static io.skep.conformance.wire.Packets5.ack;
import static io.skep.conformance.wire.Packets5.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
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

/** The flows of QoS 1 and 2, both ways: identifiers, repetition, and what ends them. */
class DeliveryTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private RawClient durable(String id) {
        return clients.connect(Connect5.persistent(id));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Normative(
            version = "5.0",
            value = {"MQTT-4.3.2-1", "MQTT-4.3.2-2", "MQTT-4.3.3-1", "MQTT-4.3.3-2"})
    void identifiersUnderWayAreDistinctAndNotZero(boolean isDurable) {
        RawClient receiver = isDurable ? durable("ids-durable") : clients.connect5("ids");
        receiver.subscribe5("delivery/ids", 2);
        RawClient sender = clients.connect5("sender");
        for (int i = 1; i <= 600; i++) {
            sender.send(publish(1 + i % 2, i, "delivery/ids", "x"));
        }
        Set<Integer> ids = new HashSet<>();
        for (int i = 1; i <= 600; i++) {
            Seen5 found = receiver.nextPublish5();
            assertThat(found.first()).isEqualTo(i % 2 == 0 ? 0x32 : 0x34);
            ids.add(found.id());
        }
        assertThat(ids).hasSize(600).doesNotContain(0);
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.3.1-3", "MQTT-4.3.2-2", "MQTT-4.3.3-2"})
    void theDupFlagOfThePublisherIsNotPassedOn() {
        RawClient receiver = clients.connect5("dup").subscribe5("delivery/dup", 2);
        RawClient sender = clients.connect5("sender");
        sender.send(again(publish(1, 1, "delivery/dup", "one"))).expect(puback(1));
        sender.send(again(publish(2, 2, "delivery/dup", "two"))).expect(pubrec(2));
        assertThat(receiver.nextPublish5().first()).isEqualTo(0x32);
        assertThat(receiver.nextPublish5().first()).isEqualTo(0x34);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-4.3.2-5")
    void afterPubackTheSameIdentifierIsANewMessage() {
        RawClient receiver = clients.connect5("new1").subscribe5("delivery/new1", 1);
        RawClient sender = clients.connect5("sender");
        sender.send(publish(1, 5, "delivery/new1", "a")).expect(puback(5));
        sender.send(publish(1, 5, "delivery/new1", "b")).expect(puback(5));
        sender.send(again(publish(1, 5, "delivery/new1", "b"))).expect(puback(5));
        receiver.expectPayloads5("a", "b", "b");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Normative(
            version = "5.0",
            value = {"MQTT-4.3.3-8", "MQTT-4.3.3-10", "MQTT-4.3.3-11", "MQTT-4.3.3-12"})
    void aQos2PublishIsDeliveredOnceUntilItIsReleased(boolean isDurable) {
        RawClient receiver = clients.connect5("once").subscribe5("delivery/once", 2);
        RawClient sender = isDurable ? durable("once-sender") : clients.connect5("once-clean");
        byte[] packet = publish(2, 9, "delivery/once", "a");
        sender.send(packet).expect(pubrec(9)).send(again(packet)).expect(pubrec(9));
        sender.send(packet).expect(pubrec(9));
        if (isDurable) {
            sender.drop();
            sender = durable("once-sender").send(again(packet)).expect(pubrec(9));
        }
        sender.send(pubrel(9)).expect(pubcomp(9));
        sender.send(publish(2, 9, "delivery/once", "b")).expect(pubrec(9));
        receiver.expectPayloads5("a", "b");
    }

    @ParameterizedTest
    @CsvSource({"0,true", "16,true", "128,false", "131,false", "135,false", "151,false"})
    @Normative(version = "5.0", value = "MQTT-4.3.3-4")
    void pubrecIsFollowedByPubrelUnlessItIsAFailure(int reason, boolean released) {
        RawClient receiver = clients.connect5("pubrec").subscribe5("delivery/pubrec", 2);
        clients.connect5("sender").send(publish(2, 1, "delivery/pubrec", "x"));
        int id = receiver.nextPublish5().id();
        receiver.send(ack(0x50, id, reason));
        if (released) {
            receiver.expect(pubrel(id)).send(ack(0x50, id, reason)).expect(pubrel(id));
        }
        receiver.expectSilence();
    }

    @ParameterizedTest
    @CsvSource({"1,128", "1,131", "2,128", "2,151"})
    @Normative(version = "5.0", value = "MQTT-4.4.0-2")
    void aFailureEndsADelivery(int qos, int reason) {
        String id = "failure" + qos + reason;
        RawClient receiver = durable(id).subscribe5("delivery/" + id, qos);
        RawClient sender = clients.connect5("sender");
        sender.send(publish(qos, 1, "delivery/" + id, "failed"), publish(qos, 2, "delivery/" + id, "open"));
        int failed = receiver.nextPublish5().id();
        receiver.expectPayloads5("open");
        receiver.send(ack(qos == 1 ? 0x40 : 0x50, failed, reason))
                .expectSilence()
                .drop();
        assertThat(durable(id).drainQueue5()).extracting(Seen5::payload).containsExactly("open");
    }

    @Test
    @Normative(
            version = "5.0",
            value = {
                "MQTT-3.3.1-1",
                "MQTT-4.3.2-3",
                "MQTT-4.3.3-3",
                "MQTT-4.3.3-5",
                "MQTT-4.3.3-6",
                "MQTT-4.4.0-1",
                "MQTT-4.6.0-1"
            })
    void whatIsNotAcknowledgedIsSentAgainInItsOrderWithItsIdentifier() {
        RawClient receiver = durable("again").subscribe5("delivery/again", 2);
        RawClient sender = clients.connect5("sender");
        List<Seen5> first = new ArrayList<>();
        for (int i = 1; i <= 8; i++) {
            sender.send(publish(1 + i % 2, i, "delivery/again", "message " + i));
            first.add(receiver.nextPublish5());
        }
        int acknowledged = first.get(1).id(); // of QoS 1
        int received = first.get(2).id(); // of QoS 2
        int completed = first.get(4).id(); // of QoS 2
        receiver.send(puback(acknowledged), pubrec(received), pubrec(completed));
        receiver.expect(pubrel(received), pubrel(completed)).send(pubcomp(completed));
        receiver.expectSilence().drop();
        for (int round = 0; round < 3; round++) {
            RawClient back = durable("again");
            for (int i : List.of(0, 2, 3, 5, 6, 7)) {
                Seen5 sent = first.get(i);
                back.expect(
                        i == 2
                                ? pubrel(received)
                                : again(publish(sent.qos(), sent.id(), sent.topic(), sent.payload())));
            }
            back.expectSilence().drop();
        }
        RawClient last = durable("again");
        for (int i = 0; i < 6; i++) {
            Seen5 packet = last.next5();
            last.send(
                    packet.type() == 6
                            ? pubcomp(packet.id())
                            : packet.qos() == 1 ? puback(packet.id()) : ack(0x50, packet.id(), 0x80));
        }
        last.expectSilence().drop();
        assertThat(durable("again").drainQueue5()).isEmpty();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-4.4.0-1")
    void nothingIsSentAgainOnAnOpenConnection() {
        RawClient receiver = durable("patient").subscribe5("delivery/patient", 2);
        RawClient sender = clients.connect5("sender");
        sender.send(publish(1, 1, "delivery/patient", "one"), publish(2, 2, "delivery/patient", "two"));
        sender.send(publish(2, 3, "delivery/patient", "three"));
        receiver.expectPayloads5("one", "two");
        int id = receiver.nextPublish5().id();
        receiver.send(pubrec(id)).expect(pubrel(id));
        RawClient silent = clients.connect(Connect5.clean("clock").withKeepAlive(1));
        silent.expectDisconnect(0x8D); // some seconds have passed
        receiver.expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-4.5.0-1")
    void everyMatchingSessionGetsAMessageAlsoIfItsClientIsAway() {
        List<RawClient> here = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            durable("away" + i)
                    .subscribe5("delivery/every/" + (i % 2 == 0 ? "#" : "+"), 1 + i % 2)
                    .disconnect();
            here.add(clients.connect5("here" + i).subscribe5("delivery/+/x", i % 3));
        }
        RawClient sender = clients.connect5("sender");
        sender.send(publish(2, 1, "delivery/every/x", "message")).expect(pubrec(1));
        here.forEach(client -> client.expectPayloads5("message").expectSilence());
        for (int i = 0; i < 5; i++) {
            List<Seen5> queued = durable("away" + i).drainQueue5();
            assertThat(queued).extracting(Seen5::payload).containsExactly("message");
            assertThat(queued.get(0).qos()).isEqualTo(1 + i % 2);
            assertThat(queued.get(0).dup()).isFalse();
        }
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-4.2.0-1")
    void aTcpConnectionCarriesAllBytesInTheirOrder() {
        RawClient receiver = clients.connect5("stream").subscribe5("delivery/stream", 1);
        RawClient sender = clients.connect5("sender");
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() < 1_500_000; i++) {
            text.append(i).append(',');
        }
        sender.send(publish(1, 1, "delivery/stream", text.toString())).expect(puback(1));
        sender.sendByteByByte(publish(1, 2, "delivery/stream", "byte by byte")).expect(puback(2));
        assertThat(receiver.nextPublish5().payload()).isEqualTo(text.toString());
        receiver.expectPayloads5("byte by byte");
    }
}
