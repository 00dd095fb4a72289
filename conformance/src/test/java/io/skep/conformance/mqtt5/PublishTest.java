// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.PINGREQ;
import static io.skep.conformance.wire.Packets.PINGRESP;
import static io.skep.conformance.wire.Packets.bytes;
import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static io.skep.conformance.wire.Packets.twoBytes;
import static io.skep.conformance.wire.Packets5.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PUBLISH from a client: what is refused, what is answered, and what of it reaches subscribers. */
class PublishTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static Arguments refused(String what, byte[] packet, Integer... reasons) {
        return Arguments.of(what, packet, reasons);
    }

    private static byte[] withTopic(byte[] topic) {
        return packet(0x30, bytes(topic), Props.of(), hex("78"));
    }

    static Stream<Arguments> refused() {
        byte[] illFormed = bytes(hex("61 C3 28"));
        byte[] surrogate = bytes(hex("ED A0 80"));
        return Stream.of(
                refused("QoS 3", publish(3, 1, "publish/refused", "x"), 0x81),
                refused("DUP with QoS 0", packet(0x38, "publish/refused", Props.of(), hex("78")), 0x81, 0x82),
                refused("topic of ill-formed UTF-8", withTopic(hex("61 C3 28")), 0x81),
                refused("topic with a surrogate", withTopic(hex("61 ED A0 80")), 0x81),
                refused("topic with U+0000", withTopic(hex("61 00 62")), 0x81),
                refused("no topic", packet(0x30), 0x81),
                refused("empty topic", publish("", "x"), 0x82),
                refused("+ in the topic", publish("publish/+", "x"), 0x90, 0x81, 0x82),
                refused("# in the topic", publish("publish/#", "x"), 0x90, 0x81, 0x82),
                refused("+ within a level", publish("publish/a+b", "x"), 0x90, 0x81, 0x82),
                refused("Response Topic of ill-formed UTF-8", with(concat(Props.RESPONSE_TOPIC, illFormed)), 0x81),
                refused("Response Topic with U+0000", with(Props.text(Props.RESPONSE_TOPIC, "a\0")), 0x81),
                refused("Response Topic with +", with(Props.text(Props.RESPONSE_TOPIC, "a/+")), 0x82, 0x81, 0x90),
                refused("Response Topic with #", with(Props.text(Props.RESPONSE_TOPIC, "#")), 0x82, 0x81, 0x90),
                refused("Content Type of ill-formed UTF-8", with(concat(Props.CONTENT_TYPE, illFormed)), 0x81),
                refused("Content Type with a surrogate", with(concat(Props.CONTENT_TYPE, surrogate)), 0x81),
                refused("Payload Format Indicator 2", with(Props.one(Props.PAYLOAD_FORMAT_INDICATOR, 2)), 0x81, 0x82),
                refused("Subscription Identifier", with(hex("0B 01")), 0x82));
    }

    private static byte[] with(byte[] property) {
        return publish("publish/refused", "x", property);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    @Normative(
            version = "5.0",
            value = {
                "MQTT-3.3.1-2",
                "MQTT-3.3.1-4",
                "MQTT-3.3.2-1",
                "MQTT-3.3.2-2",
                "MQTT-3.3.2-13",
                "MQTT-3.3.2-14",
                "MQTT-3.3.2-19",
                "MQTT-3.3.4-6",
                "MQTT-4.7.0-1",
                "MQTT-4.7.3-1",
                "MQTT-4.7.3-2"
            })
    @Normative(
            version = "extra",
            value = {"U5-3.3.2-1", "U5-3.3.2-2"})
    void whatIsNoPublishClosesTheConnectionAndReachesNobody(String what, byte[] packet, Integer[] reasons) {
        RawClient witness = clients.connect5("witness").subscribe5("#", 0x20); // without retained ones
        clients.connect5("refused").send(packet).expectDisconnect(reasons);
        clients.connect5("sender").send(publish("publish/end", "end"));
        assertThat(witness.nextPublish5().topic()).as(what).isEqualTo("publish/end");
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.3.4-1", "MQTT-4.3.2-4", "MQTT-4.3.3-8", "MQTT-4.3.3-11"})
    void theAnswerIsNonePubackOrPubrecByItsQos() {
        clients.connect5("receiver").subscribe5("publish/answer", 2);
        RawClient sender = clients.connect5("sender");
        sender.send(publish("publish/answer", "x")).expectSilence();
        sender.send(publish(1, 0x1234, "publish/answer", "x")).expect(puback(0x1234));
        sender.send(publish(2, 0xFFFF, "publish/answer", "x")).expect(pubrec(0xFFFF));
        sender.send(pubrel(0xFFFF)).expect(pubcomp(0xFFFF)).expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.12.4-1")
    void aPingIsAnswered() {
        clients.connect5("ping")
                .send(PINGREQ)
                .expect(PINGRESP)
                .send(PINGREQ, PINGREQ)
                .expect(PINGRESP, PINGRESP);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.3.2-4", "MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-17", "MQTT-3.3.2-18", "MQTT-3.3.2-20"
            })
    void propertiesReachEachSubscriberAsTheyWerePublished(int qos) {
        String topic = "publish/properties/" + qos;
        RawClient plain = clients.connect5("plain").subscribe5(topic, qos);
        RawClient other = clients.connect5("other").subscribe5("publish/properties/#", qos);
        RawClient away = clients.connect(Connect5.persistent("away" + qos)).subscribe5(topic, qos);
        away.drop();
        byte[] packet = packet(
                0x31 | qos << 1,
                topic,
                qos == 0 ? new byte[0] : twoBytes(7),
                Props.of(
                        Props.user("b", "1"),
                        Props.text(Props.CONTENT_TYPE, "text/plain; größe"),
                        Props.user("a", "2"),
                        Props.text(Props.RESPONSE_TOPIC, "answers/here"),
                        Props.user("b", "1"),
                        Props.one(Props.PAYLOAD_FORMAT_INDICATOR, 1),
                        Props.user("", ""),
                        Props.binary(Props.CORRELATION_DATA, hex("00 FF 00")),
                        Props.user("b", "0")),
                hex("78"));
        RawClient sender = clients.connect5("sender").send(packet);
        if (qos > 0) {
            sender.next5(qos == 1 ? 4 : 5);
        }

        RawClient late = clients.connect5("late").subscribe5(topic, qos); // gets it as a retained message
        assertAllProperties(plain.nextPublish5());
        assertAllProperties(other.nextPublish5());
        assertAllProperties(late.nextPublish5());
        if (qos > 0) {
            assertAllProperties(
                    clients.connect(Connect5.persistent("away" + qos)).nextPublish5());
        }
    }

    private static void assertAllProperties(Seen5 found) {
        assertThat(found.all(Props.USER_PROPERTY)).containsExactly("b=1", "a=2", "b=1", "=", "b=0");
        assertThat(found.property(Props.CONTENT_TYPE)).isEqualTo("text/plain; größe");
        assertThat(found.property(Props.RESPONSE_TOPIC)).isEqualTo("answers/here");
        assertThat(found.property(Props.CORRELATION_DATA)).isEqualTo("00ff00");
        assertThat(found.property(Props.PAYLOAD_FORMAT_INDICATOR)).isEqualTo(1L);
        assertThat(found.properties()).hasSize(5);
        assertThat(found.payload()).isEqualTo("x");
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.3.2-4")
    void thePayloadFormatIndicatorStaysWhatItWasOrAbsent() {
        RawClient receiver = clients.connect5("receiver").subscribe5("publish/format", 0);
        clients.connect5("sender")
                .send(
                        publish("publish/format", "x"),
                        publish("publish/format", "x", Props.one(Props.PAYLOAD_FORMAT_INDICATOR, 1)),
                        publish("publish/format", "x", Props.one(Props.PAYLOAD_FORMAT_INDICATOR, 0)));
        assertThat(receiver.nextPublish5().property(Props.PAYLOAD_FORMAT_INDICATOR))
                .isNull();
        assertThat(receiver.nextPublish5().property(Props.PAYLOAD_FORMAT_INDICATOR))
                .isEqualTo(1L);
        assertThat(receiver.nextPublish5().property(Props.PAYLOAD_FORMAT_INDICATOR))
                .isIn(0L, null);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.3.2-16")
    void correlationDataIsAnyBytesOfAnyLength() {
        RawClient receiver = clients.connect5("receiver").subscribe5("publish/correlation", 1);
        RawClient sender = clients.connect5("sender");
        byte[] large = new byte[65_535];
        for (int i = 0; i < large.length; i++) {
            large[i] = (byte) (i * 31);
        }
        for (byte[] data : List.of(new byte[0], new byte[1], hex("ED A0 80 00"), large)) {
            byte[] property = Props.binary(Props.CORRELATION_DATA, data);
            sender.send(publish(1, 1, "publish/correlation", "x", property)).expect(puback(1));
            assertThat(receiver.nextPublish5().property(Props.CORRELATION_DATA))
                    .isEqualTo(HexFormat.of().formatHex(data));
        }
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.3.2-17", "MQTT-3.3.2-18"})
    void manyUserPropertiesKeepTheirOrder() {
        RawClient receiver = clients.connect5("receiver").subscribe5("publish/user", 2);
        byte[][] properties = new byte[1_000][];
        Object[] expected = new Object[properties.length];
        for (int i = 0; i < properties.length; i++) {
            String name = "name " + i * 7 % 10;
            properties[i] = Props.user(name, "value " + i * 13 % 100);
            expected[i] = name + "=value " + i * 13 % 100;
        }
        clients.connect5("sender").send(publish(1, 1, "publish/user", "x", properties));
        assertThat(receiver.nextPublish5().all(Props.USER_PROPERTY)).containsExactly(expected);
    }
}
