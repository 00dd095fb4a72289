// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.metrics;

import java.util.concurrent.atomic.LongAdder;

/** The counters. Thread-safe; the hot path counts in a {@link LongAdder} once per turn, not once per message. */
public final class Metrics {

    private final LongAdder[] counters = new LongAdder[Metric.values().length];
    private final Times commits = new Times();

    public Metrics() {
        for (int i = 0; i < counters.length; i++) {
            counters[i] = new LongAdder();
        }
    }

    /** {@return how long commits of the journal take} */
    public Times commits() {
        return commits;
    }

    public void increment(Metric metric) {
        counters[metric.ordinal()].increment();
    }

    public void add(Metric metric, long count) {
        counters[metric.ordinal()].add(count);
    }

    /** {@return the count so far} */
    public long get(Metric metric) {
        return counters[metric.ordinal()].sum();
    }
}
