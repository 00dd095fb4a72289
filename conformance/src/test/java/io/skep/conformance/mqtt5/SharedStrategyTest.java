// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.unsubscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which member of a shared subscription gets a message, as configured. */
class SharedStrategyTest {

    private static final int MESSAGES = 24;

    /** One loop, so that it is known at once how much a member has unacknowledged. */
    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create().set("threads.loops", 1);

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private void use(String strategy) {
        broker.stop();
        broker.set("mqtt.shared-subscription-strategy", strategy);
        broker.start();
    }

    private List<RawClient> members(int count, int receiveMaximum) {
        List<RawClient> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Connect5 connect = Connect5.clean("member" + i).with(Props.two(Props.RECEIVE_MAXIMUM, receiveMaximum));
            members.add(
                    clients.connect(connect).subscribe5("$share/g/work/#", 1).subscribe5("end", 0));
        }
        return members;
    }

    private static void publishAll(RawClient publisher, String topic) {
        for (int i = 1; i <= MESSAGES; i++) {
            publisher.send(publish(1, i, topic, topic + i));
            assertThat(publisher.next5().reasons()).containsExactly(0);
        }
    }

    /** {@return the topics of what has come to each member: all that is before a message to everyone} */
    private static List<List<String>> received(RawClient publisher, List<RawClient> members) {
        publisher.send(publish("end", ""));
        List<List<String>> all = new ArrayList<>();
        for (RawClient member : members) {
            List<String> topics = new ArrayList<>();
            for (String topic = member.next5().topic();
                    !topic.equals("end");
                    topic = member.next5().topic()) {
                topics.add(topic);
            }
            all.add(topics);
        }
        return all;
    }

    @Test
    void roundRobinGivesEachMemberAsMuch() {
        List<RawClient> members = members(3, 1_000);
        RawClient publisher = clients.connect5("publisher");
        publishAll(publisher, "work/a");
        assertThat(received(publisher, members))
                .allSatisfy(topics -> assertThat(topics).hasSize(MESSAGES / 3));
    }

    @Test
    void randomLeavesOutNoMemberAndLosesNoMessage() {
        use("random");
        List<RawClient> members = members(2, 1_000);
        RawClient publisher = clients.connect5("publisher");
        for (int i = 0; i < 4; i++) {
            publishAll(publisher, "work/a");
        }
        List<List<String>> received = received(publisher, members);
        assertThat(received).doesNotContain(List.of());
        assertThat(received.stream().mapToInt(List::size).sum()).isEqualTo(4 * MESSAGES);
    }

    @Test
    void stickyStaysWithOneMemberUntilItsWindowIsFull() {
        use("sticky");
        List<RawClient> members = members(3, 10);
        RawClient publisher = clients.connect5("publisher");
        publishAll(publisher, "work/a");
        List<List<String>> received = received(publisher, members);
        assertThat(received.stream().map(List::size)).containsExactly(10, 10, 4);
    }

    @Test
    void stickyGoesToAnotherMemberWhenItsOwnLeaves() {
        use("sticky");
        List<RawClient> members = members(2, 1_000);
        RawClient publisher = clients.connect5("publisher");
        publishAll(publisher, "work/a");
        assertThat(received(publisher, members).stream().map(List::size)).containsExactly(MESSAGES, 0);
        members.get(0).send(unsubscribe(2, "$share/g/work/#"));
        assertThat(members.get(0).next5().reasons()).containsExactly(0);
        publishAll(publisher, "work/b");
        assertThat(received(publisher, members).stream().map(List::size)).containsExactly(0, MESSAGES);
    }

    @Test
    void theHashOfAClientBringsAllItsMessagesToOneMember() {
        use("hash-client");
        List<RawClient> members = members(3, 1_000);
        for (int i = 0; i < 12; i++) {
            publishAll(clients.connect5("publisher" + i), "work/" + i);
        }
        assertEachTopicIsAtOneMember(received(clients.connect5("last"), members), 12);
    }

    @Test
    void theHashOfATopicBringsItsMessagesOfAllClientsToOneMember() {
        use("hash-topic");
        List<RawClient> members = members(3, 1_000);
        for (int i = 0; i < 12; i++) {
            publishAll(clients.connect5("one" + i), "work/" + i);
            publishAll(clients.connect5("two" + i), "work/" + i);
        }
        assertEachTopicIsAtOneMember(received(clients.connect5("last"), members), 12);
    }

    private static void assertEachTopicIsAtOneMember(List<List<String>> received, int topics) {
        List<String> distinct = new ArrayList<>();
        received.forEach(member -> distinct.addAll(member.stream().distinct().toList()));
        assertThat(distinct).hasSize(topics).doesNotHaveDuplicates();
        assertThat(received).as("members with messages").doesNotContain(List.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"round-robin", "random", "sticky", "hash-client", "hash-topic"})
    void whoIsAwayOrFullIsPassedOver(String strategy) {
        use(strategy);
        clients.connect(Connect5.persistent("away"))
                .subscribe5("$share/g/work/#", 1)
                .disconnect();
        List<RawClient> full = members(2, 1);
        RawClient ready =
                clients.connect5("ready").subscribe5("$share/g/work/#", 1).subscribe5("end", 0);
        RawClient publisher = clients.connect5("publisher");
        publishAll(publisher, "work/a");
        List<RawClient> all = List.of(full.get(0), full.get(1), ready);
        List<Integer> counts = received(publisher, all).stream().map(List::size).toList();
        assertThat(counts.subList(0, 2)).allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(1));
        assertThat(counts.stream().mapToInt(count -> count).sum()).isEqualTo(MESSAGES);
    }
}
