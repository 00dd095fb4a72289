// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.ACCEPTED;
import static io.skep.conformance.wire.Packets.PINGREQ;
import static io.skep.conformance.wire.Packets.PINGRESP;
import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.publish;
import static io.skep.conformance.wire.Packets.suback;
import static io.skep.conformance.wire.Packets.subscribe;
import static io.skep.conformance.wire.Packets.twoBytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets as such: their first byte, their length, where they begin and end. */
class FramingTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create().set("mqtt.packet-bytes-max", 268_435_460);

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @Test
    @Normative(version = "3.1.1", value = "MQTT-7.1.1-1")
    void packetsMayComeByteByByte() {
        RawClient client = clients.open();
        client.sendByteByByte(Connect.clean("bytes").packed()).expect(ACCEPTED);
        client.sendByteByByte(subscribe(1, "framing/bytes", 1)).expect(suback(1, 1));
        client.sendByteByByte(publish(1, 7, "framing/bytes", "payload"))
                .expectInAnyOrder(puback(7), publish(1, 1, "framing/bytes", "payload"));
        client.sendByteByByte(PINGREQ).expect(PINGRESP);
    }

    @Test
    void manyPacketsMayComeInOneSegment() {
        byte[][] packets = new byte[502][];
        packets[0] = Connect.clean("segment").packed();
        packets[1] = subscribe(1, "framing/segment", 0);
        for (int i = 2; i < packets.length; i++) {
            packets[i] = publish("framing/segment", "message " + i);
        }
        RawClient client = clients.open().send(packets).expect(ACCEPTED, suback(1, 0));
        for (int i = 2; i < packets.length; i++) {
            client.expect(packets[i]);
        }
    }

    @Test
    void aPacketMayBeCutAtAnyByte() {
        byte[] all = concat(publish("framing/cut", "first"), publish("framing/cut", "second"));
        RawClient client = clients.connect("cut").subscribe("framing/cut", 0);
        for (int cut = 1; cut < all.length; cut++) {
            byte[] head = Arrays.copyOf(all, cut);
            byte[] tail = Arrays.copyOfRange(all, cut, all.length);
            client.send(head).send(tail).expect(publish("framing/cut", "first"), publish("framing/cut", "second"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x11, 0x12, 0x18})
    @Normative(
            version = "3.1.1",
            value = {"MQTT-2.2.2-2", "MQTT-3.1.4-1"})
    void aConnectWithReservedBitsIsNotAnswered(int first) {
        byte[] connect = Connect.clean("nibble").packed();
        connect[0] = (byte) first;
        clients.open().send(connect).expectClosed();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "C1 00",
                "41 02 00 01",
                "51 02 00 01",
                "60 02 00 01",
                "63 02 00 01",
                "6A 02 00 01",
                "72 02 00 01",
                "80 06 00 01 00 01 61 00",
                "8A 06 00 01 00 01 61 00",
                "A0 05 00 01 00 01 61",
                "AA 05 00 01 00 01 61",
                "E1 00"
            })
    @Normative(
            version = "3.1.1",
            value = {"MQTT-2.2.2-2", "MQTT-3.6.1-1", "MQTT-3.8.1-1", "MQTT-3.10.1-1", "MQTT-3.14.1-1", "MQTT-4.8.0-1"})
    void wrongReservedBitsCloseThisConnectionOnly(String packet) {
        RawClient other = clients.connect("nibble-other");
        clients.connect("nibble").send(packet).expectClosed();
        other.expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.14.1-1")
    void aDisconnectWithReservedBitsIsNone() {
        RawClient watcher = clients.connect("watcher").subscribe("framing/will", 0);
        clients.connect(Connect.clean("nibble-will").will(0, false, "framing/will", "gone"))
                .send("E1 00")
                .expectClosed();
        watcher.expect(publish("framing/will", "gone"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00 00",
                "F0 00",
                "20 02 00 00",
                "90 03 00 01 00",
                "B0 02 00 01",
                "D0 00",
                "C0 01 00",
                "40 01 01",
                "40 03 00 01 00",
                "62 00",
                "E0 01 00",
                "30 01 00",
                "32 03 00 01 61",
                "82 02 00 01"
            })
    @Normative(version = "3.1.1", value = "MQTT-4.8.0-1")
    void whatNoClientMaySendClosesItsConnection(String packet) {
        RawClient other = clients.connect("violation-other");
        clients.connect("violation").send(packet).expectClosed();
        other.expectSilence();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "C0 00",
                "30 03 00 01 61",
                "E0 00",
                "82 06 00 01 00 01 61 00",
                "F0 00",
                "00 00",
                "47 45 54 20 2F 20"
            })
    @Normative(version = "3.1.1", value = "MQTT-3.1.0-1")
    void theFirstPacketHasToBeConnect(String packet) {
        clients.open().send(packet).expectClosed();
    }

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.1.0-2", "MQTT-3.1.2-8"})
    void aSecondConnectClosesTheConnectionAndPublishesTheWill() {
        RawClient watcher = clients.connect("watcher").subscribe("framing/second", 0);
        Connect connect = Connect.clean("second").will(0, false, "framing/second", "gone");
        clients.connect(connect).send(connect.packed()).expectClosed();
        watcher.expect(publish("framing/second", "gone"));
    }

    @Test
    @Normative(version = "extra", value = "U3-2.2.3-1")
    void aFifthLengthByteClosesTheConnectionAndFourAreEnough() {
        RawClient largest = clients.connect("largest").send("30 FF FF FF 7F").send(concat("framing/largest"));
        RawClient tooLarge = clients.connect("too-large").send("30 FF FF FF FF");
        tooLarge.expectClosed();
        assertThat(largest.isOpenAndSilent()).isTrue();
        clients.open().send("10 80 80 80 80 01").expectClosed();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x82, 0xA2, 0x32, 0x34})
    @Normative(version = "3.1.1", value = "MQTT-2.3.1-1")
    void packetIdentifierZeroClosesTheConnection(int first) {
        byte[] zero = twoBytes(0);
        byte[] packet = switch (first) {
            case 0x82 -> packet(first, zero, "framing/zero", 0);
            case 0xA2 -> packet(first, zero, "framing/zero");
            default -> packet(first, "framing/zero", zero, hex("70"));
        };
        clients.connect("zero").send(packet).expectClosed();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.12.4-1")
    void eachPingIsAnswered() {
        clients.connect("ping").send(PINGREQ, PINGREQ, PINGREQ).expect(PINGRESP, PINGRESP, PINGRESP);
    }
}
