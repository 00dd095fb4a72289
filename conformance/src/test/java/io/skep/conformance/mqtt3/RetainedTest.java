// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.retained;
import static io.skep.conformance.wire.Packets.suback;
import static io.skep.conformance.wire.Packets.twoBytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Delivery;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Retained messages. */
class RetainedTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static byte[] kept(int qos, int id, String topic, String payload) {
        return packet(0x31 | qos << 1, topic, twoBytes(id), payload.getBytes(UTF_8));
    }

    @ParameterizedTest
    @CsvSource({"1,0", "1,1", "1,2", "2,0", "2,1", "2,2"})
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.3.1-5", "MQTT-3.3.1-8", "MQTT-3.8.4-6"})
    void itIsKeptWithItsQos(int published, int granted) {
        String topic = "retained/qos/" + published;
        RawClient sender = clients.connect("sender").send(kept(published, 1, topic, "kept"));
        sender.expect(published == 1 ? puback(1) : pubrec(1));
        RawClient late = clients.connect("late").subscribe(topic, granted);
        Delivery kept = late.nextDelivery();
        assertThat(kept.first()).isEqualTo(0x31 | Math.min(published, granted) << 1);
        assertThat(kept.payload()).isEqualTo("kept");
        late.expectSilence();
    }

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.3.1-5", "MQTT-3.3.1-6", "MQTT-3.3.1-7"})
    void theLatestOfEachTopicIsKept() {
        RawClient sender = clients.connect("sender");
        sender.send(retained("retained/latest/a", "old"), retained("retained/latest/a", "new"));
        sender.send(kept(1, 1, "retained/latest/b", "b")).expect(puback(1));
        sender.send(retained("retained/latest/b", "b of QoS 0")).expectSilence();
        RawClient late = clients.connect("late").subscribe("retained/latest/+", 2);
        late.expectInAnyOrder(retained("retained/latest/a", "new"), retained("retained/latest/b", "b of QoS 0"))
                .expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.3.1-6")
    void wildcardsBringAllThatMatch() {
        RawClient sender = clients.connect("sender");
        for (int i = 0; i < 300; i++) {
            sender.send(retained("retained/many/" + i % 3 + "/" + i, "message " + i));
        }
        sender.expectSilence();
        assertThat(collect("retained/many/#", 300)).hasSize(300);
        assertThat(collect("retained/many/1/+", 100)).hasSize(100).containsEntry("retained/many/1/4", "message 4");
        assertThat(collect("retained/+/+/299", 1)).containsOnly(Map.entry("retained/many/2/299", "message 299"));
    }

    private Map<String, String> collect(String filter, int count) {
        RawClient late = clients.connect("late").subscribe(filter, 0);
        Map<String, String> found = new HashMap<>();
        for (int i = 0; i < count; i++) {
            Delivery kept = late.nextDelivery();
            assertThat(kept.retain()).isTrue();
            found.put(kept.topic(), kept.payload());
        }
        late.expectSilence();
        return found;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Normative(version = "3.1.1", value = "MQTT-3.3.1-9")
    void aLiveDeliveryHasNoRetainFlag(int qos) {
        RawClient live = clients.connect("live").subscribe("retained/live/" + qos, 2);
        byte[] packet = qos == 0 ? retained("retained/live/0", "x") : kept(qos, 1, "retained/live/" + qos, "x");
        clients.connect("sender").send(packet);
        assertThat(live.nextDelivery().first()).isEqualTo(0x30 | qos << 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.3.1-10", "MQTT-3.3.1-11"})
    void anEmptyPayloadIsDeliveredAndDeletesTheMessage(int qos) {
        String topic = "retained/empty/" + qos;
        RawClient sender =
                clients.connect("sender").send(retained(topic, "kept")).expectSilence();
        RawClient live = clients.connect("live").subscribe(topic, 2).expect(retained(topic, "kept"));
        sender.send(qos == 0 ? retained(topic, "") : kept(qos, 1, topic, ""));
        Delivery empty = live.nextDelivery();
        assertThat(empty.first()).isEqualTo(0x30 | qos << 1);
        assertThat(empty.payload()).isEmpty();
        clients.connect("late").subscribe(topic, 0).expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.3.1-12")
    void aMessageWithoutRetainLeavesTheKeptOneAlone() {
        RawClient sender = clients.connect("sender").send(retained("retained/alone", "kept"));
        sender.publishAcknowledged(1, "retained/alone", "passing").publishAcknowledged(2, "retained/alone", "");
        clients.connect("late")
                .subscribe("retained/alone", 0)
                .expect(retained("retained/alone", "kept"))
                .expectSilence();
    }

    @Test
    void eachFilterOfASubscribeBringsItsOwn() {
        clients.connect("sender").send(retained("retained/two/a", "kept")).expectSilence();
        byte[] filters = concat("retained/two/a", 0, "retained/two/#", 0);
        clients.connect("late")
                .send(packet(0x82, twoBytes(1), filters))
                .expect(suback(1, 0, 0), retained("retained/two/a", "kept"), retained("retained/two/a", "kept"))
                .expectSilence();
    }

    @Test
    void aResumedSessionGetsNoRetainedMessages() {
        clients.connect("sender").send(retained("retained/resumed", "kept")).expectSilence();
        RawClient client = clients.connect(Connect.persistent("resumed")).subscribe("retained/resumed", 0);
        client.expect(retained("retained/resumed", "kept")).disconnect();
        clients.resume("resumed").expectNothingQueued();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.1.2-7")
    void itOutlivesItsPublisher() {
        clients.connect("publisher").send(retained("retained/outlives", "kept")).disconnect();
        clients.connect("publisher").disconnect();
        clients.connect("late").subscribe("retained/outlives", 0).expect(retained("retained/outlives", "kept"));
    }

    @Test
    void moreThanTheWindowAllowsComeAsTheyAreAcknowledged() {
        RawClient sender = clients.connect("sender");
        for (int i = 1; i <= 2_500; i++) {
            sender.send(kept(1, i, "retained/window/" + i, "kept"));
        }
        for (int i = 1; i <= 2_500; i++) {
            sender.expect(puback(i));
        }
        RawClient late = clients.connect("late").subscribe("retained/window/#", 1);
        Map<String, Integer> found = new HashMap<>();
        for (int i = 0; i < 2_500; i++) {
            Delivery kept = late.nextDelivery();
            assertThat(kept.first()).isEqualTo(0x33);
            found.merge(kept.topic(), 1, Integer::sum);
            late.send(puback(kept.id()));
        }
        assertThat(found).hasSize(2_500);
        late.expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.3.1-6")
    void aMessageOfQos2HoldsNoOtherBack() {
        RawClient sender = clients.connect("sender");
        sender.send(kept(2, 1, "retained/room/a", "of QoS 2")).expect(pubrec(1));
        sender.send(retained("retained/room/b", "of QoS 0")).expectSilence();
        RawClient late = clients.connect(Connect.persistent("late")).subscribe("retained/room/+", 2);
        assertThat(late.nextDelivery().payload()).isEqualTo("of QoS 2");
        assertThat(late.nextDelivery().payload()).isEqualTo("of QoS 0");
        late.expectSilence();
    }
}
