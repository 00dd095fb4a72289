// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Where extensions are and how they are treated.
 *
 * @param folder with their JARs; relative to the folder of the distribution
 * @param configFolder with a file {@code <id>.yaml} each
 * @param disabled ids that are not loaded
 * @param inFlightMax unanswered calls that one extension may have
 * @param eventsMax events that may wait for one extension
 * @param threadsMax of one extension
 * @param startTimeout of one extension
 * @param breaker when an extension is left alone for a while
 */
public record ExtensionsConfig(
        Path folder,
        Path configFolder,
        List<String> disabled,
        int inFlightMax,
        int eventsMax,
        int threadsMax,
        Duration startTimeout,
        Breaker breaker) {

    /** Refuses bounds that let nothing through. */
    public ExtensionsConfig {
        disabled = List.copyOf(disabled);
        new Rules()
                .range("in-flight-max", inFlightMax, 1, Integer.MAX_VALUE)
                .range("events-max", eventsMax, 1, Integer.MAX_VALUE)
                .range("threads-max", threadsMax, 1, 1_024)
                .range("start-timeout", startTimeout, Duration.ofMillis(1), Duration.ofHours(1))
                .check();
    }

    /**
     * When the hooks of an extension are not asked for a while.
     *
     * @param failures how many calls have to fail, and be more than those that did not; 0 for never
     * @param window within which time
     * @param pause how long until it is tried again
     */
    public record Breaker(int failures, Duration window, Duration pause) {

        /** Refuses what is no time. */
        public Breaker {
            new Rules()
                    .range("failures", failures, 0, Integer.MAX_VALUE)
                    .range("window", window, Duration.ofMillis(1), Duration.ofHours(1))
                    .range("pause", pause, Duration.ofMillis(1), Duration.ofHours(1))
                    .check();
        }

        /** 100 failures within ten seconds, for ten seconds. */
        public static final Breaker DEFAULT = new Breaker(100, Duration.ofSeconds(10), Duration.ofSeconds(10));
    }

    /** {@code extensions}, {@code conf/extensions}, nothing disabled, 10,000 calls, 10,000 events, 4 threads, 30 s. */
    public static final ExtensionsConfig DEFAULT = new ExtensionsConfig(
            Path.of("extensions"),
            Path.of("conf", "extensions"),
            List.of(),
            10_000,
            10_000,
            4,
            Duration.ofSeconds(30),
            Breaker.DEFAULT);
}
