// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.loop;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Things that end after a while, unless they are over before: nearly all of them, so a timer for each would cost more
 * than the thing itself. Those that have the same time stand in a row, which has one timer, for its first. Touched on
 * its loop only.
 */
public final class Deadlines {

    private static final Logger log = LoggerFactory.getLogger(Deadlines.class);

    private final Loop loop;
    private final Map<Long, Row> rows = new HashMap<>(); // by the time, of which there are a few

    Deadlines(Loop loop) {
        this.loop = loop;
    }

    /** Something that ends after a while. */
    public abstract static class Deadline {

        private @Nullable Row row;
        private @Nullable Deadline before;
        private @Nullable Deadline behind;
        private long dueNanos;

        /** The time is over. On the loop, once, unless {@link #meet} came first. */
        protected abstract void expire();

        /** It is over in time. */
        public final void meet() {
            if (row != null) {
                row.remove(this);
            }
        }
    }

    /** Begins a time. */
    public void begin(Deadline deadline, long nanos) {
        rows.computeIfAbsent(nanos, time -> new Row(loop, time)).add(deadline);
    }

    /** Deadlines in the order in which they are due. */
    private static final class Row implements Runnable {

        private final Loop loop;
        private final long nanos;
        private @Nullable Deadline first;
        private @Nullable Deadline last;
        private boolean timed;

        Row(Loop loop, long nanos) {
            this.loop = loop;
            this.nanos = nanos;
        }

        void add(Deadline deadline) {
            deadline.row = this;
            deadline.dueNanos = System.nanoTime() + nanos;
            deadline.before = last;
            if (last == null) {
                first = deadline;
            } else {
                last.behind = deadline;
            }
            last = deadline;
            if (!timed) {
                time(nanos);
            }
        }

        void remove(Deadline deadline) {
            Deadline before = deadline.before;
            Deadline behind = deadline.behind;
            if (before == null) {
                first = behind;
            } else {
                before.behind = behind;
            }
            if (behind == null) {
                last = before;
            } else {
                behind.before = before;
            }
            deadline.row = null;
            deadline.before = null;
            deadline.behind = null;
        }

        private void time(long untilNanos) {
            timed = true;
            loop.eventLoop().schedule(this, untilNanos, TimeUnit.NANOSECONDS);
        }

        /** The time of who was the first when it was set; it may have been met since. */
        @Override
        public void run() {
            long now = System.nanoTime();
            for (Deadline next = first; next != null; next = first) {
                if (next.dueNanos - now > 0) {
                    time(next.dueNanos - now);
                    return;
                }
                remove(next);
                try {
                    next.expire();
                } catch (RuntimeException e) {
                    log.error("a deadline failed", e); // the others are to be kept
                }
            }
            timed = false;
        }
    }
}
