// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.DISCONNECT;
import static io.skep.conformance.wire.Packets.bytes;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets5.disconnect;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.retained;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When wills are published, and as what. {@link WillDelayTest} has those that wait. */
class WillTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static Connect5 willed(String topic, byte[]... properties) {
        return Connect5.clean("willed").will(0, false, topic, "gone", properties);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.2-8")
    void aConnectionThatEndsWithoutDisconnectPublishesItsWill() {
        RawClient watcher = clients.connect5("watcher").subscribe5("will/ends", 0);
        clients.connect(willed("will/ends")).drop();
        watcher.expect(publish("will/ends", "gone")).expectSilence();
        clients.connect(willed("will/ends")).close();
        watcher.expect(publish("will/ends", "gone")).expectSilence();
        clients.connect(willed("will/ends")).send("00 00").expectDisconnect(0x81);
        watcher.expect(publish("will/ends", "gone")).expectSilence();
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.2-8", "MQTT-3.1.2-10", "MQTT-3.14.4-3"})
    void afterANormalDisconnectNoWillIsPublished() {
        RawClient watcher = clients.connect5("watcher").subscribe5("will/normal", 0);
        clients.connect(willed("will/normal")).send(DISCONNECT).expectClosed();
        clients.connect(willed("will/normal")).send(disconnect(0)).expectClosed();
        clients.connect(willed("will/normal")).send(hex("E0 01 00")).expectClosed();
        clients.connect5("willed").drop();
        clients.connect5("sender").send(publish("will/normal", "end"));
        watcher.expect(publish("will/normal", "end")).expectSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.2-8", "MQTT-3.14.4-3"})
    void anyOtherDisconnectPublishesTheWill(int reason) {
        RawClient watcher = clients.connect5("watcher").subscribe5("will/other", 0);
        clients.connect(willed("will/other")).send(disconnect(reason)).expectClosed();
        watcher.expect(publish("will/other", "gone")).expectSilence();
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.2-7", "MQTT-3.1.2-10"})
    void aWillIsPublishedOnce() {
        RawClient watcher = clients.connect5("watcher").subscribe5("will/once", 0);
        Connect5 persistent = Connect5.persistent("once");
        clients.connect(persistent.will(0, false, "will/once", "gone")).drop();
        watcher.expect(publish("will/once", "gone"));
        clients.connect(persistent).drop();
        clients.connect(persistent).drop();
        clients.connect5("once").drop();
        clients.connect5("sender").send(publish("will/once", "end"));
        watcher.expect(publish("will/once", "end")).expectSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.2-12", "MQTT-3.1.2-14"})
    void aWillHasItsQos(int qos) {
        RawClient watcher = clients.connect5("watcher").subscribe5("will/qos", 2 | 8);
        clients.connect(Connect5.clean("willed").will(qos, false, "will/qos", "gone"))
                .drop();
        Seen5 will = watcher.next5();
        assertThat(will.qos()).isEqualTo(qos);
        assertThat(will.payload()).isEqualTo("gone");
        assertThat(will.retain()).isFalse();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.2-14")
    void aWillWithoutRetainIsNotKept() {
        RawClient watcher = clients.connect5("watcher").subscribe5("will/passing", 0);
        clients.connect5("sender").send(retained("will/passing", "kept"));
        watcher.expect(publish("will/passing", "kept"));
        clients.connect(willed("will/passing")).drop();
        watcher.expect(publish("will/passing", "gone"));
        clients.connect5("late")
                .subscribe5("will/passing", 0)
                .expect(retained("will/passing", "kept"))
                .expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.2-15")
    void aWillWithRetainBecomesTheRetainedMessage() {
        byte[] type = Props.text(Props.CONTENT_TYPE, "type");
        clients.connect5("sender").send(retained("will/retained", "before")).expectSilence();
        RawClient watcher = clients.connect5("watcher").subscribe5("will/retained", 0);
        watcher.expect(retained("will/retained", "before"));
        clients.connect(Connect5.clean("willed").will(1, true, "will/retained", "gone", type))
                .drop();
        watcher.expect(publish("will/retained", "gone", type));
        clients.connect5("late")
                .subscribe5("will/retained", 0)
                .expect(retained("will/retained", "gone", type))
                .expectSilence();
    }

    @ParameterizedTest
    @ValueSource(strings = {"will/+", "will/#", "#", ""})
    void aWillTopicHasNoWildcardAndIsNotEmpty(String topic) {
        clients.open().send(willed(topic).packed()).expectRefusal(0x81, 0x82, 0x90);
    }

    @Test
    @Normative(version = "extra", value = "U5-3.1.3-1")
    void aWillHasTheMessagePropertiesOfItsConnect() {
        byte[][] properties = {
            Props.one(Props.PAYLOAD_FORMAT_INDICATOR, 1),
            Props.text(Props.CONTENT_TYPE, "text/plain"),
            Props.text(Props.RESPONSE_TOPIC, "will/response"),
            Props.binary(Props.CORRELATION_DATA, hex("00 FF C3")),
            Props.user("a", "1")
        };
        RawClient watcher = clients.connect5("watcher").subscribe5("will/properties", 0);
        clients.connect(willed("will/properties", properties)).drop();
        Seen5 will = watcher.next5();
        assertThat(will.property(Props.PAYLOAD_FORMAT_INDICATOR)).isEqualTo(1L);
        assertThat(will.property(Props.CONTENT_TYPE)).isEqualTo("text/plain");
        assertThat(will.property(Props.RESPONSE_TOPIC)).isEqualTo("will/response");
        assertThat(will.property(Props.CORRELATION_DATA)).isEqualTo("00ffc3");
        assertThat(will.property(Props.USER_PROPERTY)).isEqualTo("a=1");
        assertThat(will.properties()).hasSize(5);
    }

    @Test
    @Normative(version = "extra", value = "U5-3.1.3-3")
    void aWillThatIsNotTheTextThatItDeclaresIsTakenIfNothingElseIsConfigured() {
        byte[] text = Props.one(Props.PAYLOAD_FORMAT_INDICATOR, 1);
        RawClient watcher = clients.connect5("watcher").subscribe5("will/text", 0);
        Connect5 connect = Connect5.clean("text").withFlags(6);
        clients.connect(connect.withPayload("text", Props.of(text), "will/text", bytes(hex("C3 28"))))
                .drop();
        watcher.expect(packet(0x30, "will/text", Props.of(text), hex("C3 28")));
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.3-10")
    void userPropertiesOfAWillKeepTheirOrder() {
        byte[][] properties = {
            Props.user("b", "1"), Props.user("a", "2"), Props.user("b", "1"), Props.user("", ""), Props.user("a", "0")
        };
        RawClient watcher = clients.connect5("watcher").subscribe5("will/users", 0);
        clients.connect(willed("will/users", properties)).drop();
        assertThat(watcher.next5().all(Props.USER_PROPERTY)).containsExactly("b=1", "a=2", "b=1", "=", "a=0");
    }

    @Test
    @Normative(version = "extra", value = "U5-3.1.3-1")
    void theMessageExpiryOfAWillBeginsWithItsPublication() {
        RawClient watcher = clients.connect5("watcher").subscribe5("will/expiry", 0);
        byte[] expiry = Props.four(Props.MESSAGE_EXPIRY_INTERVAL, 2);
        byte[] delay = Props.four(Props.WILL_DELAY_INTERVAL, 2);
        Connect5 connect = Connect5.persistent("expiry").will(0, false, "will/expiry", "gone", expiry, delay);
        long start = System.nanoTime();
        clients.connect(connect).drop();
        Seen5 will = watcher.next5();
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isGreaterThan(1_900);
        assertThat(will.payload()).isEqualTo("gone");
        assertThat(will.property(Props.MESSAGE_EXPIRY_INTERVAL)).isIn(1L, 2L);
    }
}
