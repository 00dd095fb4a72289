// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.channel.Channel;
import io.skep.broker.loop.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The channels of one loop that have not reached MQTT yet, eldest first. As all have the same time, a look at the
 * eldest ones once a second is enough, and no channel needs a timer. Runs on its loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write shows as an inactive channel
final class OpeningTimeouts {

    private final Loop loop;
    private final long timeoutNanos;
    private final Map<Channel, Long> deadlines = new LinkedHashMap<>();

    OpeningTimeouts(Loop loop, Duration timeout) {
        this.loop = loop;
        this.timeoutNanos = timeout.toNanos();
        loop.everySecond(this::closeOverdue);
    }

    Loop loop() {
        return loop;
    }

    void begin(Channel channel) {
        deadlines.put(channel, System.nanoTime() + timeoutNanos);
    }

    /** {@return whether the channel was still in time} */
    boolean end(Channel channel) {
        return deadlines.remove(channel) != null;
    }

    /** Closes all that are under way. Any thread. */
    void closeAll() {
        loop.execute(() -> List.copyOf(deadlines.keySet()).forEach(Channel::close));
    }

    private void closeOverdue() {
        List<Channel> overdue = new ArrayList<>();
        Iterator<Map.Entry<Channel, Long>> eldest = deadlines.entrySet().iterator();
        while (eldest.hasNext()) {
            Map.Entry<Channel, Long> opening = eldest.next();
            if (opening.getValue() - loop.nowNanos() > 0) {
                break;
            }
            overdue.add(opening.getKey());
            eldest.remove();
        }
        overdue.forEach(Channel::close); // after the walk, as closing comes back to end()
    }
}
