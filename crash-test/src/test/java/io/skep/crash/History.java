// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import java.util.ArrayList;
import java.util.List;

/** What happened, in an order that all clients agree on. Any thread. */
final class History {

    private final List<Event> events = new ArrayList<>();

    synchronized void add(Event event) {
        events.add(event);
    }

    synchronized int size() {
        return events.size();
    }

    synchronized List<Event> events() {
        return List.copyOf(events);
    }
}
