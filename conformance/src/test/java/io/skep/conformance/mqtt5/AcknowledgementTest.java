// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static io.skep.conformance.wire.Packets.twoBytes;
import static io.skep.conformance.wire.Packets5.ack;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.subscribe;
import static io.skep.conformance.wire.Packets5.unsubscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.publish.Publish;
import io.skep.sdk.publish.PublishAnswer;
import io.skep.sdk.testkit.BrokerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PUBACK, PUBREC, PUBREL and PUBCOMP with their reason codes. */
class AcknowledgementTest {

    private static final int PUBACK = 0x40;
    private static final int PUBREC = 0x50;
    private static final int PUBREL = 0x62;
    private static final int PUBCOMP = 0x70;
    private static final Object[] PUBLISH_CODES = {0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99};

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create()
            .hooks(hooks -> hooks.publishInterceptor((client, publish) -> answer(publish)))
            .hooks(hooks ->
                    hooks.authorizer((client, operation) -> operation.topic().startsWith("ack/secret")
                            ? Decision.deny(ReasonCode.NOT_AUTHORIZED, "x".repeat(500))
                            : Decision.next()));

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static PublishAnswer answer(Publish publish) {
        String denied = "ack/denied/";
        return publish.topic().startsWith(denied)
                ? PublishAnswer.deny(ReasonCode.valueOf(publish.topic().substring(denied.length())))
                : PublishAnswer.pass();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "UNSPECIFIED_ERROR",
                "IMPLEMENTATION_SPECIFIC_ERROR",
                "NOT_AUTHORIZED",
                "TOPIC_NAME_INVALID",
                "QUOTA_EXCEEDED",
                "PAYLOAD_FORMAT_INVALID"
            })
    @Normative(
            version = "5.0",
            value = {"MQTT-3.4.2-1", "MQTT-3.5.2-1", "MQTT-4.3.3-9"})
    void aRefusedPublishIsAnsweredWithTheReason(ReasonCode reason) {
        RawClient sender = clients.connect5("refused");
        String topic = "ack/denied/" + reason;
        sender.send(publish(1, 1, topic, "x"), publish(2, 2, topic, "x"), publish(2, 2, topic, "x"));
        for (int first : new int[] {PUBACK, PUBREC, PUBREC}) {
            Seen5 answer = sender.next5();
            assertThat(answer.first()).isEqualTo(first);
            assertThat(answer.reason()).isEqualTo(reason.code()).isIn(PUBLISH_CODES);
        }
        sender.send(publish(2, 2, "ack/free", "the identifier is free again"));
        assertThat(sender.next5(5).reason()).isIn(0, 0x10);
        assertThat(sender.send(pubrel(2)).next5(7).reason()).isZero();
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.4.2-1", "MQTT-3.5.2-1", "MQTT-3.7.2-1"})
    @Normative(version = "extra", value = "U5-3.4.2-1")
    void noMatchingSubscribersIsASuccessWithAReason() {
        RawClient sender = clients.connect5("nobody").send(publish(1, 1, "ack/nobody", "x"));
        assertThat(sender.next5(4).reason()).isEqualTo(0x10);
        assertThat(sender.send(publish(2, 2, "ack/nobody", "x")).next5(5).reason())
                .isEqualTo(0x10);
        sender.send(publish(2, 2, "ack/nobody", "x")).expect(pubrec(2)); // known: the exchange goes on
        sender.send(pubrel(2)).expect(pubcomp(2)).expectSilence();
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.6.2-1", "MQTT-3.7.2-1", "MQTT-3.6.1-1"})
    @Normative(version = "extra", value = "U5-3.7.2-1")
    void anUnknownIdentifierIsAnsweredAndTheConnectionStays() {
        RawClient client = clients.connect5("unknown");
        client.send(pubrel(77)).expect(packet(PUBCOMP, twoBytes(77), 0x92));
        client.send(pubrec(78)).expect(packet(PUBREL, twoBytes(78), 0x92));
        client.send(puback(79), pubcomp(80)).expectSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x60, 0x61, 0x63, 0x64, 0x6A})
    @Normative(version = "5.0", value = "MQTT-3.6.1-1")
    void aPubrelWithOtherFlagsClosesTheConnection(int first) {
        clients.connect5("flags").send(packet(first, twoBytes(1))).expectDisconnect(0x81);
    }

    @ParameterizedTest
    @CsvSource({"0x40,0x01", "0x40,0x92", "0x40,0xFF", "0x50,0x01", "0x50,0x92", "0x62,0x10", "0x62,0x80", "0x70,0x87"})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.4.2-1", "MQTT-3.5.2-1", "MQTT-3.6.2-1", "MQTT-3.7.2-1"})
    void aCodeThatThePacketDoesNotHaveClosesTheConnection(String first, String code) {
        clients.connect5("code")
                .send(ack(Integer.decode(first), 1, Integer.decode(code)))
                .expectDisconnect(0x81, 0x82);
    }

    /** The forms of an acknowledgement that a client may choose from. */
    private enum Form {
        SHORT,
        CODE,
        NO_PROPERTIES,
        PROPERTIES;

        byte[] of(int first, int id) {
            return switch (this) {
                case SHORT -> packet(first, twoBytes(id));
                case CODE -> packet(first, twoBytes(id), 0);
                case NO_PROPERTIES -> ack(first, id, 0);
                case PROPERTIES ->
                    ack(
                            first,
                            id,
                            0,
                            Props.text(Props.REASON_STRING, "well"),
                            Props.user("a", "b"),
                            Props.user("", ""));
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    @Normative(version = "extra", value = "U5-3.4.2-2")
    void eachFormOfAnAcknowledgementIsTaken(Form form) {
        Connect5 one = Connect5.clean("forms").with(Props.two(Props.RECEIVE_MAXIMUM, 1));
        RawClient client = clients.connect(one).subscribe5("ack/forms", 2);
        for (int round = 0; round < 3; round++) {
            client.send(publish(1, 1, "ack/forms", "x")).expectTypes(3, 4);
            client.send(form.of(PUBACK, 1 + 2 * round));
            client.send(publish(2, 2, "ack/forms", "x")).expectTypes(3, 5);
            client.send(form.of(PUBREL, 2)).expect(pubcomp(2));
            int id = 2 + 2 * round;
            client.send(form.of(PUBREC, id)).expect(pubrel(id));
            client.send(form.of(PUBCOMP, id)).expectSilence();
        }
    }

    @Test
    @Normative(
            version = "5.0",
            value = {
                "MQTT-3.4.2-2",
                "MQTT-3.4.2-3",
                "MQTT-3.5.2-2",
                "MQTT-3.5.2-3",
                "MQTT-3.6.2-2",
                "MQTT-3.6.2-3",
                "MQTT-3.7.2-2",
                "MQTT-3.7.2-3",
                "MQTT-3.9.2-1",
                "MQTT-3.9.2-2",
                "MQTT-3.11.2-1",
                "MQTT-3.11.2-2"
            })
    void anAnswerFitsTheMaximumPacketSizeOfItsClient() {
        int most = 20;
        RawClient small = clients.connect(Connect5.clean("small").with(Props.four(Props.MAXIMUM_PACKET_SIZE, most)));
        small.send(
                publish(1, 1, "ack/secret", "x"),
                publish(1, 1, "ack/denied/QUOTA_EXCEEDED", "x"),
                publish(2, 2, "ack/secret", "x"),
                publish(2, 2, "ack/denied/QUOTA_EXCEEDED", "x"),
                pubrec(3),
                pubrel(4),
                subscribe(5, "ack/secret", 0),
                unsubscribe(6, "ack/secret"));
        for (int type : new int[] {4, 4, 5, 5, 6, 7, 9, 11}) {
            byte[] raw = small.next();
            assertThat(raw).hasSizeLessThanOrEqualTo(most);
            Seen5 answer = Seen5.of(raw);
            assertThat(answer.type()).isEqualTo(type);
            assertThat(answer.reason()).isIn(0x87, 0x97, 0x92, 0x11);
        }
        small.expectSilence();
    }
}
