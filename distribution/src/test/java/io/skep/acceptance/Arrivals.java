// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.opentest4j.AssertionFailedError;

/** What the callbacks of a library have queued. */
final class Arrivals {

    private Arrivals() {}

    /** Waits for the next one. */
    static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(Program.DEADLINE.toSeconds(), TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionFailedError("arrival: none in time");
        }
        return next;
    }
}
