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
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
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
            breaker.failed(Breaker.CLOSED);
        }
    }

    private boolean admits() {
        return breaker.admit() != null;
    }

    private Breaker.Phase admitted() {
        return Objects.requireNonNull(breaker.admit());
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
        assertThat(admits()).isTrue();
        fail(1);

        assertThat(admits()).isFalse();
        fail(3); // of calls that began before
        assertThat(admits()).isFalse();
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
        assertThat(admits()).isTrue();
    }

    @Test
    void aFewFailuresAmongManyAnswersDoNot() {
        fail(1);
        for (int i = 0; i < 100; i++) {
            breaker.answered(Breaker.CLOSED);
        }
        fail(99);
        assertThat(admits()).isTrue();
        fail(1);
        assertThat(admits()).isFalse();
    }

    @Test
    void afterThePauseAsManyCallsTryItAsFailuresOpenIt() {
        fail(FAILURES);
        pass(PAUSE.minusNanos(1));
        assertThat(admits()).isFalse();
        pass(Duration.ofNanos(1));

        for (int i = 0; i < FAILURES; i++) {
            assertThat(admits()).isTrue();
        }
        assertThat(admits()).isFalse();
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void nothingMoreThanThatTriesItFromManyThreads() throws Exception {
        fail(FAILURES);
        pass(PAUSE);
        LongAdder admitted = new LongAdder();
        List<Thread> threads = Stream.generate(() -> new Thread(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        if (admits()) {
                            admitted.increment();
                        }
                    }
                }))
                .limit(4)
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(admitted.sum()).isEqualTo(FAILURES);
    }

    @Test
    void theAnswerOfATrialEndsThePause() {
        fail(FAILURES);
        pass(PAUSE);
        Breaker.Phase first = admitted();
        Breaker.Phase second = admitted();
        breaker.answered(first);
        breaker.answered(second);

        assertThat(breaker.isOpen()).isFalse();
        fail(FAILURES - 1);
        assertThat(admits()).isTrue();
        assertThat(lines.list).hasSize(2);
        assertThat(lines.list.get(1).getFormattedMessage())
                .isEqualTo("extension x: answers again, its hooks are asked");
    }

    @Test
    void aTrialThatFailsBeginsAnotherPauseWithoutALine() {
        fail(FAILURES);
        pass(PAUSE);
        Breaker.Phase first = admitted();
        Breaker.Phase second = admitted();
        breaker.failed(first);

        assertThat(admits()).isFalse();
        pass(PAUSE.minusNanos(1));
        breaker.failed(second);
        assertThat(admits()).isFalse();
        pass(Duration.ofNanos(1));
        assertThat(admits()).isTrue();
        assertThat(lines.list).hasSize(1);
    }

    @Test
    void callsThatBeganBeforeATrialDoNotDecideIt() {
        Breaker.Phase before = admitted();
        fail(FAILURES);
        pass(PAUSE);
        Breaker.Phase failedTrial = admitted();
        breaker.failed(failedTrial);
        pass(PAUSE);
        assertThat(admits()).isTrue();

        breaker.answered(before);
        breaker.answered(failedTrial);
        assertThat(breaker.isOpen()).isTrue();
        breaker.failed(before);
        breaker.failed(failedTrial);
        assertThat(admits()).isTrue();
    }

    @Test
    void probesThatNeverReportLetOthersTryAfterAnotherPause() {
        fail(FAILURES);
        pass(PAUSE);
        Breaker.Phase late = admitted();
        for (int i = 1; i < FAILURES; i++) {
            assertThat(admits()).isTrue();
        }
        pass(PAUSE.minusNanos(1));
        assertThat(admits()).isFalse();
        pass(Duration.ofNanos(1));
        assertThat(admits()).isTrue();

        breaker.failed(late);
        assertThat(admits()).isFalse();
    }

    @Test
    void zeroFailuresMeansNever() {
        Breaker never = breaker(0);
        for (int i = 0; i < 1_000; i++) {
            never.failed(Breaker.CLOSED);
        }
        assertThat(never.admit()).isNotNull();
    }
}
