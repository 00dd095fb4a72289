// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.publish;
import static io.skep.conformance.wire.Packets.retained;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Delivery;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When wills are published, and as what. {@link TakeoverTest} and {@link KeepAliveTest} have theirs. */
class WillTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static Connect willed(String topic) {
        return Connect.clean("willed").will(0, false, topic, "gone");
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.1.2-8")
    void aDroppedConnectionPublishesItsWill() {
        RawClient watcher = clients.connect("watcher").subscribe("will/drop", 0);
        clients.connect(willed("will/drop")).drop();
        watcher.expect(publish("will/drop", "gone")).expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.1.2-8")
    void aConnectionThatIsClosedWithoutDisconnectPublishesItsWill() {
        RawClient watcher = clients.connect("watcher").subscribe("will/close", 0);
        clients.connect(willed("will/close")).close();
        watcher.expect(publish("will/close", "gone")).expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.1.2-8")
    void aViolationPublishesTheWill() {
        RawClient watcher = clients.connect("watcher").subscribe("will/violation", 0);
        clients.connect(willed("will/violation")).send("00 00").expectClosed();
        watcher.expect(publish("will/violation", "gone")).expectSilence();
    }

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.14.4-3", "MQTT-3.1.2-10"})
    void afterDisconnectNoWillIsPublished() {
        RawClient watcher = clients.connect("watcher").subscribe("will/disconnect", 0);
        clients.connect(willed("will/disconnect")).disconnect();
        clients.connect("willed").drop();
        clients.connect("sender").send(publish("will/disconnect", "end"));
        watcher.expect(publish("will/disconnect", "end")).expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.1.2-10")
    void aWillIsPublishedOnce() {
        RawClient watcher = clients.connect("watcher").subscribe("will/once", 0);
        clients.connect(Connect.persistent("once").will(0, false, "will/once", "gone"))
                .drop();
        watcher.expect(publish("will/once", "gone"));
        clients.resume("once").drop();
        clients.resume("once").drop();
        clients.connect("once").drop();
        clients.connect("sender").send(publish("will/once", "end"));
        watcher.expect(publish("will/once", "end")).expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.1.2-12")
    void withoutAWillNothingIsPublished() {
        RawClient watcher = clients.connect("watcher").subscribe("#", 0);
        clients.connect("sender").send(publish("will/start", "start"));
        while (!watcher.nextDelivery().topic().equals("will/start")) {
            // what other tests have retained
        }
        clients.connect("no-will").drop();
        clients.connect("no-will").drop();
        clients.connect("sender").send(publish("will/end", "end"));
        watcher.expect(publish("will/end", "end")).expectSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.1.2-9", "MQTT-3.1.2-14"})
    void aWillHasItsQos(int qos) {
        RawClient watcher = clients.connect("watcher").subscribe("will/qos", 2);
        clients.connect(Connect.clean("willed").will(qos, false, "will/qos", "gone"))
                .drop();
        Delivery will = watcher.nextDelivery();
        assertThat(will.qos()).isEqualTo(qos);
        assertThat(will.payload()).isEqualTo("gone");
        assertThat(will.retain()).isFalse();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.1.2-16")
    void aWillWithoutRetainIsNotKept() {
        RawClient watcher = clients.connect("watcher").subscribe("will/passing", 0);
        clients.connect("sender").send(retained("will/passing", "kept"));
        watcher.expect(publish("will/passing", "kept"));
        clients.connect(willed("will/passing")).drop();
        watcher.expect(publish("will/passing", "gone"));
        clients.connect("late")
                .subscribe("will/passing", 0)
                .expect(retained("will/passing", "kept"))
                .expectSilence();
    }

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.1.2-9", "MQTT-3.1.2-17"})
    void aWillWithRetainReplacesTheRetainedMessage() {
        clients.connect("sender").send(retained("will/retained", "before")).expectSilence();
        RawClient watcher = clients.connect("watcher").subscribe("will/retained", 0);
        watcher.expect(retained("will/retained", "before"));
        clients.connect(Connect.clean("willed").will(1, true, "will/retained", "gone"))
                .drop();
        watcher.expect(publish("will/retained", "gone"));
        clients.connect("late")
                .subscribe("will/retained", 0)
                .expect(retained("will/retained", "gone"))
                .expectSilence();
    }

    @Test
    void anEmptyRetainedWillClearsTheRetainedMessage() {
        clients.connect("sender").send(retained("will/clears", "before")).expectSilence();
        RawClient watcher = clients.connect("watcher").subscribe("will/clears", 0);
        watcher.expect(retained("will/clears", "before"));
        clients.connect(Connect.clean("willed").will(0, true, "will/clears", ""))
                .drop();
        watcher.expect(publish("will/clears", ""));
        clients.connect("late").subscribe("will/clears", 0).expectSilence();
    }

    @ParameterizedTest
    @ValueSource(strings = {"will/+", "will/#", "#", ""})
    @Normative(version = "3.1.1", value = "MQTT-4.7.1-1")
    void aWillTopicHasNoWildcardAndIsNotEmpty(String topic) {
        clients.open().send(willed(topic).packed()).expectClosed();
    }

    @Test
    void theWillOfAPersistentSessionIsPublishedToo() {
        RawClient watcher = clients.connect("watcher").subscribe("will/persistent", 1);
        Connect connect = Connect.persistent("willed-session").will(1, false, "will/persistent", "gone");
        clients.connect(connect).drop();
        watcher.expect(publish(1, 1, "will/persistent", "gone"));
        clients.resume("willed-session").expectNothingQueued();
    }

    @Test
    void aWillIsQueuedForAClientThatIsAway() {
        clients.connect(Connect.persistent("away")).subscribe("will/away", 1).disconnect();
        RawClient watcher = clients.connect("watcher").subscribe("will/away", 0);
        clients.connect(Connect.clean("willed").will(1, false, "will/away", "gone"))
                .drop();
        watcher.expect(publish("will/away", "gone"));
        clients.resume("away").expect(publish(1, 1, "will/away", "gone"));
    }
}
