// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.LoggerFactory;

/** What is logged from the beginning to the end of a test: warnings and errors of everybody, and the event log. */
final class LogLines implements AutoCloseable {

    private static final String EVENTS = "skep.events";

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger events = (Logger) LoggerFactory.getLogger(EVENTS);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Level levelBefore = root.getLevel();

    LogLines() {
        lines.start();
        root.setLevel(Level.WARN);
        root.addAppender(lines);
        events.setLevel(Level.INFO);
        events.setAdditive(false); // hundreds of lines, of which the console tells nothing
        events.addAppender(lines);
    }

    /** {@return the lines of the event log, eldest first} */
    List<String> events() {
        return text(line -> line.getLoggerName().equals(EVENTS));
    }

    /** {@return every warning and error, leaks among them} */
    List<String> complaints() {
        return text(line -> line.getLevel().isGreaterOrEqual(Level.WARN));
    }

    private List<String> text(Predicate<ILoggingEvent> wanted) {
        List<ILoggingEvent> all;
        synchronized (lines) { // appending holds the same lock
            all = new ArrayList<>(lines.list);
        }
        return all.stream()
                .filter(wanted)
                .map(line -> line.getLoggerName() + ": " + line.getFormattedMessage() + cause(line))
                .toList();
    }

    private static String cause(ILoggingEvent line) {
        return line.getThrowableProxy() == null
                ? ""
                : ": " + ch.qos.logback.classic.spi.ThrowableProxyUtil.asString(line.getThrowableProxy());
    }

    @Override
    public void close() {
        root.detachAppender(lines);
        root.setLevel(levelBefore);
        events.detachAppender(lines);
        events.setAdditive(true);
        events.setLevel(null);
    }
}
