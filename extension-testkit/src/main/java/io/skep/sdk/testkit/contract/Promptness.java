// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;

/**
 * Whether a call leaves its thread alone, as it has to on an event loop. One that waits, or computes for long, does so
 * each time; so the best of several calls counts, and neither a cold start nor a busy machine is mistaken for it.
 */
final class Promptness {

    private static final int CALLS = 20;
    private static final Duration CPU_MAX = Duration.ofMillis(20);

    private Promptness() {}

    static void check(Runnable call) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long leastWaits = Long.MAX_VALUE;
        long leastCpuNanos = Long.MAX_VALUE;
        for (int i = 0; i < CALLS; i++) {
            long waits = waits(threads, thread);
            long cpuNanos = threads.getCurrentThreadCpuTime();
            call.run();
            leastCpuNanos = Math.min(leastCpuNanos, threads.getCurrentThreadCpuTime() - cpuNanos);
            leastWaits = Math.min(leastWaits, waits(threads, thread) - waits);
        }
        assertThat(leastWaits)
                .as("times that the hook waits on the thread that calls it; later() is for that")
                .isZero();
        assertThat(Duration.ofNanos(leastCpuNanos))
                .as("time that the hook computes on the thread that calls it; later() is for that")
                .isLessThan(CPU_MAX);
    }

    private static long waits(ThreadMXBean threads, long thread) {
        return threads.getThreadInfo(thread).getWaitedCount();
    }
}
