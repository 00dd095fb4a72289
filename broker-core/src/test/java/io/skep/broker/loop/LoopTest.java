// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.config.ThreadConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTest {

    private final Loops loops = new Loops(new ThreadConfig(1, ThreadConfig.Transport.AUTO));
    private final Loop loop = loops.next();
    private final List<String> steps = new ArrayList<>();
    private final CompletableFuture<List<String>> result = new CompletableFuture<>();

    @AfterEach
    void close() {
        loops.close(Duration.ofSeconds(3));
    }

    private List<String> steps() throws Exception {
        return result.get(10, TimeUnit.SECONDS);
    }

    @Test
    void stepsRunAfterTheTasksOfTheirTurnInOrderAndAsOftenAsTheyWereAdded() throws Exception {
        Runnable second = () -> steps.add("second");
        loop.execute(() -> {
            loop.atTurnEnd(() -> steps.add("first"));
            loop.atTurnEnd(second);
            loop.atTurnEnd(second);
            steps.add("task");
            loop.execute(() -> result.complete(steps));
        });

        assertThat(steps()).containsExactly("task", "first", "second", "second");
    }

    @Test
    void aStepThatAddsAStepHasItRunAtTheNextEnd() throws Exception {
        loop.execute(() -> {
            loop.atTurnEnd(() -> {
                loop.atTurnEnd(() -> {
                    steps.add("next end");
                    loop.atTurnEnd(() -> result.complete(steps));
                });
                loop.execute(() -> steps.add("between"));
            });
            loop.atTurnEnd(() -> steps.add("this end"));
        });

        assertThat(steps()).startsWith("this end").contains("next end");
    }

    @Test
    void aStepThatFailsDoesNotStopTheOthersNorThoseOfLaterTurns() throws Exception {
        loop.execute(() -> {
            loop.atTurnEnd(() -> {
                throw new IllegalStateException("of the test");
            });
            loop.atTurnEnd(() -> steps.add("same turn"));
            loop.execute(() -> loop.atTurnEnd(() -> {
                steps.add("later turn");
                result.complete(steps);
            }));
        });

        assertThat(steps()).containsExactly("same turn", "later turn");
    }
}
