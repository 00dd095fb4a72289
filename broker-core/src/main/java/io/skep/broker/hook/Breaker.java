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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spares clients the wait for an extension that keeps failing: after so many failures within a time its hooks are not
 * asked for a while, and each counts as its fallback at once. Then one call tries it. Any thread.
 *
 * <p>It opens only if more calls fail than succeed. Else a client that makes a hook fail at will could have everybody
 * else refused.
 */
final class Breaker {

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);

    private enum State {
        CLOSED,
        OPEN,
        TRYING
    }

    private final String extension;
    private final ExtensionsConfig.Breaker config;
    private final Metrics metrics;
    private final LongSupplier nanoClock;
    private final AtomicReference<State> state = new AtomicReference<>(State.CLOSED);
    private final AtomicInteger failures = new AtomicInteger(); // since the window began
    private final LongAdder answers = new LongAdder(); // since the first of those failures
    private final AtomicLong windowNanos;
    private volatile long triesAtNanos;

    Breaker(String extension, ExtensionsConfig.Breaker config, Metrics metrics, LongSupplier nanoClock) {
        this.extension = extension;
        this.config = config;
        this.metrics = metrics;
        this.nanoClock = nanoClock;
        windowNanos = new AtomicLong(nanoClock.getAsLong());
    }

    boolean isOpen() {
        return state.get() != State.CLOSED;
    }

    /** {@return whether a hook is to be asked} */
    boolean admits() {
        if (state.get() == State.CLOSED) {
            return true;
        }
        boolean due = nanoClock.getAsLong() - triesAtNanos >= 0;
        if (due && state.compareAndSet(State.OPEN, State.TRYING)) {
            return true;
        }
        metrics.increment(Metric.HOOKS_NOT_ASKED);
        return false;
    }

    void answered() {
        if (failures.get() == 0) {
            return; // nearly always
        }
        answers.increment();
        if (state.get() == State.TRYING && state.compareAndSet(State.TRYING, State.CLOSED)) {
            forget(nanoClock.getAsLong());
            log.info("extension {}: answers again, its hooks are asked", extension);
        }
    }

    void failed() {
        long now = nanoClock.getAsLong();
        switch (Objects.requireNonNull(state.get())) {
            case OPEN -> {} // of a call that began before
            case TRYING -> {
                triesAtNanos = now + config.pause().toNanos();
                state.compareAndSet(State.TRYING, State.OPEN);
            }
            case CLOSED -> count(now);
        }
    }

    private void count(long now) {
        if (now - windowNanos.get() > config.window().toNanos()) {
            forget(now);
        }
        int count = failures.incrementAndGet();
        if (config.failures() > 0 && count >= config.failures() && count > answers.sum()) {
            triesAtNanos = now + config.pause().toNanos();
            if (state.compareAndSet(State.CLOSED, State.OPEN)) {
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
