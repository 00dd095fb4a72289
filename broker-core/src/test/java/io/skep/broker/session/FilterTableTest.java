// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.routing.Publication;
import io.skep.broker.routing.Recipient;
import io.skep.broker.routing.Subscription;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FilterTableTest {

    private final FilterTable table = new FilterTable();
    private final Map<String, Subscription> model = new LinkedHashMap<>();

    @Test
    void holdsWhatALinkedMapWouldHoldInTheSameOrderAfterEveryChange() {
        Random random = new Random(System.nanoTime());
        for (int filters : List.of(3, 9, 40, 1000)) {
            for (int change = 0; change < 10_000; change++) {
                String filter = "a/" + random.nextInt(filters);
                if (random.nextInt(5) < 3) {
                    Subscription subscription = subscription(filter, random.nextInt(3));
                    assertThat(table.put(subscription)).isSameAs(model.put(filter, subscription));
                } else {
                    assertThat(table.remove(filter.getBytes(UTF_8))).isSameAs(model.remove(filter));
                }
                assertThat(table.get(filter.getBytes(UTF_8))).isSameAs(model.get(filter));
                if (change % 100 == 0) {
                    assertSame();
                }
            }
            assertSame();
        }
    }

    private void assertSame() {
        assertThat(table.size()).isEqualTo(model.size());
        assertThat(table.all()).isEqualTo(List.copyOf(model.values()));
    }

    @Test
    void isEmptyAgainWhenAllAreGone() {
        for (int i = 0; i < 100; i++) {
            table.put(subscription("a/" + i, 1));
        }
        table.clear();
        assertSame();
        assertThat(table.get("a/1".getBytes(UTF_8))).isNull();
        assertThat(table.put(subscription("a/1", 1))).isNull();
    }

    private static Subscription subscription(String filter, int qos) {
        return new Subscription(new Nobody(), filter.getBytes(UTF_8), qos, 0);
    }

    private static final class Nobody implements Recipient {

        @Override
        public void deliver(Publication publication, Subscription subscription) {}

        @Override
        public void execute(Runnable step) {}

        @Override
        public String clientId() {
            return "nobody";
        }

        @Override
        public boolean isConnected() {
            return false;
        }

        @Override
        public boolean isReady() {
            return false;
        }

        @Override
        public boolean isDurable() {
            return false;
        }
    }
}
