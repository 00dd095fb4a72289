// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentLoginsTest {

    private final RecentLogins<String> recent = new RecentLogins<>(20, Duration.ofHours(1));

    @Test
    void remembersAnAnswerForItsPasswordAndUserOnly() {
        recent.put("yes", password(1), "ann", "b");

        assertThat(recent.get(password(1), "ann", "b")).isEqualTo("yes");
        assertThat(recent.get(password(2), "ann", "b")).isNull();
        assertThat(recent.get(password(1), "bob", "b")).isNull();
        assertThat(recent.get(password(1), "annb", "")).isNull();
        assertThat(recent.get(password(1), "annb")).isNull();
    }

    @Test
    void isBoundedAndForgetsWhatWasNotUsedForLongest() {
        recent.put("yes", password(0));
        recent.put("yes", password(1));
        for (int i = 2; i < 100; i++) {
            recent.put("yes", password(i));
            assertThat(recent.get(password(0))).isNotNull();
        }

        long remembered = IntStream.range(0, 100)
                .filter(i -> recent.get(password(i)) != null)
                .count();
        assertThat(remembered).isBetween(10L, 20L);
        assertThat(recent.get(password(1))).isNull();
    }

    @Test
    void anAnswerHoldsForItsTimeHoweverOftenItIsAskedFor() {
        RecentLogins<String> brief = new RecentLogins<>(20, Duration.ofMillis(50));
        brief.put("yes", password(1));
        long begin = System.nanoTime();
        while (brief.get(password(1)) != null) {
            assertThat(System.nanoTime() - begin)
                    .isLessThan(Duration.ofSeconds(10).toNanos());
        }

        RecentLogins<String> none = new RecentLogins<>(20, Duration.ZERO);
        none.put("yes", password(1));
        assertThat(none.get(password(1))).isNull();
    }

    private static byte[] password(int i) {
        return new byte[] {(byte) i};
    }
}
