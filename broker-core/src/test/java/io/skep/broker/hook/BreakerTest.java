// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.skep.broker.config.ExtensionsConfig;
import io.skep.broker.metrics.Metric;
import io.skep.broker.metrics.Metrics;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class BreakerTest {

    private static final int FAILURES = 5;
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofSeconds(3);

    private final Logger logger = (Logger) LoggerFactory.getLogger(Breaker.class);
    private final Level levelBefore = logger.getLevel();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final AtomicLong nanos = new AtomicLong(-7);
    private final Metrics metrics = new Metrics();
    private final Breaker breaker = breaker(FAILURES);

    private Breaker breaker(int failures) {
        return new Breaker("x", new ExtensionsConfig.Breaker(failures, WINDOW, PAUSE), metrics, nanos::get);
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            breaker.failed();
        }
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @BeforeEach
    void listen() {
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setLevel(levelBefore);
    }

    @Test
    void soManyFailuresPauseTheExtensionWithOneLine() {
        fail(FAILURES - 1);
        assertThat(breaker.admits()).isTrue();
        fail(1);

        assertThat(breaker.admits()).isFalse();
        fail(3); // of calls that began before
        assertThat(breaker.admits()).isFalse();
        assertThat(metrics.get(Metric.EXTENSIONS_PAUSED)).isEqualTo(1);
        assertThat(metrics.get(Metric.HOOKS_NOT_ASKED)).isEqualTo(2);
        assertThat(lines.list)
                .singleElement()
                .satisfies(line -> assertThat(line.getFormattedMessage())
                        .startsWith(
                                "extension x: 5 calls of it failed within PT10S; its hooks are not asked for PT3S"));
    }

    @Test
    void failuresThatLieFurtherApartDoNot() {
        for (int i = 0; i < 5; i++) {
            fail(FAILURES - 1);
            pass(WINDOW.plusNanos(1));
        }
        assertThat(breaker.admits()).isTrue();
    }

    @Test
    void aFewFailuresAmongManyAnswersDoNot() {
        fail(1);
        for (int i = 0; i < 100; i++) {
            breaker.answered();
        }
        fail(99);
        assertThat(breaker.admits()).isTrue();
        fail(1);
        assertThat(breaker.admits()).isFalse();
    }

    @Test
    void afterThePauseOneCallTriesAndItsAnswerEndsThePause() {
        fail(FAILURES);
        pass(PAUSE);

        assertThat(breaker.admits()).isTrue();
        assertThat(breaker.admits()).isFalse();
        breaker.answered();

        assertThat(breaker.admits()).isTrue();
        fail(FAILURES - 1);
        assertThat(breaker.admits()).isTrue();
        assertThat(lines.list).hasSize(2);
        assertThat(lines.list.get(1).getFormattedMessage())
                .isEqualTo("extension x: answers again, its hooks are asked");
    }

    @Test
    void aTrialThatFailsBeginsAnotherPauseWithoutALine() {
        fail(FAILURES);
        pass(PAUSE);
        assertThat(breaker.admits()).isTrue();
        fail(1);

        assertThat(breaker.admits()).isFalse();
        pass(PAUSE.minusNanos(1));
        assertThat(breaker.admits()).isFalse();
        pass(Duration.ofNanos(1));
        assertThat(breaker.admits()).isTrue();
        assertThat(lines.list).hasSize(1);
    }

    @Test
    void zeroFailuresMeansNever() {
        Breaker never = breaker(0);
        for (int i = 0; i < 1_000; i++) {
            never.failed();
        }
        assertThat(never.admits()).isTrue();
    }
}
