// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.again;
import static io.skep.conformance.wire.Packets.bytes;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static io.skep.conformance.wire.Packets.twoBytes;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.unsubscribe;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** UNSUBSCRIBE and UNSUBACK. */
class UnsubscribeTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static Arguments refused(String what, byte[] packet, Integer... reasons) {
        return Arguments.of(what, packet, reasons);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                refused("flags 0", packet(0xA0, twoBytes(1), 0, "a"), 0x81),
                refused("flags 10", packet(0xAA, twoBytes(1), 0, "a"), 0x81),
                refused("ill-formed UTF-8", packet(0xA2, twoBytes(1), 0, bytes(hex("61 C3 28"))), 0x81),
                refused("U+0000", unsubscribe(1, "a\0"), 0x81),
                refused("no filter", unsubscribe(1), 0x82),
                refused("empty filter", unsubscribe(1, ""), 0x81, 0x82),
                refused("no filter behind $share", unsubscribe(1, "$share/g"), 0x81, 0x82, 0x8F));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    @Normative(
            version = "5.0",
            value = {"MQTT-3.10.1-1", "MQTT-3.10.3-1", "MQTT-3.10.3-2", "MQTT-4.7.3-1", "MQTT-4.7.3-2"})
    void whatIsNoUnsubscribeClosesTheConnectionWithoutUnsuback(String what, byte[] packet, Integer[] reasons) {
        clients.connect5("refused").send(packet).expectDisconnect(reasons);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.10.4-4", "MQTT-3.10.4-5", "MQTT-3.10.4-6", "MQTT-3.11.3-1", "MQTT-3.11.3-2"})
    void anUnsubackHasTheIdentifierAndACodeForEachFilterInTheirOrder(boolean durable) {
        RawClient client = clients.connect(durable ? Connect5.persistent("codes-durable") : Connect5.clean("codes"));
        client.subscribe5("unsubscribe/a", 0).subscribe5("unsubscribe/b/#", 0).subscribe5("$share/g/unsubscribe/c", 0);
        Seen5 none = client.send(unsubscribe(0xFFFF, "unsubscribe/none")).next5(11);
        assertThat(none.id()).isEqualTo(0xFFFF);
        assertThat(none.reasons()).containsExactly(0x11);
        Seen5 many = client.send(unsubscribe(
                        2,
                        "unsubscribe/b/#",
                        "unsubscribe/none",
                        "unsubscribe/a",
                        "unsubscribe/c",
                        "unsubscribe/a",
                        "$share/g/unsubscribe/c"))
                .next5(11);
        assertThat(many.id()).isEqualTo(2);
        assertThat(many.reasons()).containsExactly(0, 0x11, 0, 0x11, 0x11, 0);
        client.expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.10.4-1")
    void filtersAreComparedAsText() {
        RawClient client = clients.connect5("literal");
        for (String filter : List.of("unsubscribe/l/#", "unsubscribe/l/a", "unsubscribe/l/+", "unsubscribe/l/a/")) {
            client.subscribe5(filter, 0);
        }
        assertThat(client.send(unsubscribe(2, "unsubscribe/l/#", "unsubscribe/+/a", "unsubscribe/l/A"))
                        .next5(11)
                        .reasons())
                .containsExactly(0, 0x11, 0x11);
        RawClient sender = clients.connect5("sender");
        sender.send(publish("unsubscribe/l/a/b", "gone"), publish("unsubscribe/l/a", "here"));
        client.expectPayloads5("here");
        client.send(unsubscribe(3, "unsubscribe/l/+")).next5(11);
        sender.send(publish("unsubscribe/l/b", "gone"), publish("unsubscribe/l/a/", "here too"));
        client.expectPayloads5("here too").expectSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Normative(version = "5.0", value = "MQTT-3.10.4-2")
    void nothingMoreIsAddedForWhatWasUnsubscribed(int qos) {
        String id = "more" + qos;
        RawClient client = clients.connect(Connect5.persistent(id));
        client.subscribe5("unsubscribe/more", qos).subscribe5("unsubscribe/end", qos);
        client.send(unsubscribe(2, "unsubscribe/more")).next5(11);
        RawClient sender = clients.connect5("sender");
        for (int round = 1; round <= 2; round++) {
            sender.send(publish("unsubscribe/more", "0"), publish(1, 1, "unsubscribe/more", "1"))
                    .next5(4);
            sender.send(publish(2, 2, "unsubscribe/more", "2")).next5(5);
            sender.send(pubrel(2)).expect(pubcomp(2));
            sender.send(publish(1, 3, "unsubscribe/end", "end")).expect(puback(3));
            if (round == 1) {
                client.expectPayloads5("end").drop();
            }
        }
        RawClient back = clients.connect(Connect5.persistent(id));
        assertThat(back.drainQueue5())
                .extracting(Seen5::payload)
                .containsExactlyElementsOf(qos == 0 ? List.of() : List.of("end", "end"));
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.10.4-3")
    void deliveriesThatHaveBegunAreFinished() {
        RawClient client = clients.connect(Connect5.persistent("finish")).subscribe5("unsubscribe/finish", 2);
        RawClient sender = clients.connect5("sender");
        sender.send(publish(2, 1, "unsubscribe/finish", "a")).expect(pubrec(1));
        sender.send(publish(1, 2, "unsubscribe/finish", "b")).expect(puback(2));
        sender.send(publish(2, 3, "unsubscribe/finish", "c")).expect(pubrec(3));
        int first = client.nextPublish5().id();
        int second = client.nextPublish5().id();
        int third = client.nextPublish5().id();
        client.send(unsubscribe(2, "unsubscribe/finish")).next5(11);
        client.send(pubrec(first)).expect(pubrel(first)).drop();

        RawClient back = clients.connect(Connect5.persistent("finish"));
        back.expect(
                pubrel(first),
                again(publish(1, second, "unsubscribe/finish", "b")),
                again(publish(2, third, "unsubscribe/finish", "c")));
        back.send(pubcomp(first), puback(second), pubrec(third)).expect(pubrel(third));
        back.send(pubcomp(third)).expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.10.4-2")
    void retainedMessagesThatStillWaitAreNotSentAnyMore() {
        RawClient sender = clients.connect5("sender");
        for (int i = 1; i <= 3; i++) {
            sender.send(packet(0x33, "unsubscribe/kept/" + i, twoBytes(i), Props.of(), "old".getBytes(UTF_8)))
                    .next5(4);
        }
        RawClient client = clients.connect(Connect5.clean("kept").with(Props.two(Props.RECEIVE_MAXIMUM, 1)));
        client.subscribe5("unsubscribe/kept/+", 1);
        int held = client.nextPublish5().id();
        client.send(unsubscribe(2, "unsubscribe/kept/+")).next5(11);
        for (int i = 1; i <= 3; i++) {
            sender.send(packet(0x33, "unsubscribe/kept/" + i, twoBytes(i), Props.of(), "new".getBytes(UTF_8)))
                    .next5(4);
        }
        client.send(puback(held)).expectSilence();
    }
}
