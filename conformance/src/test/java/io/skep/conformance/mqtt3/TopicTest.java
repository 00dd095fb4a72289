// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.publish;
import static io.skep.conformance.wire.Packets.retained;
import static io.skep.conformance.wire.Packets.suback;
import static io.skep.conformance.wire.Packets.subscribe;
import static io.skep.conformance.wire.Packets.twoBytes;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which topics a filter matches, live and retained alike, and which filters there are. */
class TopicTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @ParameterizedTest
    @CsvSource({
        "t/a, t/a",
        "t/#, t",
        "t/#, t/a",
        "t/#, t/a/b/c",
        "t/#, t/",
        "t/+, t/a",
        "t/+, t/",
        "t/+/b, t/a/b",
        "t/+/b, t//b",
        "+/a, t/a",
        "+/+, /t",
        "/+, /t",
        "+/#, t",
        "+/t/#, /t",
        "/#, /t/a",
        "#, t/a",
        "+, t",
        "t/+/#, t/a",
        "t/ a, t/ a",
        "t/$a, t/$a",
        "+/$a, t/$a"
    })
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.3.2-3", "MQTT-4.7.1-2", "MQTT-4.7.1-3", "MQTT-3.3.1-6"})
    void theFilterMatches(String filter, String topic) {
        RawClient live = clients.connect("live").send(subscribe(1, filter, 0)).expect(suback(1, 0));
        RawClient sender = clients.connect("sender").send(retained(topic, "x"));
        live.expect(publish(topic, "x")).expectSilence();
        clients.connect("late")
                .subscribe(filter, 0)
                .expect(retained(topic, "x"))
                .expectSilence();
        sender.send(retained(topic, "")).expectSilence();
        live.expect(publish(topic, ""));
    }

    @ParameterizedTest
    @CsvSource({
        "t/a, t/A",
        "t/a, /t/a",
        "t/a, t/a/",
        "t/a/, t/a",
        "t/a, t",
        "t/a, t/a/b",
        "t/+, t",
        "t/+, t/a/b",
        "t/+/b, t/b",
        "+, /t",
        "+, t/a",
        "+/a, /t/a",
        "t/#, tt",
        "t/#, ta/b",
        "t//a, t/a",
        "/#, t",
        "\u00e9, e\u0301",
        "#, $t/a",
        "+/a, $t/a",
        "+, $t",
        "#, $t"
    })
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.3.2-3", "MQTT-4.7.2-1", "MQTT-4.7.3-4", "MQTT-4.7.1-2", "MQTT-4.7.1-3"})
    void theFilterDoesNotMatch(String filter, String topic) {
        RawClient live = clients.connect("live").subscribe(filter, 0);
        RawClient sender = clients.connect("sender");
        sender.send(packet(0x33, topic, twoBytes(1), "x".getBytes(UTF_8))).expect(puback(1));
        live.expectSilence();
        clients.connect("late").subscribe(filter, 0).expectSilence();
        sender.send(packet(0x33, topic, twoBytes(2))).expect(puback(2));
    }

    @ParameterizedTest
    @CsvSource({"$t/a, $t/a", "$t/#, $t/a", "$t/#, $t", "$t/+, $t/a", "$t/+/#, $t/a"})
    @Normative(version = "3.1.1", value = "MQTT-4.7.2-1")
    void aFilterThatBeginsWithADollarMatchesTopicsThatDo(String filter, String topic) {
        RawClient live = clients.connect("live").subscribe(filter, 0);
        clients.connect("sender").send(publish(topic, "x"));
        live.expect(publish(topic, "x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a#", "a/#/b", "#/", "#/a", "a/b#", "##", "/#/", "a+", "+a/b", "a/+b", "a/b+/c", "++", "+#"})
    @Normative(
            version = "3.1.1",
            value = {"MQTT-4.7.1-2", "MQTT-4.7.1-3", "MQTT-4.8.0-1"})
    void aMisplacedWildcardClosesTheConnection(String filter) {
        clients.connect("misplaced").send(subscribe(1, filter, 0)).expectClosed();
    }

    @ParameterizedTest
    @ValueSource(strings = {"$SYS/x", "$share/g/x"})
    @Normative(version = "extra", value = "U3-4.7.2-1")
    void clientsExchangeNothingOnTheTopicsOfTheBroker(String topic) {
        RawClient subscriber = clients.connect("sys").subscribe("$SYS/x", 2);
        subscriber.send(subscribe(2, "x", 0)).expect(suback(2, 0));
        RawClient sender = clients.connect("sender");
        sender.send(publish(topic, "no"), publish(1, 1, topic, "no")).expect(puback(1));
        sender.send(retained(topic, "no")).expectSilence();
        subscriber.expectSilence();
        clients.connect("late").subscribe("$SYS/x", 0).expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.8.3-2")
    void wildcardsAreSupportedSoNoFilterWithThemFails() {
        RawClient client = clients.connect("wildcards");
        client.send(packet(0x82, twoBytes(1), "none/#", 2, "none/+", 1, "+/none", 0))
                .expect(suback(1, 2, 1, 0));
    }
}
