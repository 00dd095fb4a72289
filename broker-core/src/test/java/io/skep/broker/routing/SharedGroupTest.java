// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import static io.skep.broker.routing.RandomTopics.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.skep.broker.config.MqttConfig.SharedStrategy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SharedGroupTest {

    private static final Topic TOPIC = Topic.of(bytes("a/b"));

    private final SharedGroup group = new SharedGroup("g");

    /** A member whose state a test sets. */
    private static final class Member implements Recipient {

        private final String name;
        private boolean connected = true;
        private boolean full;
        private boolean durable;

        Member(String name) {
            this.name = name;
        }

        @Override
        public void deliver(Publication publication, Subscription subscription) {
            throw new IllegalStateException("message: one (expected: none, in a test of choosing)");
        }

        @Override
        public void execute(Runnable step) {
            throw new IllegalStateException("step: one (expected: none, in a test of choosing)");
        }

        @Override
        public String clientId() {
            return name;
        }

        @Override
        public boolean isConnected() {
            return connected;
        }

        @Override
        public boolean isReady() {
            return connected && !full;
        }

        @Override
        public boolean isDurable() {
            return durable;
        }
    }

    private List<Member> join(int count) {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Member member = new Member("m" + i);
            members.add(member);
            group.put(new Subscription(member, bytes("$share/g/a/b"), 1, 0));
        }
        return members;
    }

    private String chosen(SharedStrategy strategy) {
        return chosen(strategy, TOPIC, null);
    }

    private String chosen(SharedStrategy strategy, Topic topic, @Nullable Recipient publisher) {
        return Objects.requireNonNull(group.choose(strategy, topic, publisher), "member")
                .recipient()
                .clientId();
    }

    @ParameterizedTest
    @EnumSource
    void aGroupWithoutMembersChoosesNobody(SharedStrategy strategy) {
        assertThat(group.choose(strategy, TOPIC, null)).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void whoIsReadyIsFoundWhereverItStands(SharedStrategy strategy) {
        List<Member> members = join(5);
        for (Member ready : members) {
            members.forEach(member -> member.full = member != ready);
            for (int i = 0; i < 20; i++) {
                assertThat(chosen(strategy, Topic.of(bytes("t/" + i)), new Member("publisher" + i)))
                        .isEqualTo(ready.name);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void ifNobodyIsReadyTheNextBestIsConnected(SharedStrategy strategy) {
        List<Member> members = join(4);
        for (Member connected : members) {
            members.forEach(member -> {
                member.connected = member == connected;
                member.full = true;
            });
            assertThat(chosen(strategy)).isEqualTo(connected.name);
        }
    }

    @Test
    void aGroupIsDurableIfOneMemberIs() {
        List<Member> members = join(3);
        assertThat(group.isDurable()).isFalse();
        members.get(2).durable = true;
        assertThat(group.isDurable()).isTrue();
    }

    @Test
    void roundRobinGivesEachMemberItsTurn() {
        join(3);
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            chosen.add(chosen(SharedStrategy.ROUND_ROBIN));
        }
        assertThat(chosen).containsExactly("m0", "m1", "m2", "m0", "m1", "m2");
    }

    @Test
    void randomGivesEachMemberItsShare() {
        join(4);
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 4_000; i++) {
            counts.merge(chosen(SharedStrategy.RANDOM), 1, Integer::sum);
        }
        assertThat(counts).hasSize(4);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(700, 1_300));
    }

    @Test
    void stickyStaysWithAMemberUntilThatIsFullAndThenWithTheNext() {
        List<Member> members = join(3);
        assertThat(chosen(SharedStrategy.STICKY)).isEqualTo("m0");
        assertThat(chosen(SharedStrategy.STICKY)).isEqualTo("m0");
        members.get(0).full = true;
        assertThat(chosen(SharedStrategy.STICKY)).isEqualTo("m1");
        members.get(0).full = false;
        assertThat(chosen(SharedStrategy.STICKY)).isEqualTo("m1");
    }

    @Test
    void stickyStaysWithItsMemberWhileOthersComeAndGo() {
        List<Member> members = join(4);
        members.get(0).full = true;
        members.get(1).full = true;
        assertThat(chosen(SharedStrategy.STICKY)).isEqualTo("m2");
        members.forEach(member -> member.full = false);
        group.remove(members.get(0));
        assertThat(chosen(SharedStrategy.STICKY)).isEqualTo("m2");
        group.remove(members.get(3));
        group.put(new Subscription(members.get(2), bytes("$share/g/a/b"), 0, 0));
        group.put(new Subscription(members.get(0), bytes("$share/g/a/b"), 0, 0));
        assertThat(chosen(SharedStrategy.STICKY)).isEqualTo("m2");
        group.remove(members.get(2));
        assertThat(chosen(SharedStrategy.STICKY)).isEqualTo("m0");
    }

    @Test
    void theHashOfAClientKeepsItsMessagesTogether() {
        join(4);
        TreeSet<String> used = new TreeSet<>();
        for (int i = 0; i < 50; i++) {
            Member publisher = new Member("publisher" + i);
            String first = chosen(SharedStrategy.HASH_CLIENT, TOPIC, publisher);
            for (int j = 0; j < 5; j++) {
                Topic other = Topic.of(bytes("other/" + j));
                assertThat(chosen(SharedStrategy.HASH_CLIENT, other, publisher)).isEqualTo(first);
            }
            used.add(first);
        }
        assertThat(used).hasSize(4);
    }

    @Test
    void theHashOfATopicKeepsItsMessagesTogether() {
        join(4);
        TopicMemory memory = new TopicMemory(new TopicLimits(100, 10, true));
        TreeSet<String> used = new TreeSet<>();
        for (int i = 0; i < 50; i++) {
            byte[] name = bytes("building/" + i + "/temperature");
            ByteBuf inbound = Unpooled.wrappedBuffer(name);
            String first = chosen(SharedStrategy.HASH_TOPIC, memory.get(inbound, 0, name.length), new Member("one"));
            assertThat(chosen(SharedStrategy.HASH_TOPIC, Topic.of(name), null)).isEqualTo(first);
            used.add(first);
        }
        assertThat(used).hasSize(4);
    }
}
