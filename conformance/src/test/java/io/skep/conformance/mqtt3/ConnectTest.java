// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.ACCEPTED;
import static io.skep.conformance.wire.Packets.bytes;
import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.publish;
import static io.skep.conformance.wire.Packets.suback;
import static io.skep.conformance.wire.Packets.subscribe;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CONNECT: which are accepted, and which are malformed and get no answer. */
class ConnectTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.1.4-4", "MQTT-3.2.0-1", "MQTT-3.2.2-1"})
    @Normative(
            version = "extra",
            value = {"U3-3.2.2-1", "U3-3.2.2-2"})
    void aValidConnectIsAccepted() {
        clients.open()
                .send("10 11 00 04 4D 51 54 54 04 02 00 3C 00 05 76 61 6C 69 64")
                .expect("20 02 00 00")
                .expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.1.3-1")
    void thePayloadIsReadInItsOrder() throws InterruptedException {
        BlockingQueue<String> logins = new LinkedBlockingQueue<>();
        broker.hooks(hooks -> hooks.authenticator(login -> {
            logins.add(login.client().id() + " " + login.client().userName() + " " + login.passwordText());
            return Decision.allow();
        }));
        RawClient watcher = clients.connect("watcher").subscribe("connect/order", 0);
        logins.clear();
        Connect connect = Connect.clean("id").will(0, false, "connect/order", "message");

        clients.connect(connect.user("name", "word")).drop();

        assertThat(logins.poll(30, TimeUnit.SECONDS)).isEqualTo("id name word");
        watcher.expect(publish("connect/order", "message"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqtt", "MQTTx", "MQIsd", "HTTP", "", "MQ"})
    @Normative(version = "3.1.1", value = "MQTT-3.1.2-1")
    void anUnknownProtocolNameIsNotAnswered(String name) {
        clients.open().send(Connect.clean("name").withName(name).packed()).expectClosed();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.1.2-2", "MQTT-3.2.2-5"})
    @Normative(version = "extra", value = "U3-3.2.2-2")
    void anOlderProtocolLevelIsRefused(int level) {
        clients.open()
                .send(Connect.clean("level").withLevel(level).packed())
                .expect("20 02 00 01")
                .expectClosed();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "03", // the reserved bit
                "0A",
                "12",
                "1A", // will QoS without will
                "22",
                "3A", // will retain without will
                "42" // password without user name
            })
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.1.2-3", "MQTT-3.1.2-11", "MQTT-3.1.2-13", "MQTT-3.1.2-15", "MQTT-3.1.2-22", "MQTT-3.1.4-1"
            })
    void flagsThatContradictEachOtherAreNotAnswered(String flags) {
        int bits = Integer.parseInt(flags, 16);
        Object[] payload = (bits & 0x40) == 0 ? new Object[] {"flags"} : new Object[] {"flags", "word"};
        clients.open()
                .send(Connect.clean("flags")
                        .withFlags(bits)
                        .withPayload(payload)
                        .packed())
                .expectClosed();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.1.2-14")
    void aWillQosOf3IsNotAnswered() {
        clients.open()
                .send(Connect.clean("will3")
                        .will(3, false, "connect/will3", "gone")
                        .packed())
                .expectClosed();
    }

    @ParameterizedTest
    @CsvSource({
        "will message,   06, 1",
        "will topic,     06, 0",
        "user name,      82, 0",
        "password,       C2, 1",
        "all of a will,  C6, 2",
    })
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.1.2-9", "MQTT-3.1.2-19", "MQTT-3.1.2-21", "MQTT-3.1.4-1"})
    void aFieldThatTheFlagsPromiseMustBeThere(String missing, String flags, int fields) {
        Object[] payload = new Object[1 + fields];
        payload[0] = "missing";
        for (int i = 1; i < payload.length; i++) {
            payload[i] = "x";
        }
        Connect connect = Connect.clean("missing").withFlags(Integer.parseInt(flags, 16));
        clients.open().send(connect.withPayload(payload).packed()).expectClosed();
    }

    @ParameterizedTest
    @CsvSource({"user name, 02, 1", "password, 82, 2", "will, 02, 2", "password behind a will, 86, 4"})
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.1.2-11", "MQTT-3.1.2-18", "MQTT-3.1.2-20", "MQTT-3.1.4-1"})
    void aFieldThatNoFlagPromisesMustNotBeThere(String surplus, String flags, int fields) {
        Object[] payload = new Object[1 + fields];
        payload[0] = "surplus";
        for (int i = 1; i < payload.length; i++) {
            payload[i] = "x";
        }
        Connect connect = Connect.clean("surplus").withFlags(Integer.parseInt(flags, 16));
        clients.open().send(connect.withPayload(payload).packed()).expectClosed();
    }

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.1.3-3", "MQTT-3.1.4-1"})
    void aConnectWithoutClientIdIsNotAnswered() {
        clients.open().send(Connect.clean("").withPayload().packed()).expectClosed();
        clients.open().send("10 00").expectClosed();
        clients.open().send(packet(0x10, "MQTT", 4, 2, 0)).expectClosed();
        clients.open()
                .send(Connect.clean("").withPayload(hex("00 05 61")).packed())
                .expectClosed();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "Z", "0", "abcdefghijklmnopqrstuvw", "ABCDEFGHIJKLMNOPQRSTUVW", "xyzXYZ0123456789abcdefg"})
    @Normative(version = "3.1.1", value = "MQTT-3.1.3-5")
    void everyIdOfTheGuaranteedAlphabetIsAccepted(String id) {
        clients.connect(id).expectSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 1_000, 65_535})
    void aLongerIdIsAccepted(int length) {
        clients.connect(Packets.ofLength(length)).expectSilence();
    }

    @Test
    void anIdOfAnyCharactersIsAccepted() {
        clients.connect("a/b +#\u00e9\u20ac\ud83d\ude00").expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.1.3-6")
    void clientsWithEmptyIdsStayOnlineSideBySide() {
        RawClient one = clients.connect("").subscribe("connect/empty", 0);
        RawClient two = clients.connect("").subscribe("connect/empty", 0);
        clients.connect("sender").send(publish("connect/empty", "both"));
        one.expect(publish("connect/empty", "both")).expectSilence();
        two.expect(publish("connect/empty", "both")).expectSilence();
    }

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.1.3-8", "MQTT-3.2.2-4", "MQTT-3.2.2-5"})
    @Normative(version = "extra", value = "U3-3.2.2-2")
    void anEmptyIdThatWantsToKeepItsSessionIsRefused() {
        clients.open()
                .send(Connect.persistent("").packed())
                .expect("20 02 00 02")
                .expectClosed();
    }

    @Test
    void packetsMayFollowConnectBeforeItsAnswer() {
        clients.open()
                .send(Connect.clean("eager").packed(), subscribe(1, "connect/eager", 0), publish("connect/eager", "x"))
                .expect(ACCEPTED, suback(1, 0), publish("connect/eager", "x"));
    }

    @Test
    void allFieldsMayBeEmptyButTheTopic() {
        byte[] nothing = bytes(new byte[0]);
        Connect connect = Connect.clean("").withFlags(0xC6);
        clients.connect(connect.withPayload("", "connect/fields", nothing, "", nothing))
                .expectSilence();
        clients.open()
                .send(connect.withPayload("", "", nothing, "", nothing).packed())
                .expectClosed();
    }

    @Test
    void theWillMessageAndThePasswordAreAnyBytes() {
        RawClient watcher = clients.connect("watcher").subscribe("connect/any", 0);
        byte[] any = hex("00 FF C3 28 ED A0 80");
        Connect connect = Connect.clean("any").withFlags(0xC6);
        clients.connect(connect.withPayload("any", "connect/any", bytes(any), "user", bytes(any)))
                .drop();
        watcher.expect(packet(0x30, "connect/any", any));
    }

    @Test
    void aPacketBeyondTheMaximumIsRefusedByItsLength() {
        RawClient client = clients.connect("large");
        client.send(concat(hex("30 81 89 7A"), bytes("connect/large".getBytes(UTF_8))))
                .expectClosed();
    }
}
