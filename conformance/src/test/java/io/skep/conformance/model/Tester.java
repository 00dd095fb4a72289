// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Plays random steps in episodes: each begins with a broker without sessions and has a seed of its own, so that a
 * failure is shrunk from a few hundred steps, and the episode can be played alone.
 */
final class Tester {

    static final int EPISODE_STEPS = 500;

    private static final int PATIENCE_MILLIS = 10_000;
    private static final int SHRINKING_PATIENCE_MILLIS = 300;
    private static final int SHRINKING_ATTEMPTS = 400;

    private final BrokerExtension broker;
    private final Set<Inversion> inverted;
    private int stages;

    Tester(BrokerExtension broker, Set<Inversion> inverted) {
        this.broker = broker;
        this.inverted = inverted;
    }

    /** {@return what an episode found, null if nothing} */
    @Nullable Finding episode(long seed) {
        List<Step> played = new ArrayList<>();
        Generator generator = new Generator(seed);
        Difference difference = null;
        try (Stage stage = stage(PATIENCE_MILLIS)) {
            while (played.size() < EPISODE_STEPS) {
                Step step = generator.next(stage);
                played.add(step);
                stage.play(step);
            }
        } catch (Difference e) {
            difference = e;
        }
        if (difference == null) {
            return null;
        }
        List<Step> shortest = new Shrinker(steps -> replay(steps) != null, SHRINKING_ATTEMPTS).shrink(played);
        Difference again = replay(shortest);
        return new Finding(seed, shortest, again == null ? difference : again, again != null);
    }

    private @Nullable Difference replay(List<Step> steps) {
        try (Stage stage = stage(SHRINKING_PATIENCE_MILLIS)) {
            steps.forEach(stage::play);
            return null;
        } catch (Difference e) {
            return e;
        }
    }

    private Stage stage(int patienceMillis) {
        return new Stage(broker, "s" + ++stages + "-", patienceMillis, inverted);
    }

    /**
     * What an episode found.
     *
     * @param steps the shortest list of steps that fails, or all of them
     * @param again whether it failed when played again
     */
    record Finding(long seed, List<Step> steps, Difference difference, boolean again) {

        @Override
        public String toString() {
            return "seed %d: %s\n%s of %d steps:\n%s\n"
                    .formatted(
                            seed,
                            difference.getMessage(),
                            again ? "shortest reproduction found," : "does not fail each time; all",
                            steps.size(),
                            steps.stream().map(step -> "  " + step).collect(Collectors.joining("\n")));
        }
    }
}
