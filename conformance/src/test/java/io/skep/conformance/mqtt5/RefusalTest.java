// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.ofLength;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.retained;
import static io.skep.conformance.wire.Packets5.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permissions;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients are told that may not connect. */
class RefusalTest {

    /** Of Table 3-1 of the standard, but 0. */
    private static final Set<Integer> CONNACK_CODES = Set.of(
            0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B,
            0x9C, 0x9D, 0x9F);

    private static final CountDownLatch asked = new CountDownLatch(1);

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create()
            .set("mqtt.client-id-bytes-max", 23)
            .set("mqtt.connect-timeout", "1s")
            .hooks(hooks -> hooks.authenticator(login -> decide(login.client().userName())));

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static Decision decide(@Nullable String user) {
        if (user == null) {
            return Decision.allow();
        }
        return switch (user) {
            case "nobody" -> Decision.deny();
            case "later" -> Decision.later(CompletableFuture.supplyAsync(Decision::deny));
            case "limited" -> Decision.allow(Permissions.of(Permission.allow("open/#", Action.values())));
            case "waiting" -> {
                asked.countDown();
                yield Decision.later(new CompletableFuture<Decision>());
            }
            default -> Decision.deny(ReasonCode.valueOf(user), "as the user name says");
        };
    }

    static Stream<String> errors() {
        return Arrays.stream(ReasonCode.values()).filter(ReasonCode::isError).map(ReasonCode::name);
    }

    @ParameterizedTest
    @CsvSource({
        "nobody, 0x86",
        "later, 0x86",
        "BAD_USER_NAME_OR_PASSWORD, 0x86",
        "NOT_AUTHORIZED, 0x87",
        "BANNED, 0x8A",
        "SERVER_UNAVAILABLE, 0x88",
        "SERVER_BUSY, 0x89",
        "CLIENT_IDENTIFIER_NOT_VALID, 0x85",
        "QUOTA_EXCEEDED, 0x97",
        "CONNECTION_RATE_EXCEEDED, 0x9F"
    })
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.4-2", "MQTT-3.2.2-6", "MQTT-3.2.2-7", "MQTT-3.14.0-1", "MQTT-4.13.2-1"})
    void aRefusalHasItsReasonCodeThenTheConnectionCloses(String user, int code) {
        clients.open()
                .send(Connect5.clean("refused").user(user, "word").packed())
                .expectRefusal(code);
    }

    @ParameterizedTest
    @MethodSource("errors")
    @Normative(version = "5.0", value = "MQTT-3.2.2-8")
    @Normative(version = "extra", value = "U5-3.2.2-5")
    void noRefusalHasACodeThatIsNotForConnack(String error) {
        Seen5 connack = clients.open()
                .send(Connect5.clean("codes").user(error, "word").packed())
                .next5();
        assertThat(connack.reason()).isIn(CONNACK_CODES);
        int code = ReasonCode.valueOf(error).code();
        if (CONNACK_CODES.contains(code) && code != 0x80) {
            assertThat(connack.reason()).isEqualTo(code);
        }
        if (connack.reason() != 0x9C && connack.reason() != 0x9D) {
            assertThat(connack.property(Props.SERVER_REFERENCE)).isNull();
        }
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.3-8", "MQTT-3.2.2-7"})
    void anIdBeyondTheLimitIsRefused() {
        clients.open().send(Connect5.clean(ofLength(24)).packed()).expectRefusal(0x85);
        clients.open().send(Connect5.clean("\u20ac".repeat(8)).packed()).expectRefusal(0x85);
        clients.connect5(ofLength(23)).expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.2.2-6")
    void aRefusalDoesNotTellThatThereIsASessionNorHarmsIt() {
        Connect5 connect = Connect5.persistent("stored");
        clients.connect(connect).subscribe5("open/stored", 0).disconnect();
        clients.open().send(connect.user("nobody", "word").packed()).expectRefusal(0x86);
        clients.open().send(connect.withFlags(2).user("later", "word").packed()).expectRefusal(0x86);
        RawClient back = clients.open().send(connect.packed());
        assertThat(back.next5().sessionPresent()).isTrue();
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.4-2", "MQTT-3.1.4-3"})
    void aRefusedClientDoesNotTakeOver() {
        RawClient online = clients.connect5("online");
        clients.open()
                .send(Connect5.clean("online").user("nobody", "word").packed())
                .expectRefusal(0x86);
        online.expectSilence();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "later"})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.4-6", "MQTT-3.14.0-1"})
    void whatFollowsARefusedConnectHasNoEffect(String user) {
        RawClient watcher = clients.connect5("watcher").subscribe5("open/#", 0);
        clients.open()
                .send(
                        Connect5.clean("pushy").user(user, "word").packed(),
                        subscribe(1, "open/#", 0),
                        retained("open/" + user, "unheard"),
                        hex("00 00"))
                .expectRefusal(0x86);
        clients.connect5("sender").send(publish("open/end", "heard"));
        watcher.expect(publish("open/end", "heard")).expectSilence();
        clients.connect5("late").subscribe5("open/" + user, 0).expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.4-2")
    void aWillThatIsNotAllowedIsRefused() {
        Connect5 connect = Connect5.clean("limited");
        clients.open()
                .send(connect.will(0, false, "shut/will", "gone")
                        .user("limited", "word")
                        .packed())
                .expectRefusal(0x87);
        clients.connect(connect.will(0, false, "open/will", "gone").user("limited", "word"))
                .expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.14.0-1")
    @Normative(version = "extra", value = "U5-3.1.4-1")
    void whoDoesNotConnectInTimeIsClosed() {
        RawClient nothing = clients.open();
        RawClient half = clients.open().send("10 11 00 04");
        nothing.expectClosed();
        half.expectClosed();
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.2.2-8", "MQTT-3.14.0-1"})
    void whoIsStillWaitingWhenTheBrokerStopsIsRefused() throws InterruptedException {
        RawClient waiting = clients.open()
                .send(Connect5.clean("waiting").user("waiting", "word").packed());
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        broker.stop();
        waiting.expectRefusal(0x88);
        broker.start();
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.4-5", "MQTT-3.2.2-1", "MQTT-3.2.0-2"})
    void whoMayConnectIsToldSoOnce() {
        Seen5 connack = clients.open().send(Connect5.clean("welcome").packed()).next5();
        assertThat(connack.first()).isEqualTo(0x20);
        assertThat(connack.acknowledgeFlags()).isZero();
        assertThat(connack.reasons()).containsExactly(0);
        RawClient client = clients.connect(Connect5.persistent("welcome"));
        client.expectSilence().send(subscribe(1, "open/welcome", 0)).expect("90 04 00 01 00 00");
        client.disconnect();
        Seen5 present =
                clients.open().send(Connect5.persistent("welcome").packed()).next5();
        assertThat(present.acknowledgeFlags()).isEqualTo(1);
    }
}
