// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.bytes;
import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.twoBytes;
import static io.skep.conformance.wire.Packets5.publish;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets5;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Strings in all their fields: ill-formed ones are malformed, others are left as they are. */
class StringsTest {

    private static final String[] ILL_FORMED = {
        "C3 28", // a byte that does not continue
        "A0", // a continuation without a start
        "61 C3", // cut off
        "C0 AF", // longer than needed
        "ED A0 80", // a high surrogate
        "ED BF BF", // a low surrogate
        "F4 90 80 80", // beyond U+10FFFF
        "61 00 62" // U+0000
    };

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    static Stream<String> illFormed() {
        return Stream.of(ILL_FORMED);
    }

    private static byte[] property(int id, byte[] string) {
        return concat(id, string);
    }

    private static byte[] wrongName(byte[] string) {
        return concat(Props.USER_PROPERTY, string, "value");
    }

    private static byte[] wrongValue(byte[] string) {
        return concat(Props.USER_PROPERTY, "name", string);
    }

    private void expectMalformed(byte[]... packets) {
        for (byte[] wrong : packets) {
            clients.connect5("strings").send(wrong).expectDisconnect(0x81);
        }
    }

    private void expectRefused(Connect5... connects) {
        for (Connect5 connect : connects) {
            clients.open().send(connect.packed()).expectRefusal(0x81);
        }
    }

    @ParameterizedTest
    @MethodSource("illFormed")
    @Normative(
            version = "5.0",
            value = {"MQTT-1.5.4-1", "MQTT-1.5.4-2"})
    void anIllFormedStringIsMalformed(String hex) {
        byte[] wrong = bytes(hex(hex));
        RawClient watcher = clients.connect5("watcher").subscribe5("#", 0);
        expectMalformed(
                packet(0x30, wrong, 0, hex("70")),
                packet(0x32, wrong, twoBytes(1), 0, hex("70")),
                packet(0x82, twoBytes(1), 0, wrong, 0),
                packet(0x82, twoBytes(1), 0, "strings/good", 0, wrong, 0),
                packet(0xA2, twoBytes(1), 0, wrong),
                publish("strings/p", "x", property(Props.CONTENT_TYPE, wrong)),
                publish("strings/p", "x", property(Props.RESPONSE_TOPIC, wrong)),
                Packets5.ack(0x40, 1, 0, property(Props.REASON_STRING, wrong)),
                Packets5.ack(0x50, 1, 0, property(Props.REASON_STRING, wrong)),
                Packets5.ack(0x62, 1, 0, property(Props.REASON_STRING, wrong)),
                Packets5.ack(0x70, 1, 0, property(Props.REASON_STRING, wrong)),
                Packets5.disconnect(4, property(Props.REASON_STRING, wrong)),
                Packets5.auth(0x19, property(Props.AUTHENTICATION_METHOD, wrong)));
        watcher.expectSilence();
    }

    @ParameterizedTest
    @MethodSource("illFormed")
    @Normative(
            version = "5.0",
            value = {
                "MQTT-1.5.4-1",
                "MQTT-1.5.4-2",
                "MQTT-3.1.3-4",
                "MQTT-3.1.3-11",
                "MQTT-3.1.3-12",
                "MQTT-3.1.4-1",
                "MQTT-3.14.0-1"
            })
    void anIllFormedStringInConnectIsMalformed(String hex) {
        byte[] wrong = bytes(hex(hex));
        Connect5 connect = Connect5.clean("strings");
        expectRefused(
                connect.withPayload(wrong),
                connect.withFlags(0x82).withPayload("strings", wrong),
                connect.withFlags(0x06).withPayload("strings", 0, wrong, "gone"),
                connect.with(property(Props.AUTHENTICATION_METHOD, wrong)),
                connect.will(0, false, "strings/will", "gone", property(Props.CONTENT_TYPE, wrong)),
                connect.will(0, false, "strings/will", "gone", property(Props.RESPONSE_TOPIC, wrong)));
    }

    @ParameterizedTest
    @MethodSource("illFormed")
    @Normative(version = "5.0", value = "MQTT-1.5.7-1")
    void anIllFormedUserPropertyIsMalformed(String hex) {
        byte[] wrong = bytes(hex(hex));
        for (byte[] pair : new byte[][] {wrongName(wrong), wrongValue(wrong)}) {
            expectMalformed(
                    publish("strings/pair", "x", pair),
                    Packets5.subscribe(1, "strings/pair", 0, pair),
                    packet(0xA2, twoBytes(1), Props.of(pair), "strings/pair"),
                    Packets5.ack(0x40, 1, 0, pair),
                    Packets5.ack(0x50, 1, 0, pair),
                    Packets5.ack(0x62, 1, 0, pair),
                    Packets5.ack(0x70, 1, 0, pair),
                    Packets5.disconnect(4, pair),
                    Packets5.auth(0x19, Props.text(Props.AUTHENTICATION_METHOD, "M"), pair));
            Connect5 connect = Connect5.clean("strings");
            expectRefused(connect.with(pair), connect.will(0, false, "strings/will", "gone", pair));
        }
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-1.5.4-1")
    void aStringLongerThanItsPacketIsMalformed() {
        expectMalformed(
                hex("30 05 00 06 61 62 00"),
                hex("82 08 00 01 00 00 09 61 62 00"),
                hex("30 0A 00 01 61 05 03 00 03 61 62 78"),
                hex("30 0C 00 01 61 07 26 00 01 61 00 02 62 78"));
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-1.5.4-3")
    void aZeroWidthSpaceIsAnOrdinaryCharacter() {
        RawClient with = clients.connect5("with").subscribe5("\ufeffstrings/bom", 0);
        RawClient without = clients.connect5("without").subscribe5("strings/bom", 0);
        RawClient sender = clients.connect5("bom-sender");
        byte[] bom = hex("EF BB BF");
        byte[] topic = bytes(concat(bom, "strings/bom".getBytes(UTF_8)));
        byte[] property = concat(Props.USER_PROPERTY, bytes(bom), bytes(concat(hex("61"), bom)));
        byte[] message = packet(0x30, topic, Props.of(property), hex("31"));
        sender.send(message);
        with.expect(message);
        sender.send(publish(1, 1, "strings/bom", "2", property)).expect(puback(1));
        without.expect(publish("strings/bom", "2", property)).expectSilence();
        with.expectSilence();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\u0001", "\u001f", "\u007f", "\u0085", "\u009f", "\ufdd0", "\ufffe", "\uffff", "\ud83f\udfff"})
    @Normative(version = "extra", value = "U5-1.5.4-1")
    void controlCharactersAndNonCharactersAreAcceptedIfNothingElseIsConfigured(String odd) {
        byte[] property = Props.user("strings" + odd, odd);
        RawClient client = clients.connect(Connect5.clean("strings" + odd).user("user" + odd, "word"));
        client.subscribe5("strings/" + odd, 0).send(publish("strings/" + odd, "x", property));
        client.expect(publish("strings/" + odd, "x", property)).expectSilence();
    }
}
