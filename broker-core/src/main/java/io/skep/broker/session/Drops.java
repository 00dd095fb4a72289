// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.metrics.Metric;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was dropped of a session's messages: counted, and told to the event log in one line a minute at most. Touched on
 * the session's loop only.
 */
final class Drops {

    private static final Logger events = LoggerFactory.getLogger("skep.events");
    private static final long LINE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Session session;
    private long total;
    private long untold;
    private long toldNanos = System.nanoTime() - LINE_NANOS;

    Drops(Session session) {
        this.session = session;
    }

    long total() {
        return total;
    }

    void add(Metric reason) {
        total++;
        untold++;
        long now = System.nanoTime();
        if (now - toldNanos >= LINE_NANOS) {
            events.info("dropped: {} of {}: {}, {} in all", untold, line(session.label()), reason, total);
            toldNanos = now;
            untold = 0;
        }
    }

    /** Whatever a client calls itself, it stays one line. */
    private static String line(String name) {
        return name.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}\\p{Cf}]", "?");
    }
}
