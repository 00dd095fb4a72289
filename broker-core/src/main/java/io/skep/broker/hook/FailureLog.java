// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.broker.metrics.Metric;
import io.skep.broker.metrics.Metrics;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The failures of one extension: all are counted, and one a minute is logged. Any thread. */
final class FailureLog {

    private static final Logger log = LoggerFactory.getLogger(FailureLog.class);
    private static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String extension;
    private final Metrics metrics;
    private final LongSupplier nanoClock;
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong dueNanos;

    FailureLog(String extension, Metrics metrics, LongSupplier nanoClock) {
        this.extension = extension;
        this.metrics = metrics;
        this.nanoClock = nanoClock;
        this.dueNanos = new AtomicLong(nanoClock.getAsLong());
    }

    /** {@return how many there were} */
    long count() {
        return failures.get();
    }

    void add(String what, @Nullable Throwable cause) {
        metrics.increment(Metric.HOOK_FAILURES);
        long count = failures.incrementAndGet();
        long now = nanoClock.getAsLong();
        long due = dueNanos.get();
        if (now - due >= 0 && dueNanos.compareAndSet(due, now + PERIOD_NANOS)) {
            log.warn(
                    "extension {}: {} ({} failures so far; further ones of the next minute are only counted)",
                    extension,
                    what,
                    count,
                    cause);
        }
    }
}
