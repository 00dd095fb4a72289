// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import static io.skep.broker.routing.RandomTopics.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.config.MqttConfig.SharedStrategy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SubscriptionTreeTest {

    private static final int RECIPIENTS = 40;

    private final SubscriptionTree tree = new SubscriptionTree();
    private final List<Named> recipients =
            IntStream.range(0, RECIPIENTS).mapToObj(i -> new Named("r" + i)).toList();

    /** What the tree should hold: filter as subscribed, recipient, QoS. */
    private final Map<String, Map<Named, Integer>> model = new TreeMap<>();

    @Test
    void findsWhomAPlainMatcherFindsAfterEveryChange() {
        RandomTopics topics = new RandomTopics(System.nanoTime());
        List<Topic> names = topics(topics, 400);
        for (int round = 0; round < 60; round++) {
            for (int change = 0; change < 100; change++) {
                change(topics, round % 10 < 6 ? 3 : 1);
            }
            for (Topic name : names) {
                assertFinds(name);
            }
        }
        clear();
        assertThat(names)
                .allSatisfy(name ->
                        assertThat(name.matches(tree).isEmpty()).as(name.text()).isTrue());
    }

    private static List<Topic> topics(RandomTopics topics, int count) {
        Set<String> names = new TreeSet<>();
        while (names.size() < count) {
            names.add(topics.name());
        }
        return names.stream().map(name -> Topic.of(bytes(name))).toList();
    }

    /** Adds with a weight against one removal. */
    private void change(RandomTopics topics, int weight) {
        Random random = topics.random();
        if (random.nextInt(weight + 1) > 0 || model.isEmpty()) {
            String share = random.nextInt(5) == 0 ? "$share/g" + random.nextInt(3) + "/" : "";
            Named recipient = recipients.get(random.nextInt(RECIPIENTS));
            put(share + topics.filter(), recipient, random.nextInt(3));
        } else {
            List<String> filters = new ArrayList<>(model.keySet());
            String filter = filters.get(random.nextInt(filters.size()));
            List<Named> members =
                    new ArrayList<>(model.getOrDefault(filter, Map.of()).keySet());
            remove(filter, members.get(random.nextInt(members.size())));
        }
    }

    private void put(String filter, Named recipient, int qos) {
        tree.put(new Subscription(recipient, bytes(filter), qos, 1 + qos));
        model.computeIfAbsent(filter, f -> new java.util.HashMap<>()).put(recipient, qos);
    }

    private void remove(String filter, Named recipient) {
        tree.remove(bytes(filter), recipient);
        Map<Named, Integer> left = model.getOrDefault(filter, Map.of());
        left.remove(recipient);
        if (left.isEmpty()) {
            model.remove(filter);
        }
    }

    private void clear() {
        for (String filter : List.copyOf(model.keySet())) {
            for (Named recipient :
                    List.copyOf(model.getOrDefault(filter, Map.of()).keySet())) {
                remove(filter, recipient);
            }
        }
    }

    private void assertFinds(Topic name) {
        Map<String, Integer> qosByRecipient = new TreeMap<>();
        Map<String, Integer> countByRecipient = new TreeMap<>();
        List<String> groups = new ArrayList<>();
        model.forEach((filter, members) -> {
            String[] parts = filter.split("/", 3);
            boolean shared = parts[0].equals("$share");
            if (shared && RandomTopics.matches(parts[2], name.text())) {
                Set<String> names = new TreeSet<>();
                members.keySet().forEach(member -> names.add(member.name()));
                groups.add(parts[1] + names);
            } else if (!shared && RandomTopics.matches(filter, name.text())) {
                members.forEach((member, qos) -> {
                    qosByRecipient.merge(member.name(), qos, Math::max);
                    countByRecipient.merge(member.name(), 1, Integer::sum);
                });
            }
        });
        Matches found = name.matches(tree);
        Map<String, Integer> foundQos = new TreeMap<>();
        Map<String, Integer> foundCount = new TreeMap<>();
        for (Subscription subscription : found.direct()) {
            String recipient = ((Named) subscription.recipient()).name();
            assertThat(foundQos.put(recipient, subscription.qos()))
                    .as("%s twice for %s", recipient, name)
                    .isNull();
            foundCount.put(recipient, length(subscription.identifiers()));
        }
        assertThat(foundQos).as(name.text()).isEqualTo(qosByRecipient);
        assertThat(foundCount).as(name.text()).isEqualTo(countByRecipient);
        assertThat(Arrays.stream(found.groups()).map(this::inTurn))
                .as(name.text())
                .containsExactlyInAnyOrderElementsOf(groups);
    }

    private static int length(int @Nullable [] identifiers) {
        return identifiers == null ? 0 : identifiers.length;
    }

    /** Names all members of a group: each has its turn. */
    private String inTurn(SharedGroup group) {
        Set<String> members = new TreeSet<>();
        for (int i = 0; i < RECIPIENTS; i++) {
            Subscription chosen = group.choose(SharedStrategy.ROUND_ROBIN, Topic.NONE, null);
            members.add(chosen == null ? "nobody" : ((Named) chosen.recipient()).name());
        }
        return group.name() + members;
    }

    @Test
    void manyRecipientsOfOneFilterAreAllFoundAndAllForgotten() {
        Topic name = Topic.of(bytes("a/b"));
        for (int i = 0; i < 100; i++) {
            tree.put(new Subscription(new Named("r" + i), bytes("a/+"), 0, 0));
            assertThat(name.matches(tree).direct()).hasSize(i + 1);
        }
        for (Subscription subscription : name.matches(tree).direct()) {
            int before = name.matches(tree).direct().length;
            tree.remove(bytes("a/+"), subscription.recipient());
            assertThat(name.matches(tree).direct()).hasSize(before - 1);
        }
    }

    @Test
    void readersFindEveryStandingSubscriptionWhileOthersComeAndGo() {
        RandomTopics topics = new RandomTopics(System.nanoTime());
        Map<String, Set<String>> standing = new TreeMap<>();
        for (int i = 0; i < 200; i++) {
            String filter = topics.filter();
            String recipient = "standing" + i;
            tree.put(new Subscription(new Named(recipient), bytes(filter), 1, 0));
            standing.computeIfAbsent(filter, f -> new HashSet<>()).add(recipient);
        }
        List<Topic> names = topics(topics, 100);
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Void>> readers = IntStream.range(0, 2)
                .mapToObj(i -> CompletableFuture.runAsync(() -> {
                    for (int at = i; !over.get(); at++) {
                        assertStanding(names.get(at % names.size()), standing);
                    }
                }))
                .toList();
        try {
            for (int i = 0; i < 20_000; i++) {
                change(topics, i / 2_000 % 2 == 0 ? 3 : 0);
            }
        } finally {
            over.set(true);
        }
        readers.forEach(CompletableFuture::join);
    }

    private void assertStanding(Topic name, Map<String, Set<String>> standing) {
        Set<String> expected = new HashSet<>();
        standing.forEach((filter, members) -> {
            if (RandomTopics.matches(filter, name.text())) {
                expected.addAll(members);
            }
        });
        List<String> found = Arrays.stream(tree.match(name).direct())
                .map(subscription -> ((Named) subscription.recipient()).name())
                .filter(recipient -> recipient.startsWith("standing"))
                .toList();
        assertThat(found).as(name.text()).containsExactlyInAnyOrderElementsOf(expected);
    }
}
