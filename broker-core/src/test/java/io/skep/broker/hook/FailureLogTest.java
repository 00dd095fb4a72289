// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.skep.broker.metrics.Metric;
import io.skep.broker.metrics.Metrics;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FailureLogTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(FailureLog.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final AtomicLong nanos = new AtomicLong(-7);
    private final Metrics metrics = new Metrics();

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
    }

    @Test
    void oneFailureAMinuteIsLoggedAndAllAreCounted() {
        FailureLog failures = new FailureLog("auth-x", metrics, nanos::get);
        for (int minute = 0; minute < 3; minute++) {
            for (int i = 0; i < 100; i++) {
                failures.add("authenticator failed", new IllegalStateException("down"));
            }
            nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
        }

        assertThat(metrics.get(Metric.HOOK_FAILURES)).isEqualTo(300);
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .hasSize(3)
                .first()
                .asString()
                .startsWith("extension auth-x: authenticator failed (1 failures so far");
        assertThat(lines.list.get(2).getFormattedMessage()).contains("(201 failures so far");
    }
}
