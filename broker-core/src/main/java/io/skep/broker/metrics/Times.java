// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.metrics;

import java.util.concurrent.atomic.LongAdder;

/** How long something takes: how often it took up to each of some times, and the sum. Thread-safe. */
public final class Times {

    private static final double[] SECONDS = {
        0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
    };

    private final LongAdder[] counts = new LongAdder[SECONDS.length + 1]; // the last: what took longer
    private final LongAdder nanos = new LongAdder();

    public Times() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    public void record(long tookNanos) {
        int bucket = 0;
        while (bucket < SECONDS.length && tookNanos > SECONDS[bucket] * 1e9) {
            bucket++;
        }
        counts[bucket].increment();
        nanos.add(tookNanos);
    }

    public double sumSeconds() {
        return nanos.sum() / 1e9;
    }

    /** {@return the upper ends of the buckets but the last, which has none} */
    public static double[] bucketSeconds() {
        return SECONDS.clone();
    }

    /** {@return how many are in each bucket} */
    public long[] counts() {
        long[] all = new long[counts.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = counts[i].sum();
        }
        return all;
    }
}
