// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.publish;
import static io.skep.conformance.wire.Packets.retained;
import static io.skep.conformance.wire.Packets.suback;
import static io.skep.conformance.wire.Packets.subscribe;
import static io.skep.conformance.wire.Packets.twoBytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Delivery;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SUBSCRIBE and SUBACK. */
class SubscribeTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.8.4-1", "MQTT-3.8.4-2", "MQTT-2.3.1-7", "MQTT-2.2.2-1", "MQTT-3.9.3-2"})
    void subackHasTheIdentifierAndTheGrantedQos() {
        RawClient client = clients.connect("suback");
        client.send("82 06 12 34 00 01 61 00").expect("90 03 12 34 00");
        client.send("82 06 FF FF 00 01 61 01").expect("90 03 FF FF 01");
        client.send("82 06 00 01 00 01 61 02").expect("90 03 00 01 02");
    }

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.8.4-4", "MQTT-3.8.4-5", "MQTT-3.9.3-1"})
    void manyFiltersHaveOneSubackInTheirOrder() {
        RawClient client = clients.connect("many");
        byte[] filters = concat("subscribe/a", 2, "subscribe/b", 0, "subscribe/c/#", 1, "subscribe/a", 1);
        client.send(packet(0x82, twoBytes(8), filters))
                .expect(suback(8, 2, 0, 1, 1))
                .expectSilence();
        RawClient sender = clients.connect("sender");
        sender.send(publish(2, 1, "subscribe/a", "the last of two counts"));
        client.expect(publish(1, 1, "subscribe/a", "the last of two counts"));
        sender.send(publish(2, 2, "subscribe/b", "x"));
        client.expect(publish("subscribe/b", "x")).expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.8.3-3")
    void withoutAFilterTheConnectionCloses() {
        clients.connect("none").send("82 02 00 01").expectClosed();
        clients.connect("none").send("82 00").expectClosed();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 8, 0x10, 0x20, 0x40, 0x80, 0xFF})
    @Normative(version = "3.1.1", value = "MQTT-3.8.3-4")
    void anOddQosByteClosesTheConnection(int qos) {
        RawClient client = clients.connect("odd");
        client.send(packet(0x82, twoBytes(1), "subscribe/good", 0, "subscribe/odd", qos))
                .expectClosed();
    }

    @Test
    void aFilterWithoutItsQosClosesTheConnection() {
        clients.connect("cut").send(packet(0x82, twoBytes(1), "subscribe/cut")).expectClosed();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.8.4-3")
    void subscribingAgainSwapsTheQosAndBringsRetainedMessagesAgain() {
        RawClient sender = clients.connect("sender");
        sender.send(packet(0x33, "subscribe/again", twoBytes(1), "kept".getBytes(UTF_8)))
                .expect(puback(1));
        RawClient client = clients.connect("again");
        client.subscribe("subscribe/again", 0).expect(retained("subscribe/again", "kept"));
        client.subscribe("subscribe/again", 1);
        Delivery kept = client.nextDelivery();
        assertThat(kept.first()).isEqualTo(0x33);
        client.send(puback(kept.id()));
        sender.publishAcknowledged(2, "subscribe/again", "live");
        client.expect(publish(1, kept.id() + 1, "subscribe/again", "live")).expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.8.4-3")
    void noLiveMessageIsMissedOrDoubledWhileSubscribingAgain() {
        RawClient client = clients.connect("no-gap").subscribe("subscribe/no-gap", 0);
        RawClient sender = clients.connect("sender");
        for (int i = 0; i < 300; i++) {
            sender.send(publish("subscribe/no-gap", "message " + i));
            client.send(subscribe(1, "subscribe/no-gap", i % 3));
        }
        int messages = 0;
        int subacks = 0;
        while (messages + subacks < 600) {
            byte[] next = client.next();
            if ((next[0] & 0xF0) == 0x90) {
                subacks++;
            } else {
                assertThat(Delivery.of(next).payload()).isEqualTo("message " + messages);
                messages++;
            }
        }
        client.expectSilence();
    }

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.3.5-1", "MQTT-3.3.2-3"})
    void overlappingFiltersBringOneCopyAtTheHighestQos() {
        RawClient client = clients.connect("overlap");
        byte[] filters = concat("subscribe/overlap/#", 0, "subscribe/overlap/+", 2, "subscribe/overlap/x", 1);
        client.send(packet(0x82, twoBytes(1), filters)).expect(suback(1, 0, 2, 1));
        RawClient sender = clients.connect("sender");
        sender.send(publish(2, 1, "subscribe/overlap/x", "two"));
        client.expect(publish(2, 1, "subscribe/overlap/x", "two"));
        sender.send(publish(1, 2, "subscribe/overlap/x", "one"));
        client.expect(publish(1, 2, "subscribe/overlap/x", "one"));
        sender.send(publish("subscribe/overlap/x", "zero"));
        client.expect(publish("subscribe/overlap/x", "zero")).expectSilence();
    }

    @Test
    @Normative(version = "extra", value = "U3-3.8.4-1")
    void subackComesFirstThenRetainedThenLive() {
        RawClient sender = clients.connect("sender");
        sender.send(retained("subscribe/first", "kept")).expectSilence();
        for (int i = 0; i < 50; i++) {
            RawClient client = clients.connect("first");
            client.send(subscribe(1, "subscribe/first", 0));
            sender.send(publish("subscribe/first", "live"));
            client.expect(suback(1, 0)).expect(retained("subscribe/first", "kept"));
            client.send(Packets.DISCONNECT);
        }
    }

    @Test
    void aClientHearsItself() {
        clients.connect("itself")
                .subscribe("subscribe/itself", 0)
                .send(publish("subscribe/itself", "x"))
                .expect(publish("subscribe/itself", "x"));
    }

    @Test
    void manySubscriptionsOfOneClientWork() {
        RawClient client = clients.connect("thousand");
        for (int i = 0; i < 1_000; i++) {
            client.send(subscribe(1 + i, "subscribe/thousand/" + i, 0));
        }
        for (int i = 0; i < 1_000; i++) {
            client.expect(suback(1 + i, 0));
        }
        for (int i = 0; i < 1_000; i += 99) {
            client.send(publish("subscribe/thousand/" + i, "x")).expect(publish("subscribe/thousand/" + i, "x"));
        }
    }
}
