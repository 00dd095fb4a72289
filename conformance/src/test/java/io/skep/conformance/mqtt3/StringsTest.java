// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.bytes;
import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.publish;
import static io.skep.conformance.wire.Packets.suback;
import static io.skep.conformance.wire.Packets.twoBytes;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Strings in all their fields: ill-formed ones close the connection, others are left as they are. */
class StringsTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "C3 28", // a byte that does not continue
                "A0", // a continuation without a start
                "61 C3", // cut off
                "C0 AF", // longer than needed
                "ED A0 80", // a high surrogate
                "ED BF BF", // a low surrogate
                "F4 90 80 80", // beyond U+10FFFF
                "61 00 62" // U+0000
            })
    @Normative(
            version = "3.1.1",
            value = {
                "MQTT-1.5.3-1",
                "MQTT-1.5.3-2",
                "MQTT-3.1.3-4",
                "MQTT-3.1.3-10",
                "MQTT-3.1.3-11",
                "MQTT-3.3.2-1",
                "MQTT-3.8.3-1",
                "MQTT-3.10.3-1",
                "MQTT-4.7.3-2"
            })
    void anIllFormedStringClosesTheConnection(String hex) {
        byte[] wrong = bytes(hex(hex));
        RawClient watcher = clients.connect("watcher").subscribe("#", 0);
        clients.connect("strings").send(packet(0x30, wrong, hex("70"))).expectClosed();
        clients.connect("strings").send(packet(0x82, twoBytes(1), wrong, 0)).expectClosed();
        clients.connect("strings").send(packet(0xA2, twoBytes(1), wrong)).expectClosed();
        Connect connect = Connect.clean("strings");
        clients.open().send(connect.withPayload(wrong).packed()).expectClosed();
        clients.open()
                .send(connect.withFlags(0x82).withPayload("strings", wrong).packed())
                .expectClosed();
        clients.open()
                .send(connect.withFlags(0x06)
                        .withPayload("strings", wrong, "gone")
                        .packed())
                .expectClosed();
        watcher.expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.3.2-1")
    void aTopicLongerThanItsPacketClosesTheConnection() {
        clients.connect("strings").send("30 04 00 05 61 62").expectClosed();
        clients.connect("strings").send("30 01 00").expectClosed();
        clients.connect("strings").send("82 06 00 01 00 09 61 00").expectClosed();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-1.5.3-3")
    void aZeroWidthSpaceIsAnOrdinaryCharacter() {
        RawClient with = clients.connect("with").subscribe("\ufeffstrings/bom", 0);
        RawClient without = clients.connect("without").subscribe("strings/bom", 0);
        RawClient sender = clients.connect("sender");
        sender.send(packet(0x30, bytes(concat(hex("EF BB BF"), "strings/bom".getBytes(UTF_8))), hex("31")));
        with.expect(packet(0x30, bytes(concat(hex("EF BB BF"), "strings/bom".getBytes(UTF_8))), hex("31")));
        sender.publishAcknowledged(1, "strings/bom", "2");
        without.expect(publish("strings/bom", "2")).expectSilence();
        with.expectSilence();
    }

    @Test
    void controlCharactersAndNonCharactersAreAcceptedInTopics() {
        String topic = "strings/\u0001\u007f\u0085\ufffe\uffff";
        clients.connect("strings").subscribe(topic, 0).send(publish(topic, "x")).expect(publish(topic, "x"));
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-4.7.3-1")
    void emptyTopicsAndFiltersCloseTheConnection() {
        clients.connect("strings").send(packet(0x30, "", hex("70"))).expectClosed();
        clients.connect("strings").send(packet(0x82, twoBytes(1), "", 0)).expectClosed();
        clients.connect("strings").send(packet(0xA2, twoBytes(1), "")).expectClosed();
        clients.connect("strings")
                .send(packet(0x82, twoBytes(1), "strings/good", 0, "", 0))
                .expectClosed();
    }

    @Test
    void theLongestTopicWorks() {
        String topic = "strings/" + Packets.ofLength(65_535 - 8);
        RawClient client = clients.connect("longest");
        client.subscribe(topic, 1).send(publish(topic, "x")).expect(publish(topic, "x"));
        client.send(packet(0x82, twoBytes(2), "strings/+", 0)).expect(suback(2, 0));
        client.send(publish(topic, "y")).expect(publish(topic, "y")).expectSilence();
    }

    @Test
    void aTopicOfManyLevelsWorks() {
        String topic = "strings" + "/x".repeat(199);
        RawClient client = clients.connect("levels").subscribe("strings" + "/+".repeat(199), 0);
        client.send(publish(topic, "x")).expect(publish(topic, "x"));
    }
}
