// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets5.auth;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.subscribe;
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
import io.skep.sdk.auth.AuthAnswer;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.EnhancedAuthenticator;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Operation;
import io.skep.sdk.auth.Permissions;
import io.skep.sdk.testkit.BrokerExtension;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reason Strings: who gets them, and on which packets. */
class ProblemInformationTest {

    private static final String WHY = "closed on Sundays";
    private static final byte[] UNWANTED = Props.one(Props.REQUEST_PROBLEM_INFORMATION, 0);
    private static final byte[] WANTED = Props.one(Props.REQUEST_PROBLEM_INFORMATION, 1);

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create().hooks(hooks -> {
        hooks.authenticator(login ->
                login.client().id().startsWith("banned") ? Decision.deny(ReasonCode.BANNED, WHY) : Decision.allow());
        hooks.authorizer((client, operation) -> decide(operation));
        hooks.enhancedAuthenticator(new Questioner());
    });

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static Decision decide(Operation operation) {
        return operation.topic().startsWith("closed/")
                ? Decision.deny(ReasonCode.NOT_AUTHORIZED, WHY)
                : Decision.next();
    }

    /** Asks each client one question, and takes any answer. */
    private static final class Questioner implements EnhancedAuthenticator {

        @Override
        public String method() {
            return "ASK";
        }

        @Override
        public Exchange begin(Login login) {
            return data -> data.length == 0 ? AuthAnswer.goOn(new byte[] {'?'}) : AuthAnswer.allow(Permissions.ALL);
        }
    }

    private static @Nullable Object reasonString(Seen5 packet) {
        return packet.property(Props.REASON_STRING);
    }

    private RawClient connect(byte[]... properties) {
        return clients.connect(Connect5.clean("asks").with(properties));
    }

    @Test
    void whoDoesNotSayHowItWantsItIsToldWhyItIsRefused() {
        assertToldWhy(connect());
    }

    @Test
    void whoWantsProblemInformationIsToldWhyItIsRefused() {
        assertToldWhy(connect(WANTED));
    }

    private static void assertToldWhy(RawClient client) {
        Seen5 puback = client.send(publish(1, 1, "closed/a", "x")).next5();
        assertThat(puback.type()).isEqualTo(4);
        assertThat(puback.reason()).isEqualTo(0x87);
        assertThat(reasonString(puback)).isEqualTo(WHY);
        Seen5 pubrec = client.send(publish(2, 2, "closed/a", "x")).next5();
        assertThat(pubrec.type()).isEqualTo(5);
        assertThat(pubrec.reason()).isEqualTo(0x87);
        assertThat(reasonString(pubrec)).isEqualTo(WHY);
        Seen5 suback = client.send(subscribe(3, "closed/a", 0)).next5();
        assertThat(suback.reasons()).containsExactly(0x87);
        assertThat(reasonString(suback)).isEqualTo(WHY);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.2-29")
    void whoDoesNotWantProblemInformationHasNoneOnItsAcknowledgements() {
        RawClient client = connect(UNWANTED);
        client.send(publish(1, 1, "closed/a", "x")).expect(Packets.hex("40 03 00 01 87"));
        client.send(publish(2, 2, "closed/a", "x")).expect(Packets.hex("50 03 00 02 87"));
        client.send(subscribe(3, "closed/a", 0)).expect(Packets.hex("90 04 00 03 00 87"));
        client.send(unsubscribe(4, "never")).expect(Packets.hex("B0 04 00 04 00 11"));
        client.send(Packets5.ack(0x62, 5, 0)).expect(Packets.hex("70 03 00 05 92"));
        client.send(Packets5.ack(0x50, 6, 0)).expect(Packets.hex("62 03 00 06 92"));
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.2-29")
    void noReasonStringIsOnAuth() {
        byte[] method = Props.text(Props.AUTHENTICATION_METHOD, "ASK");
        RawClient client = clients.open()
                .send(Connect5.clean("auth").with(UNWANTED, method).packed());
        assertContinues(client.next5());
        client.send(auth(0x18, method, Props.binary(Props.AUTHENTICATION_DATA, new byte[] {'!'})));
        assertThat(client.next5().reason()).isZero();
        assertContinues(client.send(auth(0x19, method)).next5());
    }

    private static void assertContinues(Seen5 packet) {
        assertThat(packet.type()).isEqualTo(15);
        assertThat(packet.properties()).containsOnlyKeys(Props.AUTHENTICATION_METHOD, Props.AUTHENTICATION_DATA);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.2-29")
    void connackAndDisconnectMayHaveItAllTheSame() {
        RawClient banned =
                clients.open().send(Connect5.clean("banned").with(UNWANTED).packed());
        assertThat(reasonString(banned.next5())).isEqualTo(WHY);
        RawClient client = connect(UNWANTED);
        client.send(subscribe(1, "a/#/b", 0));
        assertThat(reasonString(client.expectDisconnect(0x81))).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.4.2-2", "MQTT-3.5.2-2", "MQTT-3.9.2-1"})
    void aReasonStringThatDoesNotFitTheClientIsLeftOut(int more) {
        int acknowledgement = 2 + 2 + 1 + 1 + 3 + WHY.length();
        RawClient client = connect(Props.four(Props.MAXIMUM_PACKET_SIZE, acknowledgement + more));
        Object expected = more < 0 ? null : WHY;
        Seen5 puback = client.send(publish(1, 1, "closed/a", "x")).next5();
        assertThat(puback.reason()).isEqualTo(0x87);
        assertThat(reasonString(puback)).isEqualTo(expected);
        Seen5 pubrec = client.send(publish(2, 2, "closed/a", "x")).next5();
        assertThat(pubrec.reason()).isEqualTo(0x87);
        assertThat(reasonString(pubrec)).isEqualTo(expected);
        Seen5 suback = client.send(subscribe(3, "closed/a", 0)).next5();
        assertThat(suback.reasons()).containsExactly(0x87);
        assertThat(reasonString(suback)).isEqualTo(expected);
        client.expectSilence();
    }

    @Test
    void whatNoStringMayHoldIsReplaced() {
        broker.hooks(hooks ->
                hooks.authorizer((client, operation) -> operation.topic().equals("odd")
                        ? Decision.deny(ReasonCode.NOT_AUTHORIZED, "a\u0000b\n" + "x".repeat(70_000))
                        : Decision.next()));
        Seen5 puback = connect().send(publish(1, 1, "odd", "x")).next5();
        assertThat(puback.reason()).isEqualTo(0x87);
        assertThat(String.valueOf(reasonString(puback))).startsWith("a?b?xxx").hasSizeLessThan(400);
    }
}
