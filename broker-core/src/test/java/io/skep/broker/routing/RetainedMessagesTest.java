// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import static io.skep.broker.routing.RandomTopics.bytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RetainedMessagesTest {

    private static final byte[] SOMETHING = {1};

    private final RetainedMessages retained = new RetainedMessages();

    @Test
    void aFilterFindsWhatAPlainMatcherFindsAmongAllTopics() {
        RandomTopics topics = new RandomTopics(System.nanoTime());
        Set<String> names = new TreeSet<>();
        for (int round = 0; round < 40; round++) {
            for (int i = 0; i < 50; i++) {
                change(topics, names);
            }
            for (int i = 0; i < 500; i++) {
                assertFinds(topics.filter(), names);
            }
        }
        assertThat(retained.size()).isEqualTo(names.size());
    }

    private void change(RandomTopics topics, Set<String> names) {
        String name = topics.name();
        boolean removed = topics.random().nextInt(4) == 0;
        put(name, removed ? new byte[0] : SOMETHING, 0);
        if (removed) {
            names.remove(name);
        } else {
            names.add(name);
        }
    }

    private void put(String name, byte[] payload, long expiresAtMillis) {
        retained.put(new Message(bytes(name), payload, null, 0, true, expiresAtMillis));
    }

    private void assertFinds(String filter, Set<String> names) {
        assertThat(found(filter))
                .as(filter)
                .containsExactlyInAnyOrderElementsOf(names.stream()
                        .filter(name -> RandomTopics.matches(filter, name))
                        .toList());
    }

    private List<String> found(String filter) {
        List<String> found = new ArrayList<>();
        retained.match(bytes(filter), 1_000, message -> found.add(new String(message.topic(), UTF_8)));
        return found;
    }

    @Test
    void theTopicBelowOneThatIsTooShortIsFound() {
        put("a", SOMETHING, 0);
        put("a/b", SOMETHING, 0);

        assertThat(found("+/+")).containsExactly("a/b");
        assertThat(found("#")).containsExactly("a", "a/b");
    }

    @Test
    void whatHasExpiredIsNotFound() {
        put("a/b", SOMETHING, 1_000);
        put("a/c", SOMETHING, 1_001);

        assertThat(found("a/b")).isEmpty();
        assertThat(found("a/+")).containsExactly("a/c");
    }
}
