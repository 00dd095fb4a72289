// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import java.time.Duration;
import java.util.List;

/**
 * Comes and goes, with a session that stays; subscribes to the first filter at once and to the others when it likes.
 */
final class Subscriber extends Actor {

    private static final int AWAY_MILLIS_MAX = 500;
    private static final int HERE_MILLIS_MAX = 1500;

    private final DurableClient client;
    private final List<String> filters;
    private int wanted = 1;

    Subscriber(String name, boolean v5, List<String> filters, long seed, Place place) {
        super(name, seed);
        this.filters = filters;
        client = new DurableClient(name, v5, place.port(), place.history());
    }

    /** Where the broker is, and who wants to know what happens. */
    record Place(int port, History history) {}

    @Override
    void live() throws InterruptedException {
        long leaveNanos = System.nanoTime();
        while (true) {
            if (!client.isConnected()) {
                if (client.connect()) {
                    leaveNanos = System.nanoTime()
                            + Duration.ofMillis(random.nextInt(HERE_MILLIS_MAX)).toNanos();
                } else {
                    pause(50);
                }
            } else if (!isSettling() && System.nanoTime() > leaveNanos) {
                goAway();
            } else {
                subscribe();
                client.awaitChange(Duration.ofMillis(50));
            }
        }
    }

    private void subscribe() {
        if (wanted < filters.size() && (isSettling() || oneOf(100))) {
            wanted++;
        }
        for (String filter : filters.subList(0, wanted)) {
            if (!client.isSubscribed(filter)) {
                client.subscribe(filter);
            }
        }
    }

    private void goAway() throws InterruptedException {
        if (random.nextBoolean()) {
            client.leave();
        } else {
            client.close();
        }
        pause(AWAY_MILLIS_MAX);
    }

    /** {@return whether it is there, with its first subscription} */
    boolean isReady() {
        return client.isSubscribed(filters.get(0));
    }

    @Override
    public void close() {
        super.close();
        client.close();
    }
}
