// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.twoBytes;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.retained;
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

/** Retained messages, and the subscription options about them. */
class RetainedTest {

    private static final int NO_LOCAL = 0x04;
    private static final int AS_PUBLISHED = 0x08;
    private static final int IF_NEW = 0x10;
    private static final int NEVER = 0x20;

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static byte[] kept(int qos, String topic, String payload) {
        Object id = qos == 0 ? new byte[0] : twoBytes(9);
        return packet(0x31 | qos << 1, topic, id, Props.of(), payload.getBytes(UTF_8));
    }

    private RawClient keep(int qos, String topic, String payload) {
        RawClient sender = clients.connect5("keeper").send(kept(qos, topic, payload));
        if (qos > 0) {
            sender.next5(3 + qos);
        }
        return sender.expectSilence();
    }

    @ParameterizedTest
    @CsvSource({"0,0", "0,2", "1,0", "1,1", "1,2", "2,0", "2,1", "2,2"})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.3.1-5", "MQTT-3.3.1-9"})
    @Normative(version = "extra", value = "U5-3.3.1-1")
    void theLatestReachesLaterSubscribersWithRetainAndItsQos(int published, int granted) {
        String topic = "retained/latest/" + published + granted;
        keep(0, topic, "old");
        keep(published, topic, "new");
        for (int options : new int[] {granted, granted | AS_PUBLISHED}) {
            RawClient late = clients.connect5("late").subscribe5(topic, options);
            Seen5 found = late.nextPublish5();
            assertThat(found.first()).isEqualTo(0x31 | Math.min(published, granted) << 1);
            assertThat(found.payload()).isEqualTo("new");
            late.expectSilence();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.3.1-6", "MQTT-3.3.1-7"})
    void anEmptyPayloadIsDeliveredAndDeletesTheMessage(int qos) {
        String topic = "retained/empty/" + qos;
        keep(0, topic, "kept");
        RawClient live = clients.connect5("live").subscribe5(topic, NEVER | qos);
        RawClient asPublished = clients.connect5("as-published").subscribe5(topic, NEVER | AS_PUBLISHED | qos);
        keep(qos, topic, "");
        assertThat(live.nextPublish5().first()).isEqualTo(0x30 | qos << 1);
        Seen5 empty = asPublished.nextPublish5();
        assertThat(empty.first()).isEqualTo(0x31 | qos << 1);
        assertThat(empty.payload()).isEmpty();
        clients.connect5("late")
                .subscribe5(topic, 0)
                .subscribe5("retained/empty/" + qos + "/#", 0)
                .expectSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Normative(version = "5.0", value = "MQTT-3.3.1-8")
    void aMessageWithoutRetainLeavesTheKeptOneAlone(int qos) {
        String topic = "retained/alone/" + qos;
        RawClient sender = keep(0, topic, "kept");
        for (String payload : List.of("passing", "")) {
            sender.send(qos == 0 ? publish(topic, payload) : publish(qos, 1 + payload.length(), topic, payload));
            if (qos > 0) {
                sender.next5(3 + qos);
            }
        }
        sender.expectSilence();
        clients.connect5("late").subscribe5(topic, 0).expectPayloads5("kept").expectSilence();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.3.1-9", "MQTT-3.3.1-10", "MQTT-3.3.1-11"})
    void retainHandlingSaysWhetherASubscribeBringsThem(boolean durable) {
        String topic = "retained/handling/" + durable;
        keep(0, topic + "/a", "a");
        keep(0, topic + "/b", "b");
        String filter = topic + "/+";
        RawClient client =
                clients.connect(durable ? Connect5.persistent("handling-durable") : Connect5.clean("handling"));

        client.subscribe5(filter, NEVER).expectSilence();
        client.subscribe5(filter, IF_NEW).expectSilence(); // it is there already
        client.subscribe5(filter, 0).expectPayloads5("a", "b").expectSilence();
        client.subscribe5(filter, 0).expectPayloads5("a", "b").expectSilence();
        client.send(unsubscribe(2, filter)).next5(11);
        client.subscribe5(filter, IF_NEW).expectPayloads5("a", "b").expectSilence();
        client.subscribe5(filter, IF_NEW | 2).expectSilence();
        client.subscribe5(topic + "/a", IF_NEW).expectPayloads5("a").expectSilence(); // another filter
        client.disconnect();
        if (durable) {
            RawClient back = clients.connect(Connect5.persistent("handling-durable"));
            back.subscribe5(filter, IF_NEW).expectSilence(); // it is there with the session
            clients.connect(Connect5.persistent("handling-durable").withFlags(2))
                    .subscribe5(filter, IF_NEW)
                    .expectPayloads5("a", "b");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.3.1-12", "MQTT-3.3.1-13"})
    void retainAsPublishedSaysWhetherALiveDeliveryKeepsTheFlag(int qos) {
        String topic = "retained/live/" + qos;
        RawClient without = clients.connect5("without").subscribe5(topic, NEVER | 2);
        RawClient with = clients.connect5("with").subscribe5(topic, NEVER | 2 | AS_PUBLISHED);
        RawClient both = clients.connect5("both").subscribe5(topic, NEVER | 2 | AS_PUBLISHED);
        both.subscribe5("retained/live/+", NEVER | 2);
        clients.connect(Connect5.persistent("away" + qos))
                .subscribe5(topic, 2 | AS_PUBLISHED)
                .drop();
        RawClient sender = clients.connect5("sender");
        sender.send(qos == 0 ? publish(topic, "passing") : publish(qos, 1, topic, "passing"), kept(qos, topic, "kept"));
        assertThat(without.nextPublish5().first()).isEqualTo(0x30 | qos << 1);
        assertThat(without.nextPublish5().first()).isEqualTo(0x30 | qos << 1);
        for (RawClient receiver : List.of(with, both)) {
            assertThat(receiver.nextPublish5().first()).isEqualTo(0x30 | qos << 1);
            assertThat(receiver.nextPublish5().first()).isEqualTo(0x31 | qos << 1);
        }
        if (qos > 0) {
            RawClient back = clients.connect(Connect5.persistent("away" + qos));
            assertThat(back.nextPublish5().retain()).isFalse();
            assertThat(back.nextPublish5().retain()).isTrue();
        }
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.3.1-9")
    void noLocalDoesNotHideTheOwnRetainedMessage() {
        RawClient client = clients.connect5("own").send(retained("retained/own", "kept"));
        client.subscribe5("retained/own", NO_LOCAL).expectPayloads5("kept");
        client.send(retained("retained/own", "later")).expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.3.1-9")
    void eachFilterOfASubscribeBringsItsOwnWithItsIdentifier() {
        keep(0, "retained/filters/a", "kept");
        RawClient client = clients.connect5("filters");
        byte[] id = Props.variable(Props.SUBSCRIPTION_IDENTIFIER, 5);
        client.send(packet(0x82, twoBytes(1), Props.of(id), "retained/filters/a", 0, "retained/filters/#", 0));
        client.next5(9);
        for (int i = 0; i < 2; i++) {
            assertThat(client.nextPublish5().all(Props.SUBSCRIPTION_IDENTIFIER)).containsExactly(5L);
        }
        client.expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.3.1-9")
    void wildcardsBringAllThatMatch() {
        RawClient sender = clients.connect5("sender");
        for (int i = 0; i < 300; i++) {
            sender.send(retained("retained/many/" + i % 3 + "/" + i, "m" + i));
        }
        sender.expectSilence();
        RawClient late = clients.connect5("late").subscribe5("retained/many/1/+", 0);
        List<String> found = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            found.add(late.nextPublish5().payload());
        }
        assertThat(found).doesNotHaveDuplicates().contains("m1", "m298").doesNotContain("m0");
        late.expectSilence();
    }

    @Test
    @Normative(version = "extra", value = "U3-4.1-1")
    void theyOutliveTheirPublisherAndTheBroker() {
        RawClient sender = clients.connect5("publisher");
        sender.send(packet(
                        0x33, "retained/outlives", twoBytes(1), Props.of(Props.user("a", "b")), "kept".getBytes(UTF_8)))
                .next5(4);
        sender.send(packet(0x33, "retained/cleared", twoBytes(2), Props.of(), "kept".getBytes(UTF_8)))
                .next5(4);
        sender.send(packet(0x33, "retained/cleared", twoBytes(3), Props.of())).next5(4);
        sender.disconnect();
        for (int round = 0; round < 2; round++) {
            RawClient late =
                    clients.connect5("late").subscribe5("retained/cleared", 0).subscribe5("retained/outlives", 1);
            Seen5 found = late.nextPublish5();
            assertThat(found.first()).isEqualTo(0x33);
            assertThat(found.payload()).isEqualTo("kept");
            assertThat(found.all(Props.USER_PROPERTY)).containsExactly("a=b");
            broker.restart();
        }
    }
}
