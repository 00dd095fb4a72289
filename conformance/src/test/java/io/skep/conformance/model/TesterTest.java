// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.testkit.BrokerExtension;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The tester is worth nothing if it cannot fail: it has to notice each rule that its model has the wrong way round. */
class TesterTest {

    private static final int EPISODES = 20;
    private static final int SHORT = 8;

    /** For what never comes: the rule is wrong. What only comes too late does not fail again, and does not count. */
    private static final int PATIENCE_MILLIS = 1_000;

    @RegisterExtension
    static final BrokerExtension broker = StageBroker.create();

    @ParameterizedTest
    @EnumSource
    void aRuleTheWrongWayRoundIsFoundWithAShortReproduction(Inversion inversion) {
        Tester tester = new Tester(broker, Set.of(inversion), PATIENCE_MILLIS);
        Tester.Finding finding = LongStream.range(0, EPISODES)
                .mapToObj(tester::episode)
                .filter(found -> found != null && found.again())
                .findFirst()
                .orElseThrow();
        assertThat(finding.steps()).hasSizeBetween(1, SHORT);
    }
}
