// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.auth.Decision;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnswerCacheTest {

    private long nanos;
    private final AnswerCache cache = new AnswerCache(new CacheConfig(Duration.ofSeconds(60), 10_000), () -> nanos);

    private ByteBuffer key(String question) {
        return cache.key("http://a/", question.getBytes(StandardCharsets.UTF_8));
    }

    private void put(String question, int seconds, int bytes) {
        cache.put(key(question), Decision.allow(), Duration.ofSeconds(seconds), bytes);
    }

    @Test
    void anAnswerHoldsAsLongAsTheServerSaysAndTheConfigurationAllows() {
        put("short", 10, 10);
        put("long", 3600, 10);
        put("not", 0, 10);
        assertThat(cache.get(key("not"))).isNull();

        nanos = Duration.ofSeconds(9).toNanos();
        assertThat(cache.get(key("short"))).isEqualTo(Decision.allow());
        nanos = Duration.ofSeconds(10).toNanos();
        assertThat(cache.get(key("short"))).isNull();
        assertThat(cache.get(key("long"))).isEqualTo(Decision.allow());
        nanos = Duration.ofSeconds(60).toNanos();
        assertThat(cache.get(key("long"))).isNull();
    }

    @Test
    void theSameQuestionToAnotherPlaceIsAnother() {
        put("q", 10, 10);
        assertThat(cache.get(cache.key("http://b/", "q".getBytes(StandardCharsets.UTF_8))))
                .isNull();
    }

    @Test
    void memoryIsBoundedAndTheNewestStay() {
        for (int i = 0; i < 1000; i++) {
            put("q" + i, 60, 10);
        }
        assertThat(cache.get(key("q999"))).isNotNull();
        long kept = IntStream.range(0, 1000)
                .filter(i -> cache.get(key("q" + i)) != null)
                .count();
        assertThat(kept).isBetween(10L, 10_000 / 420L);
    }

    @Test
    void anAnswerThatWouldFillTheCacheIsNotKept() {
        put("small", 60, 10);
        put("large", 60, 5_000);
        assertThat(cache.get(key("large"))).isNull();
        assertThat(cache.get(key("small"))).isNotNull();
    }

    @Test
    void theKeyIsADigestThatAnotherProcessCannotMake() {
        byte[] question = "{\"password\":\"hunter2\"}".getBytes(StandardCharsets.UTF_8);
        ByteBuffer key = cache.key("http://a/", question);
        AnswerCache another = new AnswerCache(CacheConfig.DEFAULT, () -> nanos);

        assertThat(key.remaining()).isEqualTo(32);
        assertThat(another.key("http://a/", question)).isNotEqualTo(key);
    }
}
