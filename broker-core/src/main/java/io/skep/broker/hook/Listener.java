// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.sdk.event.Event;
import java.util.function.Consumer;

/**
 * A registered listener.
 *
 * @param events where its extension takes them from
 * @param type what it listens to
 * @param call what the extension gave
 */
record Listener(EventQueue events, Class<? extends Event> type, Consumer<Event> call) {

    void offer(Event event) {
        if (type.isInstance(event)) {
            events.add(call, event);
        }
    }
}
