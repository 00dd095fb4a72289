// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.ACCEPTED;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.publish;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static io.skep.conformance.wire.Packets.retained;
import static io.skep.conformance.wire.Packets.suback;
import static io.skep.conformance.wire.Packets.subscribe;
import static io.skep.conformance.wire.Packets.twoBytes;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permissions;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients are told that may not connect, publish or subscribe. */
class RefusalTest {

    private static final Permissions OPEN_ONLY =
            Permissions.of(Permission.allow("open/#", Action.values()), Permission.allow("half/+", Action.SUBSCRIBE));

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create()
            .set("mqtt.client-id-bytes-max", 23)
            .set("mqtt.connect-timeout", "1s")
            .hooks(hooks -> hooks.authenticator(login -> decide(login.client().userName())));

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static Decision decide(@org.jspecify.annotations.Nullable String user) {
        if (user == null) {
            return Decision.allow();
        }
        return switch (user) {
            case "nobody" -> Decision.deny();
            case "later" -> Decision.later(CompletableFuture.supplyAsync(Decision::deny));
            case "limited" -> Decision.allow(OPEN_ONLY);
            default -> Decision.deny(ReasonCode.valueOf(user), "as the user name says");
        };
    }

    @ParameterizedTest
    @CsvSource({
        "nobody, 4",
        "later, 4",
        "BAD_USER_NAME_OR_PASSWORD, 4",
        "NOT_AUTHORIZED, 5",
        "BANNED, 5",
        "SERVER_UNAVAILABLE, 3",
        "SERVER_BUSY, 3",
        "CLIENT_IDENTIFIER_NOT_VALID, 2"
    })
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.2.2-4", "MQTT-3.2.2-5"})
    @Normative(
            version = "extra",
            value = {"U3-3.1.4-2", "U3-3.2.2-1", "U3-3.2.2-2"})
    void aRefusalHasTheNearestReturnCodeThenTheConnectionCloses(String user, int code) {
        clients.open()
                .send(Connect.clean("refused").user(user, "word").packed())
                .expect(Packets.packet(0x20, 0, code))
                .expectClosed();
    }

    @ParameterizedTest
    @ValueSource(strings = {"IMPLEMENTATION_SPECIFIC_ERROR", "PACKET_TOO_LARGE"})
    @Normative(version = "3.1.1", value = "MQTT-3.2.2-6")
    void aReasonThatHasNoReturnCodeClosesWithoutAnswer(String user) {
        clients.open().send(Connect.clean("silent").user(user, "word").packed()).expectClosed();
    }

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.1.3-9", "MQTT-3.2.2-5"})
    void anIdBeyondTheLimitIsRefused() {
        clients.open()
                .send(Connect.clean(Packets.ofLength(24)).packed())
                .expect("20 02 00 02")
                .expectClosed();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.2.2-4")
    void aRefusalDoesNotTellThatThereIsASession() {
        Connect connect = Connect.persistent("stored");
        clients.connect(connect).disconnect();
        clients.open()
                .send(connect.user("nobody", "word").packed())
                .expect("20 02 00 04")
                .expectClosed();
        clients.resume("stored");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "later"})
    @Normative(version = "3.1.1", value = "MQTT-3.1.4-5")
    void whatFollowsARefusedConnectHasNoEffect(String user) {
        RawClient watcher = clients.connect("watcher").subscribe("open/#", 0);
        clients.open()
                .send(
                        Connect.clean("pushy").user(user, "word").packed(),
                        subscribe(1, "open/#", 0),
                        retained("open/" + user, "unheard"))
                .expect("20 02 00 04")
                .expectClosed();
        clients.connect("sender").publishAcknowledged(1, "open/end", "heard");
        watcher.expect(publish("open/end", "heard")).expectSilence();
        clients.connect("late").subscribe("open/" + user, 0).expectSilence();
    }

    @Test
    @Normative(version = "extra", value = "U3-3.1.4-1")
    void whoDoesNotConnectInTimeIsClosed() {
        RawClient nothing = clients.open();
        RawClient half = clients.open().send("10 11 00 04");
        nothing.expectClosed();
        half.expectClosed();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.3.5-2")
    void aPublishThatIsNotAllowedIsAcknowledgedAndDropped() {
        RawClient watcher = clients.connect("watcher").subscribe("half/#", 2);
        RawClient limited = clients.connect(Connect.clean("limited").user("limited", "word"));
        limited.send(publish("half/0", "no"))
                .send(publish(1, 1, "half/1", "no"))
                .expect(puback(1));
        limited.send(publish(2, 2, "half/2", "no"))
                .expect(pubrec(2))
                .send(pubrel(2))
                .expect(pubcomp(2));
        limited.send(retained("half/3", "no")).expectSilence();

        clients.connect("sender").send(publish(2, 1, "half/end", "yes")).expect(pubrec(1));

        watcher.expect(publish(2, 1, "half/end", "yes")).expectSilence();
        clients.connect("late").subscribe("half/3", 0).expectSilence();
    }

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.8.4-4", "MQTT-3.8.4-5", "MQTT-3.9.3-1", "MQTT-3.9.3-2"})
    void aFilterThatIsNotAllowedFailsAlone() {
        RawClient limited = clients.connect(Connect.clean("limited").user("limited", "word"));
        byte[] filters = Packets.concat("shut/a", 1, "open/a", 2, "#", 0, "half/+", 1);

        limited.send(Packets.packet(0x82, twoBytes(9), filters)).expect(suback(9, 0x80, 2, 0x80, 1));

        RawClient sender = clients.connect("sender");
        sender.publishAcknowledged(1, "shut/a", "no");
        sender.publishAcknowledged(2, "half/a", "yes");
        limited.expect(publish(1, 1, "half/a", "yes")).expectSilence();
    }

    @Test
    void aWillThatIsNotAllowedIsRefused() {
        Connect connect = Connect.clean("limited").will(0, false, "shut/will", "gone");
        clients.open()
                .send(connect.user("limited", "word").packed())
                .expect("20 02 00 05")
                .expectClosed();
    }

    @Test
    void aClientOf31IsToldThatItsFilterIsGrantedAndGetsNothing() {
        Connect connect = Connect.clean("limited").user("limited", "word").v31();
        RawClient limited = clients.open().send(connect.packed()).expect(ACCEPTED);
        limited.send(subscribe(1, "shut/31", 2)).expect(hex("90 03 00 01 00"));
        clients.connect("sender").publishAcknowledged(1, "shut/31", "no");
        limited.expectSilence();
        limited.send(publish(1, 2, "half/31", "no")).expect(puback(2));
    }
}
