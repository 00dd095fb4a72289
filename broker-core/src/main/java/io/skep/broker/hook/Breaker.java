// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.broker.config.ExtensionsConfig;
import io.skep.broker.metrics.Metric;
import io.skep.broker.metrics.Metrics;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spares clients the wait for an extension that keeps failing: after so many failures within a time its hooks are not
 * asked for a while, and each counts as its fallback at once. Then as many calls as these failures try it. Any thread.
 *
 * <p>It opens only if more calls fail than succeed. Else a client that makes a hook fail at will could have everybody
 * else refused.
 */
final class Breaker {

    /** The phase in which every call is admitted. */
    static final Phase CLOSED = new Phase(0);

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);

    private final String extension;
    private final ExtensionsConfig.Breaker config;
    private final Metrics metrics;
    private final LongSupplier nanoClock;
    private final AtomicReference<Phase> phase = new AtomicReference<>(CLOSED);
    private final AtomicInteger failures = new AtomicInteger(); // since the window began
    private final LongAdder answers = new LongAdder(); // since the first of those failures
    private final AtomicLong windowNanos;

    /**
     * {@link #CLOSED}, or one pause with its trial. A call reports with the phase that admitted it: only those of the
     * trial decide it, and none that began before.
     */
    static final class Phase {

        private final AtomicLong triesAtNanos;
        private final AtomicInteger places = new AtomicInteger(); // of the trial; none before the time

        private Phase(long triesAtNanos) {
            this.triesAtNanos = new AtomicLong(triesAtNanos);
        }

        /** Takes a place. There are new ones after each pause: who has the old ones may never report. */
        private boolean tries(ExtensionsConfig.Breaker config, long now) {
            long due = triesAtNanos.get();
            if (now - due >= 0
                    && triesAtNanos.compareAndSet(due, now + config.pause().toNanos())) {
                places.set(config.failures());
            }
            return places.get() > 0 && places.getAndDecrement() > 0;
        }
    }

    Breaker(String extension, ExtensionsConfig.Breaker config, Metrics metrics, LongSupplier nanoClock) {
        this.extension = extension;
        this.config = config;
        this.metrics = metrics;
        this.nanoClock = nanoClock;
        windowNanos = new AtomicLong(nanoClock.getAsLong());
    }

    boolean isOpen() {
        return phase.get() != CLOSED;
    }

    /** {@return what the call of a hook is to report with; null if the hook is not to be asked} */
    @Nullable Phase admit() {
        Phase now = Objects.requireNonNull(phase.get());
        if (now == CLOSED || now.tries(config, nanoClock.getAsLong())) {
            return now;
        }
        metrics.increment(Metric.HOOKS_NOT_ASKED);
        return null;
    }

    /** A call was answered that a phase admitted. */
    void answered(Phase admitted) {
        if (admitted != CLOSED && phase.compareAndSet(admitted, CLOSED)) {
            forget(nanoClock.getAsLong());
            log.info("extension {}: answers again, its hooks are asked", extension);
        } else if (failures.get() > 0) { // nearly never
            answers.increment();
        }
    }

    /** A call failed that a phase admitted. */
    void failed(Phase admitted) {
        long now = nanoClock.getAsLong();
        Phase current = phase.get();
        if (current == CLOSED) {
            count(now);
        } else if (current == admitted) {
            phase.compareAndSet(current, pause(now));
        }
    }

    private Phase pause(long now) {
        return new Phase(now + config.pause().toNanos());
    }

    private void count(long now) {
        if (now - windowNanos.get() > config.window().toNanos()) {
            forget(now);
        }
        int count = failures.incrementAndGet();
        if (config.failures() > 0 && count >= config.failures() && count > answers.sum()) {
            if (phase.compareAndSet(CLOSED, pause(now))) {
                metrics.increment(Metric.EXTENSIONS_PAUSED);
                log.warn(
                        "extension {}: {} calls of it failed within {}; its hooks are not asked for {}, and count as their"
                                + " fallbacks (see the failures logged before)",
                        extension,
                        count,
                        config.window(),
                        config.pause());
            }
        }
    }

    private void forget(long now) {
        windowNanos.set(now);
        failures.set(0);
        answers.reset();
    }
}
