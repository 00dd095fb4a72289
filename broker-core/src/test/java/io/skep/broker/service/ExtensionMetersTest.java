// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.skep.broker.metrics.Metrics;
import io.skep.sdk.service.Counter;
import io.skep.sdk.service.Timer;
import org.junit.jupiter.api.Test;

class ExtensionMetersTest {

    private final ExtensionMeters meters = new ExtensionMeters("probe", new Services(new Metrics()));

    @Test
    void whatOnlyGrowsTakesNothingNegative() {
        Counter counter = meters.counter("steps", "Steps");
        counter.add(3);
        assertThatIllegalArgumentException().isThrownBy(() -> counter.add(-1)).withMessageContaining("count: -1");
        assertThat(counter.count()).isEqualTo(3);
        Timer timer = meters.timer("walks", "Walks");
        assertThatIllegalArgumentException().isThrownBy(() -> timer.record(-1)).withMessageContaining("nanos: -1");
    }
}
