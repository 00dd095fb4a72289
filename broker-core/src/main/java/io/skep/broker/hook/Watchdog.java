// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.broker.loop.Loop;
import io.skep.broker.metrics.Metric;
import io.skep.broker.metrics.Metrics;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names the extension whose hook keeps an event loop, and with it all clients of that loop. Once a second a thread of
 * its own looks at what each loop runs: the same call twice is one that has taken a second at least. Nothing else can
 * be done about it, for a thread cannot be stopped from outside.
 */
public final class Watchdog implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Watchdog.class);

    private final List<Loop> loops;
    private final Metrics metrics;
    private final long[] seen; // the visit that a loop had when it was looked at last
    private final long[] named; // the visit that was told of last
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "skep-watchdog");

    private Watchdog(List<Loop> loops, Metrics metrics) {
        this.loops = loops;
        this.metrics = metrics;
        seen = new long[loops.size()];
        named = new long[loops.size()];
    }

    /** Begins to look. */
    public static Watchdog start(List<Loop> loops, Metrics metrics) {
        Watchdog watchdog = new Watchdog(loops, metrics);
        watchdog.thread.setDaemon(true);
        watchdog.thread.start();
        return watchdog;
    }

    private void run() {
        try {
            while (!closed.await(1, TimeUnit.SECONDS)) {
                loops.forEach(this::look);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does; then the broker goes on without
        }
    }

    private void look(Loop loop) {
        int index = loop.index();
        Object guest = loop.guest();
        long visit = loop.visit();
        if (!(guest instanceof Hook<?> hook)) {
            seen[index] = 0;
        } else if (seen[index] != visit) {
            seen[index] = visit;
        } else if (named[index] != visit) {
            named[index] = visit;
            tell(loop, hook);
        }
    }

    private void tell(Loop loop, Hook<?> hook) {
        metrics.increment(Metric.HOOK_BLOCKS);
        hook.owner().blocked();
        Throwable place = new Throwable("where it is");
        Thread worker = loop.thread();
        place.setStackTrace(worker == null ? new StackTraceElement[0] : worker.getStackTrace());
        log.warn(
                "extension {}: its {} has kept event loop {} for more than a second, and all clients of that loop wait"
                        + " (expected: an answer at once, or 'later')",
                hook.owner().extension(),
                hook.kind().label(),
                loop.index(),
                place);
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
