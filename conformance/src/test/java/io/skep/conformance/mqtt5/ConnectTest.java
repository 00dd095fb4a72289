// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.bytes;
import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CONNECT: which are accepted, and which are malformed. */
class ConnectTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.3-1")
    void thePayloadIsReadInItsOrder() throws InterruptedException {
        BlockingQueue<String> logins = new LinkedBlockingQueue<>();
        broker.hooks(hooks -> hooks.authenticator(login -> {
            logins.add(login.client().id() + " " + login.client().userName() + " " + login.passwordText());
            return Decision.allow();
        }));
        RawClient watcher = clients.connect5("watcher").subscribe5("connect/order", 0);
        logins.clear();
        byte[] type = Props.text(Props.CONTENT_TYPE, "type");
        Connect5 connect = Connect5.clean("id").will(0, false, "connect/order", "message", type);

        clients.connect(connect.user("name", "word")).drop();

        assertThat(logins.poll(30, TimeUnit.SECONDS)).isEqualTo("id name word");
        watcher.expect(publish("connect/order", "message", type));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqtt", "MQTTx", "MQIsd", "HTTP", "", "MQ"})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.2-1", "MQTT-3.14.0-1"})
    void anUnknownProtocolNameIsNotAnswered(String name) {
        clients.open().send(packet(0x10, name, 5, hex("02 00 00 00"), "name")).expectClosed();
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 7, 127, 133, 255})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.2-2", "MQTT-3.14.0-1"})
    void anUnknownProtocolVersionIsRefused(int version) {
        clients.open()
                .send(packet(0x10, "MQTT", version, hex("02 00 00 00"), "version"))
                .expectRefusal(0x84);
    }

    @ParameterizedTest
    @CsvSource({
        "reserved,                      03",
        "will QoS 1 without will,       0A",
        "will QoS 2 without will,       12",
        "will QoS 3 without will,       1A",
        "will retain without will,      22",
        "all of a will without will,    3A"
    })
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.2-3", "MQTT-3.1.2-11", "MQTT-3.1.2-13", "MQTT-3.1.4-1", "MQTT-3.2.2-7"})
    void flagsThatContradictEachOtherAreMalformed(String what, String flags) {
        clients.open()
                .send(Connect5.clean("flags")
                        .withFlags(Integer.parseInt(flags, 16))
                        .packed())
                .expectRefusal(0x81);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.2-3")
    void theReservedFlagIsMalformedWithAnyOthers() {
        for (int flags : new int[] {0x01, 0x03, 0x07, 0xC7}) {
            Object[] will = (flags & 4) == 0 ? new Object[0] : new Object[] {0, "connect/reserved", "gone"};
            Object[] user = (flags & 0xC0) == 0 ? new Object[0] : new Object[] {"user", "word"};
            clients.open()
                    .send(Connect5.clean("")
                            .withFlags(flags)
                            .withPayload("reserved", concat(will), concat(user))
                            .packed())
                    .expectRefusal(0x81);
        }
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.2-12")
    void aWillQosOf3IsMalformed() {
        clients.open()
                .send(Connect5.clean("will3")
                        .will(3, false, "connect/will3", "gone")
                        .packed())
                .expectRefusal(0x81);
    }

    @ParameterizedTest
    @CsvSource({
        "will payload,                 06, 00 00 01 61",
        "will topic,                   06, 00",
        "will properties,              06, ''",
        "Will Properties before topic, 06, 00 01 61 00 01 62",
        "user name,                    82, ''",
        "half of the user name,        82, 00 05 61",
        "password,                     C2, 00 01 61",
        "half of the password,         C2, 00 01 61 00 02 62",
        "user name and password,       C2, ''",
        "password alone,               42, ''",
        "all behind the properties,    C6, 00"
    })
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.2-9", "MQTT-3.1.2-17", "MQTT-3.1.2-19", "MQTT-3.1.4-1"})
    void aFieldThatTheFlagsPromiseMustBeThere(String missing, String flags, String rest) {
        Connect5 connect = Connect5.clean("").withFlags(Integer.parseInt(flags, 16));
        clients.open().send(connect.withPayload("missing", hex(rest)).packed()).expectRefusal(0x81);
    }

    @ParameterizedTest
    @CsvSource({
        "user name,              02, 00 01 61",
        "password,               82, 00 01 61 00 01 61",
        "user name and password, 02, 00 01 61 00 01 61",
        "password behind a will, 86, 00 00 01 61 00 01 61 00 01 61 00 01 61",
        "user name and a will,   06, 00 00 01 61 00 01 61 00 01 61",
        "will,                   02, 00 00 01 61 00 01 61",
        "one byte,               02, 00"
    })
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.2-16", "MQTT-3.1.2-18", "MQTT-3.1.4-1"})
    void aFieldThatNoFlagPromisesMustNotBeThere(String surplus, String flags, String rest) {
        Connect5 connect = Connect5.clean("").withFlags(Integer.parseInt(flags, 16));
        clients.open().send(connect.withPayload("surplus", hex(rest)).packed()).expectRefusal(0x81);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.2-19")
    void aPasswordNeedsNoUserName() throws InterruptedException {
        BlockingQueue<String> logins = new LinkedBlockingQueue<>();
        broker.hooks(hooks -> hooks.authenticator(login -> {
            logins.add(login.client().userName() + " " + login.passwordText());
            return Decision.allow();
        }));
        clients.connect(Connect5.clean("alone").withFlags(0x42).withPayload("alone", "word"))
                .expectSilence();
        assertThat(logins.poll(30, TimeUnit.SECONDS)).isEqualTo("null word");
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.3-3", "MQTT-3.1.4-1"})
    void aConnectWithoutClientIdIsMalformed() {
        clients.open().send(Connect5.clean("").withPayload().packed()).expectRefusal(0x81);
        clients.open()
                .send(Connect5.clean("").withPayload(hex("00 05 61")).packed())
                .expectRefusal(0x81);
        clients.open().send("10 00").expectClosed();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "Z", "0", "abcdefghijklmnopqrstuvw", "ABCDEFGHIJKLMNOPQRSTUVW", "xyzXYZ0123456789abcdefg"})
    @Normative(version = "5.0", value = "MQTT-3.1.3-5")
    void everyIdOfTheGuaranteedAlphabetIsAccepted(String id) {
        RawClient client = clients.open().send(Connect5.clean(id).packed());
        assertThat(client.next5().property(Props.ASSIGNED_CLIENT_IDENTIFIER)).isNull();
        client.expectSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 1_000, 65_535})
    void aLongerIdIsAccepted(int length) {
        clients.connect5(Packets.ofLength(length)).expectSilence();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.3-6", "MQTT-3.1.3-7", "MQTT-3.2.2-16"})
    void anEmptyIdIsReplacedByOneThatIsTold(boolean cleanStart) {
        Connect5 anonymous = Connect5.persistent("").withFlags(cleanStart ? 2 : 0);
        RawClient one = clients.open().send(anonymous.packed());
        RawClient two = clients.open().send(anonymous.packed());
        String id = Objects.toString(one.next5().property(Props.ASSIGNED_CLIENT_IDENTIFIER));
        String other = Objects.toString(two.next5().property(Props.ASSIGNED_CLIENT_IDENTIFIER));
        assertThat(id).matches("[0-9a-zA-Z]{1,23}").isNotEqualTo(other);
        one.subscribe5("connect/assigned", 0).expectSilence().disconnect();
        two.expectSilence();

        RawClient back = clients.open().send(Connect5.persistent(id).packed());

        assertThat(back.next5().sessionPresent()).isTrue();
        clients.connect5("sender").send(publish("connect/assigned", "x"));
        back.expect(publish("connect/assigned", "x"));
    }

    @Test
    void packetsMayFollowConnectBeforeItsAnswer() {
        RawClient eager = clients.open()
                .send(
                        Connect5.clean("eager").packed(),
                        subscribe(1, "connect/eager", 0),
                        publish("connect/eager", "x"));
        assertThat(eager.next5().type()).isEqualTo(2);
        eager.expect(hex("90 04 00 01 00 00"), publish("connect/eager", "x"));
    }

    @Test
    void theWillPayloadAndThePasswordAreAnyBytes() {
        RawClient watcher = clients.connect5("watcher").subscribe5("connect/any", 0);
        byte[] any = hex("00 FF C3 28 ED A0 80");
        Connect5 connect = Connect5.clean("any").withFlags(0xC6);
        clients.connect(connect.withPayload("any", 0, "connect/any", bytes(any), "user", bytes(any)))
                .drop();
        watcher.expect(packet(0x30, "connect/any", 0, any));
    }
}
