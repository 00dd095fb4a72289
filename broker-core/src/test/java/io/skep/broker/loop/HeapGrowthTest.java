// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HeapGrowthTest {

    private long heap; // in MiB
    private long kept;
    private int collections;

    private final HeapGrowth growth = new HeapGrowth(() -> heap << 20, () -> {
        collections++;
        heap = kept;
    });

    @Test
    void garbageIsCollectedEachTimeItHasPiledUp() {
        kept = 30;
        for (int megabytes = 0; megabytes < 1_000; megabytes++) {
            heap++;
            growth.run();
            assertThat(heap).isLessThan(96);
        }
        assertThat(collections).isPositive();
    }

    @Test
    void aHeapThatIsNeededIsCollectedOnlyWhenItHasDoubled() {
        for (heap = 24; heap < 4_096; heap++) {
            kept = heap;
            growth.run();
        }
        assertThat(collections).isEqualTo(7); // at 48, 96, ... 3072
    }
}
