// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import io.skep.sdk.service.Counter;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The events that wait for the program, also while it is away; so many and no more. One thread takes. */
final class EventFeed {

    private final Queue<Wire.Event> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicLong lost = new AtomicLong();
    private final int max;
    private final Counter lostInAll;

    EventFeed(int max, Counter lostInAll) {
        this.max = max;
        this.lostInAll = lostInAll;
    }

    void add(Wire.Event event) {
        if (size.incrementAndGet() > max) {
            size.decrementAndGet();
            lost.incrementAndGet();
            lostInAll.increment();
        } else {
            events.add(event);
        }
    }

    Wire.@Nullable Event peek() {
        return events.peek();
    }

    void remove() {
        if (events.poll() != null) {
            size.decrementAndGet();
        }
    }

    /** {@return how many were lost since this was asked last} */
    long takeLost() {
        return lost.getAndSet(0);
    }
}
