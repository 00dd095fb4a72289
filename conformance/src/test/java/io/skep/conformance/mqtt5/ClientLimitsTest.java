// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.twoBytes;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.unsubscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.Packets5;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client says in CONNECT that it does not take, or does not want to hear. */
class ClientLimitsTest {

    private static final String LONG_TEXT = "because of a long story ".repeat(10);

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create()
            .set("mqtt.features.response-information", "answers/")
            .hooks(hooks ->
                    hooks.authenticator(login -> "nobody".equals(login.client().userName())
                            ? Decision.deny(ReasonCode.NOT_AUTHORIZED, LONG_TEXT)
                            : Decision.allow()));

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static Connect5 taking(String id, int packetBytesMax) {
        return Connect5.clean(id).with(Props.four(Props.MAXIMUM_PACKET_SIZE, packetBytesMax));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.2-24", "MQTT-3.1.2-25"})
    void aPublishIsAsLargeAsTheClientTakesOrNotSent(int qos) {
        String topic = "limits/size" + qos;
        RawClient client = clients.connect(taking("size", 200)).subscribe5(topic, qos);
        RawClient sender = clients.connect5("sender");
        int others = 1 + 2 + 2 + topic.length() + (qos > 0 ? 2 : 0) + 1; // 2 bytes of Remaining Length
        for (int bytes : new int[] {201, 202, 5_000, 200}) {
            sender.send(
                    qos == 0
                            ? publish(topic, "x".repeat(bytes - others))
                            : publish(qos, bytes, topic, "x".repeat(bytes - others)));
        }
        byte[] found = client.next();
        assertThat(found).hasSize(200);
        client.expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.2-24")
    void propertiesThatTheBrokerAddsCountToo() {
        byte[] identifier = Props.variable(Props.SUBSCRIPTION_IDENTIFIER, 268_435_455);
        Connect5 connect = taking("added", 100).with(Props.two(Props.TOPIC_ALIAS_MAXIMUM, 5));
        RawClient client = clients.connect(connect).subscribe5("limits/added", 0, identifier);
        RawClient sender = clients.connect5("sender");
        for (int bytes = 0; bytes < 100; bytes++) {
            sender.send(publish("limits/added", "x".repeat(bytes)));
        }
        sender.send(publish("limits/added", ""));
        int packets = 0;
        Seen5 seen = client.next5();
        byte[] end = {};
        for (int length = -1; seen.payload().length() > length; packets++) {
            length = seen.payload().length();
            end = client.next();
            assertThat(end.length).isLessThanOrEqualTo(100);
            seen = Seen5.of(end);
        }
        assertThat(packets).isBetween(65, 95);
        client.expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.2-25")
    void whatIsTooLargeCountsAsDelivered() {
        Connect5 connect = Connect5.persistent("delivered")
                .with(Props.four(Props.MAXIMUM_PACKET_SIZE, 100), Props.two(Props.RECEIVE_MAXIMUM, 1));
        RawClient client = clients.connect(connect).subscribe5("limits/delivered", 1);
        RawClient sender = clients.connect5("sender");
        for (int i = 1; i <= 20; i += 2) {
            sender.send(publish(1, i, "limits/delivered", "x".repeat(200))).expect(puback(i));
            sender.send(publish(1, i + 1, "limits/delivered", "small " + i)).expect(puback(i + 1));
        }
        for (int i = 1; i <= 20; i += 2) {
            Seen5 small = client.next5();
            assertThat(small.payload()).isEqualTo("small " + i);
            client.send(puback(small.id()));
        }
        client.expectSilence().disconnect();
        sender.send(publish(1, 30, "limits/delivered", "x".repeat(200))).expect(puback(30));
        sender.send(publish(1, 31, "limits/delivered", "small")).expect(puback(31));
        RawClient back = clients.connect(connect);
        Seen5 small = back.next5();
        assertThat(small.payload()).isEqualTo("small");
        back.send(puback(small.id())).expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.2-24")
    void whoTakesNoConnackIsToldSoAsFarAsItTakesThat() {
        for (int bytes = 1; bytes < 40; bytes++) {
            RawClient client = clients.open().send(taking("tiny", bytes).packed());
            byte[] packet = client.isPacketNext() ? client.next() : new byte[0];
            assertThat(packet.length).as("bytes of CONNACK").isLessThanOrEqualTo(bytes);
            if (packet.length == 0 || Seen5.of(packet).reason() != 0) {
                client.expectClosed();
            } else {
                client.send("00 00");
                assertThat(client.next().length).as("bytes of DISCONNECT").isLessThanOrEqualTo(bytes);
                client.expectClosed();
            }
        }
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.2-24")
    void anAnswerThatTheClientDoesNotTakeIsNotSent() {
        Object[] filters = new Object[200];
        for (int i = 0; i < 200; i += 2) {
            filters[i] = "limits/filter" + i;
            filters[i + 1] = 0;
        }
        byte[] subscribe = packet(0x82, twoBytes(1), 0, Packets.concat(filters));
        clients.connect(taking("answer", 105)).send(subscribe).expect(packet(0x90, twoBytes(1), 0, new byte[100]));
        clients.connect(taking("answer", 104)).send(subscribe).expectDisconnect(0x95);
        String[] names = new String[100];
        Arrays.setAll(names, i -> "limits/filter" + i);
        clients.connect(taking("answer", 104)).send(unsubscribe(1, names)).expectDisconnect(0x95);
    }

    @Test
    @Normative(version = "extra", value = "U5-3.1.2-3")
    void withoutAMaximumPacketSizeThereIsNoLimit() {
        RawClient client = clients.connect5("unlimited").subscribe5("limits/unlimited", 0);
        byte[] large = packet(0x30, "limits/unlimited", 0, new byte[1_900_000]);
        client.send(large).expect(large);
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.2.2-19", "MQTT-3.2.2-20", "MQTT-3.1.2-24"})
    void aReasonThatDoesNotFitIsLeftOutOfConnack() {
        Connect5 nobody = Connect5.clean("nobody").user("nobody", "word");
        Seen5 whole = clients.open().send(nobody.packed()).expectRefusal(0x87);
        assertThat(whole.property(Props.REASON_STRING)).isEqualTo(LONG_TEXT);
        clients.open()
                .send(nobody.with(Props.four(Props.MAXIMUM_PACKET_SIZE, LONG_TEXT.length()))
                        .packed())
                .expect("20 03 00 87 00")
                .expectClosed();
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.14.2-3", "MQTT-3.14.2-4", "MQTT-3.1.2-24"})
    void aReasonThatDoesNotFitIsLeftOutOfDisconnect() {
        Seen5 whole = clients.connect5("reason").send("00 00").expectDisconnect(0x81);
        String reason = Objects.toString(whole.property(Props.REASON_STRING));
        assertThat(reason).hasSizeGreaterThan(20);
        int bytes = 2 + 1 + 1 + 3 + reason.length();
        Seen5 fits = clients.connect(taking("reason", bytes)).send("00 00").expectDisconnect(0x81);
        assertThat(fits.property(Props.REASON_STRING)).isEqualTo(reason);
        clients.connect(taking("reason", bytes - 1))
                .send("00 00")
                .expect("E0 01 81")
                .expectClosed();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 65_535})
    @Normative(version = "5.0", value = "MQTT-3.1.2-26")
    void noAliasIsAboveTheMaximumAndEachStandsForOneTopic(int maximum) {
        Connect5 connect = Connect5.clean("aliases").with(Props.two(Props.TOPIC_ALIAS_MAXIMUM, maximum));
        RawClient client = clients.connect(connect).subscribe5("limits/alias/+", 0);
        RawClient sender = clients.connect5("sender");
        Map<Object, String> topics = new HashMap<>();
        for (int i = 0; i < 60; i++) {
            String topic = "limits/alias/" + i % 6;
            sender.send(publish(topic, topic));
            Seen5 seen = client.next5();
            Object alias = seen.property(Props.TOPIC_ALIAS);
            if (alias == null) {
                assertThat(seen.topic()).isEqualTo(topic);
            } else {
                assertThat((long) alias).isBetween(1L, (long) maximum);
                if (!seen.topic().isEmpty()) {
                    topics.put(alias, seen.topic());
                }
                assertThat(topics.get(alias)).isEqualTo(topic);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Normative(version = "5.0", value = "MQTT-3.1.2-27")
    void withoutAMaximumThereIsNoAlias(boolean explicit) {
        byte[] zero = Props.two(Props.TOPIC_ALIAS_MAXIMUM, 0);
        RawClient client = clients.connect(Connect5.clean("none").with(explicit ? zero : new byte[0]))
                .subscribe5("limits/none", 1);
        RawClient sender = clients.connect5("sender");
        for (int i = 1; i <= 20; i++) {
            sender.send(publish(1, i, "limits/none", "x"), publish("limits/none", "y"));
            for (Seen5 seen : List.of(client.next5(), client.next5())) {
                assertThat(seen.topic()).isEqualTo("limits/none");
                assertThat(seen.property(Props.TOPIC_ALIAS)).isNull();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"-1,", "0,", "1, answers/"})
    @Normative(version = "5.0", value = "MQTT-3.1.2-28")
    void responseInformationIsForWhoAsks(int asked, @Nullable String information) {
        byte[] request = asked < 0 ? new byte[0] : Props.one(Props.REQUEST_RESPONSE_INFORMATION, asked);
        RawClient client =
                clients.open().send(Connect5.clean("asks").with(request).packed());
        assertThat(client.next5().property(Props.RESPONSE_INFORMATION)).isEqualTo(information);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.2-29")
    void whoWantsNoProblemInformationGetsItInConnackDisconnectAndPublishAtMost() {
        broker.hooks(hooks ->
                hooks.authorizer((client, operation) -> operation.topic().startsWith("limits/shut/")
                        ? Decision.deny(ReasonCode.NOT_AUTHORIZED, LONG_TEXT)
                        : Decision.allow()));
        byte[] none = Props.one(Props.REQUEST_PROBLEM_INFORMATION, 0);
        RawClient client = clients.connect(Connect5.clean("problem").with(none));
        client.send(
                publish(1, 1, "limits/shut/1", "x"),
                publish(2, 2, "limits/shut/2", "x"),
                Packets5.ack(0x62, 77, 0),
                Packets5.ack(0x50, 78, 0),
                Packets5.subscribe(3, "limits/shut/+", 0),
                unsubscribe(4, "limits/unknown"));
        TreeSet<Integer> types = new TreeSet<>();
        for (int i = 0; i < 6; i++) {
            Seen5 answer = client.next5();
            types.add(answer.type());
            assertThat(answer.properties()).doesNotContainKeys(Props.REASON_STRING, Props.USER_PROPERTY);
        }
        assertThat(types).containsExactly(4, 5, 6, 7, 9, 11);
        byte[] user = Props.user("a", "1");
        client.subscribe5("limits/problem", 0);
        client.send(publish("limits/problem", "x", user)).expect(publish("limits/problem", "x", user));
    }
}
