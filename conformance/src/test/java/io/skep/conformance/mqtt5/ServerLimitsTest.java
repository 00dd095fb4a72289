// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.twoBytes;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.retained;
import static io.skep.conformance.wire.Packets5.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a broker with everything switched off tells in CONNACK, and that it means it. */
class ServerLimitsTest {

    private static final int PACKET_BYTES_MAX = 200;

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create()
            .set("mqtt.packet-bytes-max", PACKET_BYTES_MAX)
            .set("mqtt.keep-alive-max", "4s")
            .set("mqtt.topic-alias-maximum", 0)
            .set("mqtt.receive-maximum", 7)
            .set("mqtt.features.qos-maximum", 1)
            .set("mqtt.features.retain", false)
            .set("mqtt.features.wildcard-subscriptions", false)
            .set("mqtt.features.shared-subscriptions", false)
            .set("mqtt.features.subscription-identifiers", false)
            .set("sessions.expiry-max", "100s");

    @RegisterExtension
    static final BrokerExtension sharingBroker =
            BrokerExtension.create().set("mqtt.features.wildcard-subscriptions", false);

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @RegisterExtension
    final Clients sharing = new Clients(sharingBroker);

    private Seen5 connack(Connect5 connect) {
        Seen5 connack = clients.open().send(connect.packed()).next5();
        assertThat(connack.reason()).isZero();
        return connack;
    }

    @ParameterizedTest
    @CsvSource({
        "MAXIMUM_PACKET_SIZE,               39, 200",
        "MAXIMUM_QOS,                       36, 1",
        "RETAIN_AVAILABLE,                  37, 0",
        "WILDCARD_SUBSCRIPTION_AVAILABLE,   40, 0",
        "SUBSCRIPTION_IDENTIFIER_AVAILABLE, 41, 0",
        "SHARED_SUBSCRIPTION_AVAILABLE,     42, 0",
        "RECEIVE_MAXIMUM,                   33, 7",
        "SERVER_KEEP_ALIVE,                 19, 4"
    })
    @Normative(version = "5.0", value = "MQTT-3.2.2-9")
    @Normative(
            version = "extra",
            value = {"U5-3.2.2-2", "U5-3.2.2-3", "U5-3.2.2-4"})
    void connackTellsEachLimit(String name, int property, long value) {
        assertThat(connack(Connect5.clean("told")).property(property)).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({"0,", "60,", "100,", "101, 100", "0xFFFFFFFF, 100"})
    @Normative(version = "extra", value = "U5-3.2.2-1")
    void connackTellsAnExpiryThatWasNotAskedFor(String asked, @Nullable Long told) {
        byte[] expiry = Props.four(Props.SESSION_EXPIRY_INTERVAL, Long.decode(asked));
        assertThat(connack(Connect5.clean("expiry").with(expiry)).property(Props.SESSION_EXPIRY_INTERVAL))
                .isEqualTo(told);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Normative(version = "5.0", value = "MQTT-3.2.2-10")
    void anyQosMayBeAskedForAndIsLowered(int qos) {
        RawClient client = clients.connect5("lowered").send(subscribe(1, "server/lowered", qos));
        int granted = Math.min(qos, 1);
        client.expect(packet(0x90, twoBytes(1), 0, granted));
        client.send(publish(1, 5, "server/lowered", "x"));
        Seen5 first = client.next5();
        Seen5 second = client.next5();
        assertThat((first.type() == 3 ? first : second).qos()).isEqualTo(granted);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.2.2-11")
    void aPublishAboveTheMaximumQosIsAnError() {
        clients.connect5("qos").send(publish(2, 1, "server/qos", "x")).expectDisconnect(0x9B);
        RawClient client = clients.connect5("qos").send(publish(1, 1, "server/qos", "x"));
        assertThat(client.next5().type()).isEqualTo(4);
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.2.2-12", "MQTT-3.2.2-13"})
    void aWillAboveTheLimitsIsRefused() {
        Connect5 connect = Connect5.clean("will");
        clients.open()
                .send(connect.will(2, false, "server/will", "gone").packed())
                .expectRefusal(0x9B);
        clients.open()
                .send(connect.will(1, true, "server/will", "gone").packed())
                .expectRefusal(0x9A);
        clients.connect(connect.will(1, false, "server/will", "gone")).expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.2.2-14")
    void aRetainedPublishIsAnError() {
        clients.connect5("retain").send(retained("server/retain", "x")).expectDisconnect(0x9A);
        clients.connect5("retain").send(retained("server/retain", "")).expectDisconnect(0x9A);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.2.2-15")
    void aPacketAboveTheMaximumIsAnErrorAndOneOfItIsNot() {
        int room = PACKET_BYTES_MAX - 3 - 2 - "server/size".length() - 1;
        RawClient client = clients.connect5("size").subscribe5("server/size", 0);
        byte[] largest = publish("server/size", "x".repeat(room));
        assertThat(largest).hasSize(PACKET_BYTES_MAX);
        client.send(largest).expect(largest);
        client.send(publish("server/size", "x".repeat(room + 1))).expectDisconnect(0x95);
        clients.connect5("size").send("30 FF FF FF 7F").expectDisconnect(0x95);
        clients.connect5("size")
                .send(subscribe(1, Packets.ofLength(PACKET_BYTES_MAX), 0))
                .expectDisconnect(0x95);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 65_535})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.2.2-17", "MQTT-3.2.2-18"})
    void withoutTopicAliasesEachIsAnError(int alias) {
        assertThat(connack(Connect5.clean("alias")).property(Props.TOPIC_ALIAS_MAXIMUM))
                .isIn(null, 0L);
        clients.connect5("alias")
                .send(publish("server/alias", "x", Props.two(Props.TOPIC_ALIAS, alias)))
                .expectDisconnect(0x94);
    }

    @ParameterizedTest
    @ValueSource(strings = {"server/+", "server/#", "#", "+"})
    @Normative(version = "extra", value = "U5-3.2.2-2")
    void aWildcardIsAnError(String filter) {
        clients.connect5("wildcard").send(subscribe(1, filter, 0)).expectDisconnect(0xA2);
    }

    @Test
    @Normative(version = "extra", value = "U5-3.2.2-2")
    void aWildcardBehindAShareNameIsAnErrorToo() {
        RawClient client = sharing.connect5("shares").subscribe5("$share/g/server/name", 0);
        client.send(subscribe(2, "$share/g/server/+", 0)).expectDisconnect(0xA2);
    }

    @Test
    @Normative(version = "extra", value = "U5-3.2.2-3")
    void aSubscriptionIdentifierIsAnError() {
        byte[] identifier = Props.variable(Props.SUBSCRIPTION_IDENTIFIER, 1);
        clients.connect5("identifier")
                .send(subscribe(1, "server/identifier", 0, identifier))
                .expectDisconnect(0xA1);
    }

    @Test
    @Normative(version = "extra", value = "U5-3.2.2-4")
    void aSharedSubscriptionIsAnError() {
        clients.connect5("shared").send(subscribe(1, "$share/group/server", 0)).expectDisconnect(0x9E);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 65_535})
    @Normative(version = "5.0", value = "MQTT-3.1.2-22")
    void theKeepAliveOfTheServerCountsInsteadOfALongerOne(int asked) {
        RawClient client = clients.open();
        long start = System.nanoTime();
        Seen5 connack = client.send(
                        Connect5.clean("silent" + asked).withKeepAlive(asked).packed())
                .next5();
        assertThat(connack.property(Props.SERVER_KEEP_ALIVE)).isEqualTo(4L);
        client.expectDisconnect(0x8D);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(5_990L, 15_000L);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.2.2-22")
    void aShorterKeepAliveIsLeftAlone() {
        long start = System.nanoTime();
        RawClient client = clients.open();
        Seen5 connack =
                client.send(Connect5.clean("short").withKeepAlive(1).packed()).next5();
        assertThat(connack.property(Props.SERVER_KEEP_ALIVE)).isNull();
        client.expectDisconnect(0x8D);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(1_490L, 5_990L);
    }

    @Test
    void withinTheLimitsAllWorks() {
        RawClient client = clients.connect5("works").send(subscribe(1, "server/works", 1));
        client.expect("90 04 00 01 00 01").send(publish(1, 9, "server/works", "x"));
        client.expectInAnyOrder(puback(9), publish(1, 1, "server/works", "x"));
    }
}
