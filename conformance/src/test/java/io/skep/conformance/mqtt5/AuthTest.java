// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.DISCONNECT;
import static io.skep.conformance.wire.Packets.PINGREQ;
import static io.skep.conformance.wire.Packets.PINGRESP;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets5.auth;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.subscribe;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.AuthAnswer;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.EnhancedAuthenticator;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Permissions;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Enhanced authentication: the exchange before CONNACK, and later ones. */
class AuthTest {

    private static final int CONTINUE = 0x18;
    private static final int AGAIN = 0x19;

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create().hooks(hooks -> {
        hooks.enhancedAuthenticator(new Wish());
        hooks.authenticator(login -> Decision.allow());
    });

    @RegisterExtension
    final Clients clients = new Clients(broker);

    /** The method {@code WISH}: clients say what they want to be answered. */
    private static final class Wish implements EnhancedAuthenticator {

        @Override
        public String method() {
            return "WISH";
        }

        @Override
        public Exchange begin(Login login) {
            return data -> switch (new String(data, UTF_8)) {
                case "yes" -> AuthAnswer.allow(Permissions.ALL, "welcome".getBytes(UTF_8));
                case "ask" -> AuthAnswer.goOn("prove".getBytes(UTF_8));
                case "banned" -> AuthAnswer.deny(ReasonCode.BANNED, "because of a long story ".repeat(20));
                default -> AuthAnswer.deny();
            };
        }
    }

    private static byte[] method(String name) {
        return Props.text(Props.AUTHENTICATION_METHOD, name);
    }

    private static byte[] data(String data) {
        return Props.binary(Props.AUTHENTICATION_DATA, data.getBytes(UTF_8));
    }

    private static byte[] wish(int reason, String wish) {
        return auth(reason, method("WISH"), data(wish));
    }

    private static byte[] connect(String id, String wish) {
        return Connect5.persistent(id).with(method("WISH"), data(wish)).packed();
    }

    private RawClient connected(String id) {
        RawClient client = clients.open().send(connect(id, "yes"));
        assertSuccess(client.next5());
        return client;
    }

    private RawClient asked(String id) {
        RawClient client = clients.open().send(connect(id, "ask"));
        assertAsked(client.next5());
        return client;
    }

    private static void assertAsked(Seen5 auth) {
        assertThat(auth.first()).isEqualTo(0xF0);
        assertThat(auth.reason()).isEqualTo(CONTINUE);
        assertMethod(auth, "prove");
    }

    private static void assertSuccess(Seen5 connack) {
        assertThat(connack.first()).isEqualTo(0x20);
        assertThat(connack.reason()).isZero();
        assertMethod(connack, "welcome");
    }

    private static void assertMethod(Seen5 packet, String data) {
        assertThat(packet.property(Props.AUTHENTICATION_METHOD)).isEqualTo("WISH");
        assertThat(packet.property(Props.AUTHENTICATION_DATA))
                .isEqualTo(HexFormat.of().formatHex(data.getBytes(UTF_8)));
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-4.12.0-2", "MQTT-4.12.0-3", "MQTT-4.12.0-5", "MQTT-3.15.2-1", "MQTT-3.2.0-2", "MQTT-2.1.3-1"
            })
    void theExchangeGoesOnUntilConnack() {
        RawClient client = asked("exchange");
        assertAsked(client.send(wish(CONTINUE, "ask")).next5());
        assertAsked(client.send(wish(CONTINUE, "ask")).next5());
        assertSuccess(client.send(wish(CONTINUE, "yes")).next5());
        client.expectSilence();
    }

    @ParameterizedTest
    @ValueSource(strings = {"OTHER", "WISH2", "wish", ""})
    @Normative(version = "5.0", value = "MQTT-4.12.0-1")
    void anUnknownMethodIsRefused(String name) {
        clients.open()
                .send(Connect5.clean("unknown").with(method(name), data("yes")).packed())
                .expectRefusal(0x8C);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x01, 0x17, 0x19, 0x80, 0x87, 0xFF})
    @Normative(
            version = "5.0",
            value = {"MQTT-4.12.0-3", "MQTT-3.15.2-1", "MQTT-3.14.0-1"})
    void anAnswerWithAnotherCodeIsRefused(int reason) {
        asked("code").send(wish(reason, "yes")).expectRefusal(0x81, 0x82);
    }

    @ParameterizedTest
    @CsvSource({"no, 0x87", "banned, 0x8A"})
    @Normative(
            version = "5.0",
            value = {"MQTT-4.12.0-4", "MQTT-3.14.0-1"})
    void whoFailsIsRefused(String wish, int reason) {
        clients.open().send(connect("fails", wish)).expectRefusal(reason);
        asked("fails").send(wish(CONTINUE, wish)).expectRefusal(reason);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-4.12.0-5")
    void anAnswerWithAnotherMethodIsRefused() {
        asked("method").send(auth(CONTINUE, method("OTHER"), data("yes"))).expectRefusal(0x82, 0x8C);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-4.12.0-6")
    void whoNamesNoMethodIsNotSentOne() {
        RawClient client =
                clients.open().send(Connect5.clean("none").user("user", "word").packed());
        Seen5 connack = client.next5();
        assertThat(connack.type()).isEqualTo(2);
        assertThat(connack.property(Props.AUTHENTICATION_METHOD)).isNull();
        client.expectSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {CONTINUE, AGAIN})
    @Normative(version = "5.0", value = "MQTT-4.12.0-7")
    void whoNamedNoMethodMaySendNoAuth(int reason) {
        clients.connect5("none").send(wish(reason, "yes")).expectDisconnect(0x82);
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.2-30", "MQTT-3.1.4-6", "MQTT-3.14.0-1"})
    void nothingButAuthOrDisconnectIsTakenBeforeConnack() {
        RawClient watcher = clients.connect5("watcher").subscribe5("auth/early", 0);
        asked("early").send(PINGREQ).expectRefusal(0x82);
        asked("early").send(subscribe(1, "#", 0)).expectRefusal(0x82);
        asked("early").send(publish("auth/early", "x")).expectRefusal(0x82);
        asked("early").send(publish("auth/early", "x"), wish(CONTINUE, "yes")).expectRefusal(0x82);
        asked("early").send(puback(1)).expectRefusal(0x82);
        asked("early").send(connect("early", "yes")).expectRefusal(0x82);
        asked("early").send(DISCONNECT).expectClosed();
        watcher.expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.2.0-1")
    void whatWaitsForTheClientWaitsForConnack() {
        connected("waits").subscribe5("auth/waits", 1).disconnect();
        clients.connect5("sender").send(publish(1, 1, "auth/waits", "x")).expect(puback(1));
        RawClient back = asked("waits");
        clients.connect5("sender").send(publish(1, 1, "auth/waits", "y")).expect(puback(1));
        assertAsked(back.send(wish(CONTINUE, "ask")).next5());
        Seen5 connack = back.send(wish(CONTINUE, "yes")).next5();
        assertSuccess(connack);
        assertThat(connack.sessionPresent()).isTrue();
        assertThat(back.next5().payload()).isEqualTo("x");
        assertThat(back.next5().payload()).isEqualTo("y");
    }

    @ParameterizedTest
    @ValueSource(ints = {0xF1, 0xF2, 0xF4, 0xF8})
    @Normative(version = "5.0", value = "MQTT-3.15.1-1")
    void authWithReservedBitsIsMalformed(int first) {
        byte[] answer = wish(CONTINUE, "yes");
        answer[0] = (byte) first;
        asked("bits").send(answer).expectRefusal(0x81);
        byte[] again = wish(AGAIN, "yes");
        again[0] = (byte) first;
        connected("bits").send(again).expectDisconnect(0x81);
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.15.2-2", "MQTT-3.15.2-3", "MQTT-3.1.2-24"})
    void authIsNeverLargerThanTheClientTakes() {
        byte[] smallest = auth(CONTINUE, method("WISH"), data("prove"));
        Connect5 connect = Connect5.clean("small").with(method("WISH"), data("ask"));
        clients.open()
                .send(connect.with(Props.four(Props.MAXIMUM_PACKET_SIZE, smallest.length))
                        .packed())
                .expect(smallest);
        clients.open()
                .send(connect.with(Props.four(Props.MAXIMUM_PACKET_SIZE, smallest.length - 1))
                        .packed())
                .expect("20 03 00 95 00")
                .expectClosed();
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.2.0-2", "MQTT-4.12.0-5", "MQTT-3.15.2-1"})
    @Normative(version = "extra", value = "U5-4.12.1-1")
    void aClientMayAuthenticateAgainWhileOtherPacketsGoOn() {
        RawClient client = connected("again").subscribe5("auth/again", 0);
        assertAsked(client.send(wish(AGAIN, "ask")).next5());
        client.send(publish("auth/again", "x"), PINGREQ).expect(publish("auth/again", "x"), PINGRESP);
        Seen5 success = client.send(wish(CONTINUE, "yes")).next5();
        assertThat(success.first()).isEqualTo(0xF0);
        assertThat(success.reason()).isZero();
        assertMethod(success, "welcome");
        assertThat(client.send(wish(AGAIN, "yes")).next5().reason()).isZero();
        client.send(publish("auth/again", "y"))
                .expect(publish("auth/again", "y"))
                .expectSilence();
    }

    @ParameterizedTest
    @ValueSource(strings = {"OTHER", "wish", ""})
    @Normative(version = "5.0", value = "MQTT-4.12.1-1")
    void anotherMethodThanThatOfConnectEndsTheConnection(String name) {
        connected("other").send(auth(AGAIN, method(name), data("yes"))).expectDisconnect(0x82, 0x8C);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no", "banned"})
    @Normative(
            version = "5.0",
            value = {"MQTT-4.12.1-2", "MQTT-3.14.2-1"})
    void whoFailsLaterIsDisconnected(String wish) {
        connected("later").send(wish(AGAIN, wish)).expectDisconnect(0x87);
        RawClient client = connected("later");
        assertAsked(client.send(wish(AGAIN, "ask")).next5());
        client.send(wish(CONTINUE, wish)).expectDisconnect(0x87);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x01, 0x18, 0x1A, 0x80, 0x87})
    @Normative(version = "5.0", value = "MQTT-3.15.2-1")
    void anotherCodeCannotBeginAnExchange(int reason) {
        connected("begin").send(wish(reason, "yes")).expectDisconnect(0x81, 0x82);
    }
}
