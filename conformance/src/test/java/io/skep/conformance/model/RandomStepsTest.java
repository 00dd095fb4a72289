// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.testkit.BrokerExtension;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Random steps against the broker and the model. {@code -Dskep.steps=1000000} plays more of them, {@code -Dskep.seed=7}
 * begins with another seed; the seed that a failure names plays the failing episode alone.
 */
class RandomStepsTest {

    private static final Logger LOG = LoggerFactory.getLogger(RandomStepsTest.class);
    private static final int STEPS = Integer.getInteger("skep.steps", 50_000);
    private static final long SEED = Long.getLong("skep.seed", 5_000);
    private static final int REPORT_EPISODES = 100;
    private static final int PATIENCE_MILLIS = 10_000;

    @RegisterExtension
    static final BrokerExtension broker = StageBroker.create();

    @Test
    void theBrokerDoesWhatTheModelSaysWhateverClientsDo() {
        Tester tester = new Tester(broker, Set.of(), PATIENCE_MILLIS);
        int episodes = (STEPS + Tester.EPISODE_STEPS - 1) / Tester.EPISODE_STEPS;
        for (int episode = 0; episode < episodes; episode++) {
            assertThat(tester.episode(SEED + episode)).isNull();
            if ((episode + 1) % REPORT_EPISODES == 0) {
                LOG.info("{} steps played", (episode + 1) * Tester.EPISODE_STEPS);
            }
        }
    }
}
