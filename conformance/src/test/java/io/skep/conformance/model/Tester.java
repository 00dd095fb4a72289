// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Plays random steps in episodes: each begins with a broker without sessions and has a seed of its own, so that a
 * failure is shrunk from a few hundred steps, and the episode can be played alone.
 */
final class Tester {

    static final int EPISODE_STEPS = 500;

    private static final int SHRINKING_PATIENCE_MILLIS = 300;
    private static final int SHRINKING_SECONDS = 120;

    private final BrokerExtension broker;
    private final Set<Inversion> inverted;
    private final int patienceMillis;
    private int stages;

    /**
     * Begins.
     *
     * @param patienceMillis how long an episode waits for what has to come
     */
    Tester(BrokerExtension broker, Set<Inversion> inverted, int patienceMillis) {
        this.broker = broker;
        this.inverted = inverted;
        this.patienceMillis = patienceMillis;
    }

    /** {@return what an episode found, null if nothing} */
    @Nullable Finding episode(long seed) {
        List<Step> played = new ArrayList<>();
        Generator generator = new Generator(seed);
        Failure failure = failure(patienceMillis, stage -> {
            while (played.size() < EPISODE_STEPS) {
                Step step = generator.next(stage);
                played.add(step);
                stage.play(step);
            }
        });
        if (failure == null) {
            return null;
        }
        if (replay(played) == null) {
            return new Finding(seed, played, failure, false);
        }
        List<Step> shortest = new Shrinker(steps -> replay(steps) != null, SHRINKING_SECONDS).shrink(played);
        Failure again = replay(shortest);
        return again == null ? new Finding(seed, played, failure, false) : new Finding(seed, shortest, again, true);
    }

    private @Nullable Failure replay(List<Step> steps) {
        return failure(SHRINKING_PATIENCE_MILLIS, stage -> steps.forEach(stage::play));
    }

    private @Nullable Failure failure(int patienceMillis, Consumer<Stage> play) {
        try (Stage stage = new Stage(broker, "s" + ++stages + "-", patienceMillis, inverted)) {
            try {
                play.accept(stage);
                return null;
            } catch (Difference e) {
                return new Failure(e, stage.story().toString());
            }
        }
    }

    private record Failure(Difference difference, String story) {}

    /**
     * What an episode found.
     *
     * @param steps the shortest list of steps that fails, or all of them
     * @param text what differed, and the story up to there
     * @param again whether it failed when played again
     */
    record Finding(long seed, List<Step> steps, String text, boolean again) {

        Finding(long seed, List<Step> steps, Failure failure, boolean again) {
            this(seed, steps, failure.difference.getMessage() + '\n' + failure.story, again);
        }

        @Override
        public String toString() {
            return "seed %d, %s of %d steps: %s\n"
                    .formatted(
                            seed,
                            again ? "shortest reproduction found," : "does not fail each time; all",
                            steps.size(),
                            text);
        }
    }
}
