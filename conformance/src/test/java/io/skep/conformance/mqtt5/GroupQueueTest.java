// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.puback;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.Packets5;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a shared group has waiting, while none of its members can take a message. */
class GroupQueueTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static List<String> numbered(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> "m" + i).toList();
    }

    private static Connect5 narrow(Connect5 connect, int window) {
        return connect.with(Props.two(Props.RECEIVE_MAXIMUM, window));
    }

    private void publish(String topic, List<String> payloads) {
        RawClient sender = clients.connect5("sender");
        for (String payload : payloads) {
            sender.send(Packets5.publish(1, 1, topic, payload));
            assertThat(sender.next5().reason()).isZero();
        }
        sender.close();
    }

    private void absent(String clientId, String filter) {
        clients.connect(Connect5.persistent(clientId)).subscribe5(filter, 1).disconnect();
    }

    private static List<String> take(RawClient client, int count) {
        List<String> payloads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Seen5 delivery = client.next5();
            payloads.add(delivery.payload());
            client.send(puback(delivery.id()));
        }
        return payloads;
    }

    @Test
    void ifAllAreAwayWhoComesFirstGetsWhatWaits() {
        absent("first0", "$share/g/queue/first");
        absent("first1", "$share/g/queue/first");
        publish("queue/first", numbered(1, 100));
        RawClient back = clients.connect(Connect5.persistent("first1"));
        assertThat(take(back, 100)).isEqualTo(numbered(1, 100));
        clients.connect(Connect5.persistent("first0")).expectSilence();
        back.expectSilence();
    }

    @Test
    void aNewMemberGetsWhatWaitsToo() {
        absent("new0", "$share/g/queue/new");
        publish("queue/new", numbered(1, 3));
        RawClient member = clients.connect5("new1").subscribe5("$share/g/queue/new", 1);
        assertThat(take(member, 3)).isEqualTo(numbered(1, 3));
    }

    @Test
    void itOutlivesTheBroker() {
        absent("restart0", "$share/g/queue/restart");
        absent("restart1", "$share/g/queue/restart");
        publish("queue/restart", numbered(1, 1_000));

        broker.restart();

        publish("queue/restart", numbered(1_001, 1_100));
        RawClient back = clients.connect(Connect5.persistent("restart0"));
        assertThat(take(back, 1_100)).isEqualTo(numbered(1, 1_100));
        back.expectSilence().disconnect();

        broker.restart();

        clients.connect(Connect5.persistent("restart1")).expectSilence();
        clients.connect(Connect5.persistent("restart0")).expectSilence();
    }

    @Test
    void whatWasThereBeforeARestartComesBeforeWhatCameAfterIt() {
        absent("crew", "$share/g/queue/crew");
        publish("queue/crew", List.of("before"));

        broker.restart();

        publish("queue/crew", List.of("after"));
        RawClient back = clients.connect(Connect5.persistent("crew"));
        assertThat(take(back, 2)).containsExactly("before", "after");
    }

    @Test
    void aMemberThatComesBackWithMoreRoomGetsMore() {
        Connect5 three = narrow(Connect5.persistent("more"), 3);
        RawClient member = clients.connect(three).subscribe5("$share/g/queue/more", 1);
        publish("queue/more", numbered(1, 4));
        assertThat(List.of(
                        member.next5().payload(),
                        member.next5().payload(),
                        member.next5().payload()))
                .isEqualTo(numbered(1, 3));

        broker.restart();

        RawClient back = clients.connect(narrow(Connect5.persistent("more"), 4));
        List<String> found = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            found.add(back.next5().payload());
        }
        assertThat(found).isEqualTo(numbered(1, 4));
    }

    @Test
    void whatWaitsBehindOtherMessagesOfAMemberIsFreeForTheOthers() {
        Connect5 two = narrow(Connect5.persistent("busy"), 2);
        RawClient busy = clients.connect(two).subscribe5("queue/own", 2).subscribe5("$share/g/queue/busy", 1);
        RawClient sender = clients.connect5("sender");
        for (int i = 1; i <= 2; i++) {
            sender.send(Packets5.publish(2, i, "queue/own", "own" + i));
            assertThat(sender.next5().reason()).isZero();
        }
        publish("queue/busy", List.of("m1"));
        RawClient other = clients.connect5("other").subscribe5("$share/g/queue/busy", 1);
        busy.drop();
        assertThat(take(other, 1)).containsExactly("m1");
    }

    @Test
    void noMemberIsIdleWhileMessagesWait() {
        RawClient slow = clients.connect(narrow(Connect5.clean("idle0"), 1)).subscribe5("$share/g/queue/idle", 1);
        RawClient quick = clients.connect(narrow(Connect5.clean("idle1"), 1)).subscribe5("$share/g/queue/idle", 1);
        publish("queue/idle", numbered(1, 50));
        assertThat(slow.next5().payload()).isNotEmpty();
        assertThat(take(quick, 49)).hasSize(49).doesNotHaveDuplicates();
        quick.expectSilence();
        slow.expectSilence();
    }

    @Test
    void aLateMemberTakesWhatTheOthersHaveNoRoomFor() {
        RawClient slow = clients.connect(narrow(Connect5.clean("late0"), 2)).subscribe5("$share/g/queue/late", 1);
        publish("queue/late", numbered(1, 10));
        RawClient late = clients.connect5("late1").subscribe5("$share/g/queue/late", 1);
        assertThat(take(late, 8)).isEqualTo(numbered(3, 10));
        assertThat(take(slow, 2)).isEqualTo(numbered(1, 2));
        slow.expectSilence();
    }

    @Test
    @Normative(version = "extra", value = "U5-4.8.2-5")
    void withTheLastMemberGoesWhatWaits() {
        absent("last", "$share/g/queue/last");
        publish("queue/last", numbered(1, 3));
        RawClient last = clients.connect(narrow(Connect5.persistent("last"), 1));
        assertThat(last.next5().payload()).isEqualTo("m1");
        last.send(Packets5.unsubscribe(1, "$share/g/queue/last"));
        assertThat(last.next5().reasons()).containsExactly(0);
        RawClient next = clients.connect5("next").subscribe5("$share/g/queue/last", 1);
        next.expectSilence();
        broker.restart();
        clients.connect5("next").subscribe5("$share/g/queue/last", 1).expectSilence();
    }

    /** The group keeps nothing on disk any more when it ends, but it did before. */
    @Test
    @Normative(version = "extra", value = "U5-4.8.2-5")
    void withTheLastMemberGoesWhatIsOnDiskThoughThatMemberKeepsNothing() {
        absent("keeper", "$share/g/queue/keeper");
        publish("queue/keeper", List.of("m1"));
        RawClient busy = clients.connect(narrow(Connect5.clean("busy"), 1)).subscribe5("queue/other", 1);
        publish("queue/other", List.of("other"));
        assertThat(busy.next5().payload()).isEqualTo("other");
        busy.subscribe5("$share/g/queue/keeper", 1);
        clients.connect5("keeper").expectSilence().disconnect();
        publish("queue/keeper", List.of("m2")); // it waits, for a session that ends with its connection
        busy.disconnect();
        absent("keeper", "$share/g/queue/keeper");

        broker.restart();

        clients.connect(Connect5.persistent("keeper")).expectSilence();
    }

    @Test
    @Normative(version = "extra", value = "U5-4.8.2-4")
    void whatAMemberLeavesUnacknowledgedIsInheritedAlsoAfterARestart() {
        Connect5 leaves = Connect5.clean("heir0").withFlags(0).with(Props.four(Props.SESSION_EXPIRY_INTERVAL, 2));
        RawClient first = clients.connect(leaves).subscribe5("$share/g/queue/heir", 1);
        publish("queue/heir", numbered(1, 3));
        assertThat(first.next5().payload()).isEqualTo("m1");
        absent("heir1", "$share/g/queue/heir");
        first.drop();

        broker.restart();

        RawClient heir = clients.connect(Connect5.persistent("heir1"));
        assertThat(take(heir, 3)).containsExactlyInAnyOrder("m1", "m2", "m3");
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-4.8.2-5")
    void aQos2MessageThatWasBegunIsNotInherited() {
        RawClient first = clients.connect5("begun0").subscribe5("$share/g/queue/begun", 2);
        RawClient sender = clients.connect5("sender");
        sender.send(Packets5.publish(2, 1, "queue/begun", "m1"));
        assertThat(first.next5().payload()).isEqualTo("m1");
        RawClient second = clients.connect5("begun1").subscribe5("$share/g/queue/begun", 2);
        first.send(Packets.DISCONNECT).expectClosed();
        second.send(Packets5.subscribe(2, "queue/end", 0));
        assertThat(second.next5().reasons()).containsExactly(0);
        clients.connect5("other").send(Packets5.publish("queue/end", "end"));
        assertThat(second.next5().payload()).isEqualTo("end");
    }
}
