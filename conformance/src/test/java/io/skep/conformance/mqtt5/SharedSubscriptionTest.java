// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.again;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static io.skep.conformance.wire.Packets5.ack;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.subscribe;
import static io.skep.conformance.wire.Packets5.unsubscribe;
import static io.skep.conformance.wire.Props.SUBSCRIPTION_IDENTIFIER;
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
import org.junit.jupiter.params.provider.ValueSource;

/** Shared subscriptions: who gets a message, who gets it when that one fails, and who does not. */
class SharedSubscriptionTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private RawClient member(String id, String filter, int qos, byte[]... connectProperties) {
        return clients.connect(Connect5.clean(id).with(connectProperties)).subscribe5(filter, qos);
    }

    private RawClient durable(String id) {
        return clients.connect(Connect5.persistent(id));
    }

    private static byte[] window(int receiveMaximum) {
        return Props.two(Props.RECEIVE_MAXIMUM, receiveMaximum);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"$share/", "$share/g", "$share//t", "$share/g/", "$share/+/t", "$share/a+b/t", "$share/g#/t"})
    @Normative(
            version = "5.0",
            value = {"MQTT-4.8.2-1", "MQTT-4.8.2-2"})
    void aFilterThatIsNoneClosesTheConnection(String filter) {
        clients.connect5("wrong").send(subscribe(1, filter, 0)).expectDisconnect(0x81, 0x82, 0x8F);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-4.8.2-3")
    void eachMemberGetsAtMostItsOwnQos() {
        List<RawClient> members = new ArrayList<>();
        for (int qos = 0; qos <= 2; qos++) {
            members.add(member("qos" + qos, "$share/g/shared/qos", qos));
        }
        RawClient sender = clients.connect5("sender");
        for (int i = 1; i <= 9; i++) {
            sender.send(publish(2, i, "shared/qos", "m" + i)).expect(pubrec(i));
        }
        for (int qos = 0; qos <= 2; qos++) {
            for (int i = 0; i < 3; i++) {
                assertThat(members.get(qos).nextPublish5().qos()).isEqualTo(qos);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.8.4-8", "MQTT-4.3.3-4"})
    void qos2IsKept(boolean isDurable) {
        String id = "two" + isDurable;
        RawClient only = (isDurable ? durable(id) : clients.connect5(id)).subscribe5("$share/two/shared/two", 2);
        RawClient sender = clients.connect5("sender");
        for (int i = 1; i <= 5; i++) {
            sender.send(publish(2, i, "shared/two", "m" + i)).expect(pubrec(i));
            Seen5 found = only.nextPublish5();
            assertThat(found.qos()).isEqualTo(2);
            assertThat(found.payload()).isEqualTo("m" + i);
            only.send(pubrec(found.id())).expect(pubrel(found.id())).send(pubcomp(found.id()));
        }
        only.expectSilence().disconnect();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-4.8.2-4")
    void aQos2DeliveryThatHasBegunIsFinishedWithItsMember() {
        RawClient first = durable("begun").subscribe5("$share/g/shared/begun", 2);
        RawClient sender = clients.connect5("sender");
        sender.send(publish(2, 1, "shared/begun", "a")).expect(pubrec(1));
        sender.send(publish(2, 2, "shared/begun", "b")).expect(pubrec(2));
        int a = first.nextPublish5().id();
        int b = first.nextPublish5().id();
        first.send(pubrec(a)).expect(pubrel(a));
        RawClient second = member("begun-other", "$share/g/shared/begun", 2);
        first.drop();

        RawClient back = durable("begun");

        back.expect(pubrel(a), again(publish(2, b, "shared/begun", "b")));
        back.send(pubcomp(a), pubrec(b)).expect(pubrel(b)).send(pubcomp(b)).expectSilence();
        second.expectSilence();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Normative(version = "5.0", value = "MQTT-4.8.2-5")
    void aQos2DeliveryThatHasBegunEndsWithTheSessionOfItsMember(boolean isDurable) {
        String id = "over" + isDurable;
        String topic = "shared/" + id;
        RawClient first = (isDurable ? durable(id) : clients.connect5(id)).subscribe5("$share/g/" + topic, 2);
        RawClient sender = clients.connect5("sender");
        sender.send(publish(2, 1, topic, "begun")).expect(pubrec(1));
        first.expectPayloads5("begun");
        RawClient second = member("over-other", "$share/g/" + topic, 2);
        first.disconnect();
        clients.connect5(id); // with Clean Start
        sender.send(publish(2, 2, topic, "next")).expect(pubrec(2));
        second.expectPayloads5("next").expectSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Normative(
            version = "5.0",
            value = {"MQTT-4.8.2-6", "MQTT-4.4.0-2"})
    void whatAMemberRefusesGoesToNoOther(int qos) {
        String topic = "shared/refused/" + qos;
        RawClient first = durable("refuses" + qos).subscribe5("$share/g/" + topic, qos);
        RawClient sender = clients.connect5("sender").send(publish(qos, 1, topic, "refused"));
        int id = first.nextPublish5().id();
        RawClient second = member("refused-other", "$share/g/" + topic, qos);
        first.send(ack(qos == 1 ? 0x40 : 0x50, id, 0x83)).expectSilence().drop();
        assertThat(durable("refuses" + qos).drainQueue5()).isEmpty();
        clients.connect5("refuses" + qos); // the session ends, too
        sender.send(publish(qos, 2, topic, "next"));
        second.expectPayloads5("next").expectSilence();
    }

    @Test
    @Normative(version = "extra", value = "U5-4.8.2-1")
    void eachGroupAndEachPlainSubscriptionHasItsOwnCopy() {
        RawClient plain = clients.connect5("plain").subscribe5("shared/copies", 0);
        List<RawClient> one = List.of(
                member("one0", "$share/one/shared/+", 0),
                member("one1", "$share/one/shared/+", 0),
                member("one2", "$share/one/shared/+", 0));
        RawClient two = member("two", "$share/two/shared/copies", 0);
        RawClient both = member("both", "$share/three/shared/copies", 0).subscribe5("shared/copies", 0);
        RawClient sender = clients.connect5("sender");
        for (int i = 0; i < 3; i++) {
            sender.send(publish("shared/copies", "m" + i));
            plain.expectPayloads5("m" + i);
            two.expectPayloads5("m" + i);
            both.expectPayloads5("m" + i, "m" + i);
        }
        List<String> found =
                one.stream().map(member -> member.nextPublish5().payload()).toList();
        assertThat(found).containsExactlyInAnyOrder("m0", "m1", "m2");
        one.forEach(RawClient::expectSilence);
        both.expectSilence();
    }

    @Test
    @Normative(version = "extra", value = "U5-4.8.2-2")
    void retainedMessagesAreNotForSharedSubscriptions() {
        RawClient sender = clients.connect5("sender").publishRetained5("shared/retained", "kept");
        member("retained0", "$share/g/shared/retained", 0).expectSilence();
        RawClient later = member("retained1", "$share/g/shared/retained", 0).expectSilence();
        later.subscribe5("$share/g/shared/retained", 0).expectSilence();
        later.subscribe5("$share/h/shared/#", 0).expectSilence();
        sender.expectSilence();
    }

    @Test
    @Normative(version = "extra", value = "U5-4.8.2-3")
    void whoSubscribesTwiceIsOneMember() {
        RawClient twice = member("twice", "$share/g/shared/twice", 0).subscribe5("$share/g/shared/twice", 0);
        RawClient once = member("once", "$share/g/shared/twice", 0);
        RawClient sender = clients.connect5("sender");
        for (int i = 0; i < 4; i++) {
            sender.send(publish("shared/twice", "m" + i));
        }
        assertThat(List.of(twice.nextPublish5().payload(), twice.nextPublish5().payload()))
                .doesNotContain(
                        once.nextPublish5().payload(), once.nextPublish5().payload());
        assertThat(twice.send(unsubscribe(2, "shared/twice")).next5(11).reasons())
                .containsExactly(0x11);
        assertThat(twice.send(unsubscribe(3, "$share/g/shared/twice")).next5(11).reasons())
                .containsExactly(0);
        sender.send(publish("shared/twice", "a"), publish("shared/twice", "b"));
        once.expectPayloads5("a", "b");
        twice.expectSilence();
    }

    @Test
    @Normative(version = "extra", value = "U5-4.8.2-4")
    void whatAMemberHasNotAcknowledgedGoesToAnotherWhenItsSessionEnds() {
        RawClient first = member("heir0", "$share/g/shared/heir", 1);
        RawClient sender = clients.connect5("sender");
        sender.send(publish(1, 1, "shared/heir", "a", Props.user("name", "value")))
                .expect(puback(1));
        sender.send(publish(1, 2, "shared/heir", "b")).expect(puback(2));
        first.expectPayloads5("a", "b");
        RawClient second = member("heir1", "$share/g/shared/heir", 1);
        first.drop();
        Seen5 a = second.nextPublish5();
        assertThat(a.payload()).isEqualTo("a");
        assertThat(a.dup()).isFalse(); // for this client it is the first time
        assertThat(a.all(Props.USER_PROPERTY)).containsExactly("name=value");
        second.expectPayloads5("b").expectSilence();
    }

    @Test
    @Normative(version = "extra", value = "U5-4.8.2-5")
    void withTheLastMemberItsMessagesAreGone() {
        RawClient last = member("last", "$share/g/shared/last", 1, window(1));
        RawClient sender = clients.connect5("sender");
        for (int i = 1; i <= 3; i++) {
            sender.send(publish(1, i, "shared/last", "m" + i)).expect(puback(i));
        }
        last.expectPayloads5("m1").disconnect();
        assertThat(sender.send(publish(1, 4, "shared/last", "for nobody"))
                        .next5(4)
                        .reason())
                .isEqualTo(0x10);
        RawClient fresh = member("fresh", "$share/g/shared/last", 1);
        sender.send(publish(1, 5, "shared/last", "new")).expect(puback(5));
        fresh.expectPayloads5("new").expectSilence();
    }

    @Test
    @Normative(version = "extra", value = "U5-3.3.4-5")
    void aDeliveryCarriesTheIdentifierOfItsMemberOnly() {
        RawClient first = clients.connect5("id1");
        first.subscribe5("$share/g/shared/id", 1, Props.variable(SUBSCRIPTION_IDENTIFIER, 11));
        RawClient second = clients.connect5("id2");
        second.subscribe5("$share/g/shared/id", 1, Props.variable(SUBSCRIPTION_IDENTIFIER, 22));
        RawClient third = member("id3", "$share/g/shared/id", 1);
        RawClient sender = clients.connect5("sender");
        for (int i = 1; i <= 3; i++) {
            sender.send(publish(1, i, "shared/id", "x")).expect(puback(i));
        }
        assertThat(first.nextPublish5().all(SUBSCRIPTION_IDENTIFIER)).containsExactly(11L);
        assertThat(second.nextPublish5().all(SUBSCRIPTION_IDENTIFIER)).containsExactly(22L);
        assertThat(third.nextPublish5().all(SUBSCRIPTION_IDENTIFIER)).isEmpty();
    }

    @Test
    void aMemberWithAFullWindowIsPassedOverAndGetsMoreOnceItAcknowledges() {
        RawClient busy = member("busy", "$share/g/shared/idle", 1, window(2));
        RawClient sender = clients.connect5("sender");
        List<Integer> held = new ArrayList<>();
        for (int i = 1; i <= 2; i++) {
            sender.send(publish(1, i, "shared/idle", "m" + i)).expect(puback(i));
            held.add(busy.nextPublish5().id());
        }
        RawClient idle = member("idle", "$share/g/shared/idle", 1);
        for (int i = 3; i <= 20; i++) {
            sender.send(publish(1, i, "shared/idle", "m" + i)).expect(puback(i));
            idle.expectPayloads5("m" + i);
        }
        busy.expectSilence().send(puback(held.get(0))).expectSilence();
        sender.send(publish(1, 21, "shared/idle", "m21"), publish(1, 22, "shared/idle", "m22"));
        assertThat(List.of(busy.nextPublish5().payload(), idle.nextPublish5().payload()))
                .containsExactlyInAnyOrder("m21", "m22");
    }

    @Test
    void ifAllWindowsAreFullEachAcknowledgementBringsTheNextMessage() {
        RawClient first = member("full0", "$share/g/shared/full", 1, window(1));
        RawClient second = member("full1", "$share/g/shared/full", 1, window(1));
        RawClient sender = clients.connect5("sender");
        for (int i = 1; i <= 6; i++) {
            sender.send(publish(1, i, "shared/full", "m" + i)).expect(puback(i));
        }
        List<String> found = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            Seen5 one = first.nextPublish5(); // with a window of one, neither gets two before it has acknowledged
            Seen5 other = second.nextPublish5();
            found.addAll(List.of(one.payload(), other.payload()));
            first.send(puback(one.id()));
            second.send(puback(other.id()));
        }
        assertThat(found).containsExactlyInAnyOrder("m1", "m2", "m3", "m4", "m5", "m6");
    }
}
