// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.twoBytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.Packets5;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.testkit.BrokerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Payloads that are declared to be UTF-8. */
class PayloadFormatTest {

    private static final byte[] TEXT = Props.one(Props.PAYLOAD_FORMAT_INDICATOR, 1);
    private static final byte[] BINARY = Props.one(Props.PAYLOAD_FORMAT_INDICATOR, 0);

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create().set("mqtt.payload-format-check", true);

    @RegisterExtension
    static final BrokerExtension trusting = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @RegisterExtension
    final Clients clientsOfTrusting = new Clients(trusting);

    private static byte[] publish(int qos, int id, byte[] payload, byte[]... properties) {
        byte[] packetId = qos == 0 ? new byte[0] : twoBytes(id);
        return packet(0x30 | qos << 1, "format/t", packetId, Props.of(properties), payload);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"FF", "C0 80", "ED A0 80", "F4 90 80 80", "C3", "61 80 61", "61 62 63 64 65 66 67 68 69 E2 82"})
    @Normative(version = "extra", value = "U5-3.3.2-2")
    void aPayloadThatIsNotUtf8IsRefusedByItsAcknowledgement(String payload) {
        RawClient subscriber = clients.connect5("subscriber").subscribe5("format/t", 2);
        RawClient publisher = clients.connect5("publisher");
        long dropped = broker.metrics().get(Metric.DROPPED_PAYLOAD_FORMAT);
        publisher.send(publish(1, 1, hex(payload), TEXT));
        Seen5 puback = publisher.next5();
        assertThat(puback.type()).isEqualTo(4);
        assertThat(puback.reason()).isEqualTo(0x99);
        publisher.send(publish(2, 2, hex(payload), TEXT));
        Seen5 pubrec = publisher.next5();
        assertThat(pubrec.type()).isEqualTo(5);
        assertThat(pubrec.reason()).isEqualTo(0x99);
        publisher.send(publish(2, 2, hex("6F 6B"), TEXT)); // the identifier is free again
        assertThat(publisher.next5().reason()).isZero();
        assertThat(subscriber.next5().payload()).isEqualTo("ok");
        assertThat(broker.metrics().get(Metric.DROPPED_PAYLOAD_FORMAT)).isEqualTo(dropped + 2);
    }

    @Test
    @Normative(version = "extra", value = "U5-3.3.2-2")
    void atQos0TheConnectionCloses() {
        clients.connect5("publisher").send(publish(0, 0, hex("FF"), TEXT)).expectDisconnect(0x99);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "61", "00", "C3 A9", "E2 82 AC", "F0 9F 90 9D", "EF BF BF"})
    void utf8IsPassedOn(String payload) {
        RawClient client = clients.connect5("both").subscribe5("format/t", 0);
        byte[] packet = publish(0, 0, hex(payload), TEXT);
        client.send(packet).expect(packet);
    }

    @Test
    void whatDeclaresNothingOrBinaryMayBeAnything() {
        RawClient client = clients.connect5("both").subscribe5("format/t", 0);
        byte[] undeclared = publish(0, 0, hex("FF"));
        byte[] binary = publish(0, 0, hex("FF"), BINARY);
        client.send(undeclared, binary).expect(undeclared, binary);
        RawClient older = clients.connect(Connect.clean("older")).subscribe("format/t", 0);
        older.send(Packets.packet(0x30, "format/t", hex("FF"))).expect(Packets.packet(0x30, "format/t", hex("FF")));
    }

    @Test
    @Normative(version = "extra", value = "U5-3.1.3-3")
    void aWillThatIsNotUtf8IsRefused() {
        RawClient client = clients.open().send(withWill("FF", TEXT));
        assertThat(client.next5().reason()).isEqualTo(0x99);
        client.expectClosed();
        assertThat(clients.open().send(withWill("C3 A9", TEXT)).next5().reason())
                .isZero();
        assertThat(clients.open().send(withWill("FF", BINARY)).next5().reason()).isZero();
    }

    private static byte[] withWill(String payload, byte[] properties) {
        byte[] bytes = hex(payload);
        Connect5 clean = Connect5.clean("will");
        return clean.withFlags(clean.flags() | 4)
                .withPayload(
                        clean.payload(), Props.of(properties), "format/will", concat(twoBytes(bytes.length), bytes))
                .packed();
    }

    @Test
    void unlessConfiguredNobodyLooks() {
        RawClient client = clientsOfTrusting.connect5("both").subscribe5("format/t", 0);
        byte[] packet = publish(0, 0, hex("FF"), TEXT);
        client.send(packet).expect(packet);
        assertThat(clientsOfTrusting.open().send(withWill("FF", TEXT)).next5().reason())
                .isZero();
        client.send(Packets5.disconnect(0)).expectClosed();
    }
}
