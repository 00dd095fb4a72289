// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.skep.broker.loop.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;

/**
 * The connections of one loop. Once a second it closes those that have been silent for too long, so that no connection
 * needs a timer.
 */
final class Connections {

    private final Loop loop;
    private final long connectTimeoutNanos;
    private final ArrayList<Connection> all = new ArrayList<>();
    private volatile int size;

    Connections(Loop loop, Duration connectTimeout) {
        this.loop = loop;
        connectTimeoutNanos = connectTimeout.toNanos();
        loop.everySecond(this::sweep);
    }

    void add(Connection connection) {
        connection.place(all.size());
        all.add(connection);
        size = all.size();
    }

    void remove(Connection connection) {
        int place = connection.place();
        Connection last = all.remove(all.size() - 1);
        if (last != connection) {
            all.set(place, last);
            last.place(place);
        }
        size = all.size();
    }

    int size() {
        return size;
    }

    CompletableFuture<Void> closeAll(Farewell farewell) {
        return CompletableFuture.runAsync(
                () -> {
                    for (Connection connection : new ArrayList<>(all)) {
                        connection.close(farewell);
                    }
                },
                loop);
    }

    private void sweep() {
        loop.tick();
        long now = loop.nowNanos();
        for (int i = all.size() - 1; i >= 0; i--) { // closing one moves the last to its place, which was looked at
            all.get(i).checkSilence(now, connectTimeoutNanos);
        }
    }
}
