// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentLoginsTest {

    private final PasswordHash hash = PasswordHash.create("x", 1);
    private final RecentLogins recent = new RecentLogins(20);

    @Test
    void remembersAPasswordForItsHashOnly() {
        recent.add(hash, password(1));

        assertThat(recent.contains(hash, password(1))).isTrue();
        assertThat(recent.contains(hash, password(2))).isFalse();
        assertThat(recent.contains(PasswordHash.create("x", 1), password(1))).isFalse();
    }

    @Test
    void isBoundedAndForgetsWhatWasNotUsedForLongest() {
        recent.add(hash, password(0));
        recent.add(hash, password(1));
        for (int i = 2; i < 100; i++) {
            recent.add(hash, password(i));
            assertThat(recent.contains(hash, password(0))).isTrue();
        }

        long remembered = IntStream.range(0, 100)
                .filter(i -> recent.contains(hash, password(i)))
                .count();
        assertThat(remembered).isBetween(10L, 20L);
        assertThat(recent.contains(hash, password(1))).isFalse();
    }

    private static byte[] password(int i) {
        return new byte[] {(byte) i};
    }
}
