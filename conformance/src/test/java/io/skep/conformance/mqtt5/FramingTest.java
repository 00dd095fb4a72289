// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.PINGREQ;
import static io.skep.conformance.wire.Packets.PINGRESP;
import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.subscribe;
import static io.skep.conformance.wire.Packets5.unsubscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets5;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets as such: their first byte, their lengths, their identifiers, and whether they have properties. */
class FramingTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create().set("mqtt.packet-bytes-max", 268_435_460);

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "40 02 00 01",
                "50 02 00 01",
                "62 02 00 01",
                "70 02 00 01",
                "82 07 00 01 00 00 01 61 00",
                "A2 06 00 01 00 00 01 61",
                "C0 00",
                "E0 00",
                "F0 05 18 03 15 00 00"
            })
    @Normative(
            version = "5.0",
            value = {"MQTT-2.1.3-1", "MQTT-3.14.1-1", "MQTT-3.15.1-1", "MQTT-4.13.1-1"})
    void everyOtherReservedNibbleIsMalformed(String correct) {
        RawClient other = clients.connect5("nibble-other");
        byte[] packet = hex(correct);
        int first = packet[0];
        for (int change = 1; change < 16; change++) {
            packet[0] = (byte) (first ^ change);
            clients.connect5("nibble").send(packet).expectDisconnect(0x81);
        }
        other.expectSilence();
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-2.1.3-1", "MQTT-3.1.4-1", "MQTT-3.14.0-1"})
    void aConnectWithReservedBitsIsNotAccepted() {
        for (int nibble = 1; nibble < 16; nibble++) {
            byte[] connect = Connect5.clean("nibble").packed();
            connect[0] |= (byte) nibble;
            clients.open().send(connect).expectClosed();
        }
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.14.1-1")
    void aDisconnectWithReservedBitsIsNoneAndPublishesTheWill() {
        RawClient watcher = clients.connect5("watcher").subscribe5("framing/will", 0);
        clients.connect(Connect5.clean("nibble-will").will(0, false, "framing/will", "gone"))
                .send("E8 00")
                .expectDisconnect(0x81);
        watcher.expect(publish("framing/will", "gone"));
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-2.1.3-1", "MQTT-2.2.1-5"})
    void everyPacketOfTheBrokerHasItsNibbleAndTheIdentifierOfItsRequest() {
        RawClient receiver = clients.connect5("types").subscribe5("framing/types", 2);
        Set<Integer> first = new TreeSet<>();
        RawClient sender = clients.open().send(Connect5.clean("types-sender").packed());
        first.add(sender.next5().first());
        sender.send(publish(1, 258, "framing/none", ""), publish(2, 65_535, "framing/types", ""));
        Seen5 puback = sender.next5();
        Seen5 pubrec = sender.next5();
        Seen5 pubcomp = sender.send(pubrel(65_535)).next5();
        assertThat(puback.id()).isEqualTo(258);
        assertThat(pubrec.id()).isEqualTo(65_535);
        assertThat(pubcomp.id()).isEqualTo(65_535);
        Seen5 delivery = receiver.next5();
        Seen5 pubrel = receiver.send(pubrec(delivery.id())).next5();
        assertThat(pubrel.id()).isEqualTo(delivery.id());
        receiver.send(pubcomp(pubrel.id()));
        for (Seen5 packet : new Seen5[] {puback, pubrec, pubcomp, delivery, pubrel}) {
            first.add(packet.first());
        }
        sender.send(subscribe(1, "framing/x", 0), unsubscribe(2, "framing/x"), PINGREQ, hex("00 00"));
        for (int i = 0; i < 4; i++) {
            first.add(sender.next5().first());
        }
        assertThat(first).containsExactly(0x20, 0x34, 0x40, 0x50, 0x62, 0x70, 0x90, 0xB0, 0xD0, 0xE0);
    }

    @ParameterizedTest
    @CsvSource({
        "Remaining Length,       C0 80 00",
        "of PUBLISH,             30 85 00 00 01 61 00 78",
        "Property Length,        30 06 00 01 61 80 00 78",
        "in SUBSCRIBE,           82 08 00 01 80 00 00 01 61 00",
        "in UNSUBSCRIBE,         A2 07 00 01 80 00 00 01 61",
        "in PUBACK,              40 05 00 01 00 80 00",
        "in DISCONNECT,          E0 03 00 80 00",
        "subscription id,        82 0A 00 01 03 0B 81 00 00 01 61 00",
        "five bytes of length,   C0 80 80 80 80 00",
        "five bytes of PUBLISH,  30 FF FF FF FF 01",
        "five property bytes,    30 09 00 01 61 80 80 80 80 00 78",
        "five of a subscription, 82 0D 00 01 06 0B 81 80 80 80 00 00 01 61 00"
    })
    @Normative(version = "5.0", value = "MQTT-1.5.5-1")
    void aPaddedOrTooLongVariableByteIntegerIsMalformed(String what, String packet) {
        clients.connect5("padded").send(packet).expectDisconnect(0x81);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-1.5.5-1")
    void aPaddedPropertyLengthInConnectIsMalformed() {
        byte[] connect = packet(0x10, "MQTT", 5, 2, hex("00 00 80 00"), "padded");
        clients.open().send(connect).expectRefusal(0x81);
        clients.open().send("10 80 80 80 80 01").expectClosed();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455})
    @Normative(version = "5.0", value = "MQTT-1.5.5-1")
    void aSubscriptionIdentifierComesBackInTheShortestForm(int id) {
        byte[] shortest = Props.variable(Props.SUBSCRIPTION_IDENTIFIER, id);
        RawClient client = clients.connect5("identified").subscribe5("framing/identified", 0, shortest);
        client.send(publish("framing/identified", "x"));
        client.expect(publish("framing/identified", "x", shortest));
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 107, 108, 109, 16_362, 16_363, 16_364, 2_097_131, 2_097_132, 2_097_133})
    @Normative(version = "5.0", value = "MQTT-1.5.5-1")
    void aRemainingLengthIsInTheShortestForm(int bytes) {
        RawClient client = clients.connect5("length").subscribe5("framing/length", 0);
        byte[] packet = packet(0x30, "framing/length", 0, new byte[bytes]);
        client.send(packet).expect(packet);
    }

    @ParameterizedTest
    @ValueSource(ints = {121, 122, 123, 16_377, 16_378, 16_379})
    @Normative(version = "5.0", value = "MQTT-1.5.5-1")
    void aPropertyLengthIsInTheShortestForm(int bytes) {
        RawClient client = clients.connect5("properties").subscribe5("framing/properties", 0);
        byte[] packet = publish("framing/properties", "x", Props.user("a", "x".repeat(bytes)));
        client.send(packet).expect(packet);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-2.2.1-2")
    void aPublishOfQos0HasNoIdentifier() {
        RawClient client = clients.connect5("no-id").subscribe5("a", 0);
        client.send("30 06 00 01 61 00 78 79").expect("30 06 00 01 61 00 78 79");
        client.send(publish(1, 5, "a", "xy")).expectInAnyOrder(puback(5), hex("30 06 00 01 61 00 78 79"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "82 07 00 00 00 00 01 61 00",
                "A2 06 00 00 00 00 01 61",
                "32 07 00 01 61 00 00 00 78",
                "34 07 00 01 61 00 00 00 78"
            })
    @Normative(version = "5.0", value = "MQTT-2.2.1-3")
    void packetIdentifierZeroClosesTheConnection(String packet) {
        clients.connect5("zero").send(packet).expectDisconnect(0x81, 0x82);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-2.2.1-4")
    void identifiersUnderWayAreDistinctAndNotZero() {
        RawClient receiver = clients.connect5("ids").subscribe5("framing/ids", 2);
        RawClient sender = clients.connect5("ids-sender");
        for (int i = 1; i <= 500; i++) {
            sender.send(publish(1 + i % 2, i, "framing/ids", "x"));
        }
        Set<Integer> ids = new TreeSet<>();
        for (int i = 0; i < 500; i++) {
            ids.add(receiver.next5().id());
        }
        assertThat(ids).hasSize(500).doesNotContain(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 258, 65_535})
    @Normative(version = "5.0", value = "MQTT-2.2.1-6")
    void subackAndUnsubackHaveTheIdentifierOfTheirRequest(int id) {
        RawClient client = clients.connect5("answers");
        assertThat(client.send(subscribe(id, "framing/answers", 1)).next5().id())
                .isEqualTo(id);
        assertThat(client.send(unsubscribe(id, "framing/answers")).next5().id()).isEqualTo(id);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-2.2.2-1")
    void noPropertiesAreALengthOfZero() {
        RawClient client = clients.connect5("without");
        client.send("82 07 00 01 00 00 01 62 00").expect("90 04 00 01 00 00");
        client.send("30 05 00 01 62 00 78").expect("30 05 00 01 62 00 78");
        client.send("A2 06 00 02 00 00 01 62").expect("B0 04 00 02 00 00");
        Connect5 small = Connect5.clean("without").with(Props.four(Props.MAXIMUM_PACKET_SIZE, 5));
        clients.open()
                .send(small.withFlags(6)
                        .withPayload("without", Props.of(), "$SYS/without", "")
                        .packed())
                .expect("20 03 00 87 00")
                .expectClosed();
    }

    @ParameterizedTest
    @ValueSource(strings = {"30 03 00 01 61", "32 05 00 01 61 00 01", "82 02 00 01", "A2 02 00 01"})
    @Normative(version = "5.0", value = "MQTT-2.2.2-1")
    void aPacketThatLacksItsPropertyLengthIsMalformed(String packet) {
        clients.connect5("lacking").send(packet).expectDisconnect(0x81);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-2.2.2-1")
    void aConnectThatLacksItsPropertyLengthIsMalformed() {
        clients.open().send(packet(0x10, "MQTT", 5, 2, hex("00 00"))).expectRefusal(0x81);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "C0 00",
                "30 04 00 01 61 00",
                "E0 00",
                "82 07 00 01 00 00 01 61 00",
                "F0 00",
                "F0 05 18 03 15 00 00",
                "00 00",
                "20 03 00 00 00",
                "47 45 54 20 2F 20"
            })
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.0-1", "MQTT-3.14.0-1"})
    void theFirstPacketHasToBeConnectAndIsNotAnsweredElse(String packet) {
        clients.open().send(packet).expectClosed();
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.0-2", "MQTT-3.1.2-8", "MQTT-3.2.0-2"})
    void aSecondConnectIsAProtocolErrorAndPublishesTheWill() {
        RawClient watcher = clients.connect5("watcher").subscribe5("framing/second", 0);
        Connect5 connect = Connect5.clean("second").will(0, false, "framing/second", "gone");
        clients.connect(connect).send(connect.packed()).expectDisconnect(0x82);
        watcher.expect(publish("framing/second", "gone"));
    }

    @ParameterizedTest
    @CsvSource({
        "type 0,                 00 00,                      0x81",
        "CONNACK,                20 03 00 00 00,             0x82",
        "SUBACK,                 90 04 00 01 00 00,          0x82",
        "UNSUBACK,               B0 04 00 01 00 00,          0x82",
        "PINGRESP,               D0 00,                      0x82",
        "PINGREQ with a body,    C0 01 00,                   0x81",
        "PUBACK of one byte,     40 01 01,                   0x81",
        "PUBREL without id,      62 00,                      0x81",
        "cut off topic,          30 01 00,                   0x81",
        "cut off id,             32 03 00 01 61,             0x81",
        "no filter,              82 03 00 01 00,             0x82",
        "no filter to remove,    A2 03 00 01 00,             0x82",
        "filter without options, 82 06 00 01 00 00 01 61,    0x81",
        "bytes behind PUBACK,    40 05 00 01 00 00 00,       0x81",
        "bytes behind the end,   E0 03 00 00 00,             0x81",
        "QoS 3,                  36 07 00 01 61 00 01 00 78, 0x81"
    })
    @Normative(version = "5.0", value = "MQTT-4.13.1-1")
    void aViolationClosesItsConnectionWithItsCodeAndNoOther(String what, String packet, int reason) {
        RawClient other = clients.connect5("violation-other").subscribe5("framing/violation", 1);
        clients.connect5("violation").send(packet).expectDisconnect(reason);
        other.send(Packets5.publish(1, 1, "framing/violation", "x"));
        other.expectInAnyOrder(puback(1), publish(1, 1, "framing/violation", "x"));
    }

    @Test
    void packetsMayComeByteByByte() {
        RawClient client = clients.open();
        client.sendByteByByte(Connect5.clean("bytes").packed());
        assertThat(client.next5().reason()).isZero();
        client.sendByteByByte(concat(subscribe(1, "framing/bytes", 0), publish("framing/bytes", "x"), PINGREQ))
                .expect(hex("90 04 00 01 00 00"), publish("framing/bytes", "x"), PINGRESP);
    }
}
