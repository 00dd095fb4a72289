// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.again;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static io.skep.conformance.wire.Packets.twoBytes;
import static io.skep.conformance.wire.Packets5.ack;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.subscribe;
import static io.skep.conformance.wire.Packets5.unsubscribe;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Receive Maximum, both ways. */
class FlowControlTest {

    private static final int RECEIVE_MAXIMUM = 10;

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create().set("mqtt.receive-maximum", RECEIVE_MAXIMUM);

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private RawClient receiver(String id, boolean durable, int window) {
        Connect5 connect = durable ? Connect5.persistent(id + "-durable") : Connect5.clean(id);
        return clients.connect(connect.with(Props.two(Props.RECEIVE_MAXIMUM, window)));
    }

    private void publishMany(String topic, int qos, int from, int to) {
        RawClient sender = clients.connect5("sender of many");
        for (int i = from; i <= to; i++) {
            sender.send(publish(qos, i, topic, "m" + i));
            if (qos == 1) {
                sender.expect(puback(i));
            } else {
                sender.expect(pubrec(i)).send(pubrel(i)).expect(pubcomp(i));
            }
        }
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.3.4-7")
    void morePublishesThanTheBrokersReceiveMaximumCloseTheConnection() {
        clients.connect5("witness").subscribe5("flow/in", 0);
        RawClient sender = clients.open().send(Connect5.clean("too-many").packed());
        assertThat(sender.next5(2).property(Props.RECEIVE_MAXIMUM)).isEqualTo((long) RECEIVE_MAXIMUM);
        for (int i = 1; i <= RECEIVE_MAXIMUM; i++) {
            sender.send(publish(2, i, "flow/in", "x")).expect(pubrec(i));
        }
        sender.send(again(publish(2, 1, "flow/in", "x"))).expect(pubrec(1)); // no further message
        sender.send(publish("flow/in", "QoS 0 is not limited")).expectSilence();
        sender.send(pubrel(5)).expect(pubcomp(5));
        sender.send(publish(2, 11, "flow/in", "x")).expect(pubrec(11));
        sender.send(publish(2, 12, "flow/in", "x")).expectDisconnect(0x93);
    }

    @ParameterizedTest
    @CsvSource({"1,1,false", "1,1,true", "1,2,false", "1,2,true", "3,1,true", "3,2,false"})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.3.4-9", "MQTT-4.9.0-1", "MQTT-4.9.0-2", "MQTT-4.3.2-3"})
    void noMoreAreUnderWayThanTheClientTakes(int window, int qos, boolean durable) {
        String topic = "flow/out/" + window + qos + durable;
        RawClient receiver = receiver("out" + window + qos, durable, window).subscribe5(topic, qos);
        publishMany(topic, qos, 1, 12);
        List<Integer> open = new ArrayList<>();
        for (int i = 1; i <= 12; i++) {
            Seen5 found = receiver.nextPublish5();
            assertThat(found.payload()).isEqualTo("m" + i);
            open.add(found.id());
            if (open.size() == window) {
                receiver.expectSilence();
                finish(receiver, qos, open.remove(window / 2), i + 1 <= 12);
            }
        }
    }

    /** Answers a message; one of QoS 2 gives its place back with PUBCOMP, not before. */
    private static void finish(RawClient receiver, int qos, int id, boolean more) {
        if (qos == 1) {
            receiver.send(puback(id));
        } else {
            receiver.send(pubrec(id)).expect(pubrel(id)).expectSilence().send(pubcomp(id));
        }
        if (!more) {
            receiver.expectSilence();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Normative(version = "5.0", value = "MQTT-3.3.4-9")
    @Normative(version = "extra", value = "U5-4.9-1")
    void eachKindOfEndGivesOnePlaceBackAndNoneTwice(boolean durable) {
        String topic = "flow/kinds/" + durable;
        RawClient receiver = receiver("kinds", durable, 1).subscribe5(topic, 2);
        publishMany(topic, 1, 1, 2);
        publishMany(topic, 2, 3, 6);
        int first = receiver.nextPublish5().id();
        receiver.send(puback(first), puback(first), pubcomp(first));
        int second = receiver.nextPublish5().id();
        receiver.expectSilence().send(ack(0x40, second, 0x80), puback(second));
        int third = receiver.nextPublish5().id();
        receiver.expectSilence().send(ack(0x50, third, 0x97));
        int fourth = receiver.nextPublish5().id();
        receiver.expectSilence().send(pubrec(fourth)).expect(pubrel(fourth)).send(pubcomp(fourth), pubcomp(fourth));
        int fifth = receiver.nextPublish5().id();
        receiver.expectSilence()
                .send(pubrec(fifth))
                .expect(pubrel(fifth))
                .send(pubrec(fifth))
                .expect(pubrel(fifth));
        receiver.expectSilence().send(pubcomp(fifth)).expectPayloads5("m6").expectSilence();
    }

    @Test
    @Normative(version = "extra", value = "U5-4.9-1")
    void aNewConnectionBeginsWithAllPlaces() {
        RawClient receiver = receiver("fresh", true, 3).subscribe5("flow/fresh", 2);
        publishMany("flow/fresh", 1, 1, 6);
        receiver.expectPayloads5("m1", "m2", "m3").expectSilence().drop();
        receiver("fresh", true, 2).expectPayloads5("m1", "m2").expectSilence().drop();
        receiver("fresh", true, 5).expectPayloads5("m1", "m2", "m3", "m4", "m5").expectSilence();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.3.4-10", "MQTT-4.9.0-3"})
    void withoutAPlaceAllOtherPacketsAreAnswered(boolean durable) {
        String topic = "flow/others/" + durable;
        RawClient receiver = receiver("others", durable, 1).subscribe5(topic, 2);
        publishMany(topic, 2, 1, 3);
        int held = receiver.nextPublish5().id();
        receiver.send(subscribe(2, "flow/others/x", 2)).next5(9);
        receiver.send(publish(1, 1, "flow/others/y", "x")).next5(4);
        receiver.send(publish(2, 2, "flow/others/y", "x")).next5(5);
        receiver.send(pubrel(2)).expect(pubcomp(2));
        receiver.send(publish("flow/others/x", "own QoS 0")).expectPayloads5("own QoS 0");
        receiver.send(unsubscribe(3, "flow/others/x")).next5(11);
        receiver.expectSilence();
        receiver.send(pubrec(held)).expect(pubrel(held)).expectSilence();
        receiver.send(pubrec(0x7FFF)).expect(packet(0x62, twoBytes(0x7FFF), 0x92));
        receiver.send(pubrel(0x7FFE)).expect(packet(0x70, twoBytes(0x7FFE), 0x92));
    }

    @ParameterizedTest
    @CsvSource({"1,false", "1,true", "2,false", "2,true"})
    void oneMessageWithoutAnswerHoldsNothingBackNorQos0(int qos, boolean durable) {
        String topic = "flow/stuck/" + qos + durable;
        RawClient receiver = receiver("stuck" + qos, durable, 2).subscribe5(topic, qos);
        receiver.subscribe5("flow/stuck/zero", 0);
        RawClient zero = clients.connect5("zero");
        publishMany(topic, qos, 1, 50);
        receiver.expectPayloads5("m1"); // never answered
        for (int i = 2; i <= 50; i++) {
            Seen5 found = receiver.nextPublish5();
            assertThat(found.payload()).isEqualTo("m" + i);
            zero.send(publish("flow/stuck/zero", "QoS 0 beside " + i));
            receiver.expectPayloads5("QoS 0 beside " + i);
            finish(receiver, qos, found.id(), i < 50);
        }
    }

    private void retain(String prefix, int count) {
        RawClient sender = clients.connect5("retains");
        for (int i = 1; i <= count; i++) {
            sender.send(packet(0x35, prefix + i, twoBytes(i), Props.of(), ("m" + i).getBytes(UTF_8)));
            sender.next5(5);
            sender.send(pubrel(i)).expect(pubcomp(i));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Normative(version = "5.0", value = "MQTT-3.3.4-9")
    void retainedMessagesUseTheWholeWindow(boolean durable) {
        String prefix = "flow/retained/" + durable + "/";
        retain(prefix, 7);
        RawClient receiver = receiver("retained", durable, 5).subscribe5(prefix + "+", 2);
        List<Integer> ids = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            ids.add(receiver.nextPublish5().id());
        }
        receiver.expectSilence();
        receiver.send(ack(0x50, ids.get(3), 0x80)); // refused
        ids.add(receiver.nextPublish5().id());
        receiver.expectSilence()
                .send(pubrec(ids.get(0)))
                .expect(pubrel(ids.get(0)))
                .send(pubcomp(ids.get(0)));
        ids.add(receiver.nextPublish5().id());
        receiver.expectSilence();
        assertThat(ids).doesNotHaveDuplicates();
    }
}
