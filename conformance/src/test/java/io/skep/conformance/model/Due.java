// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A retained message that a SUBSCRIBE asked for. It may come late, when there is room, and is then the one that the
 * topic has at that time.
 */
final class Due {

    final Subscription subscription;
    private final Map<String, Message> retained;
    private final Session session;
    private final String topic;
    private boolean optional;

    /**
     * Begins.
     *
     * @param retained of all topics
     */
    Due(Map<String, Message> retained, Session session, Subscription subscription, String topic) {
        this.retained = retained;
        this.session = session;
        this.subscription = subscription;
        this.topic = topic;
    }

    /** The retained message is removed: a later one need not come. */
    void removed(String from) {
        optional |= topic.equals(from);
    }

    /** {@return whether it need not come} */
    boolean isOptional() {
        return optional;
    }

    /** {@return what is to be sent, null if there is nothing any more} */
    @Nullable Item item(int batch) {
        Message message = retained.get(topic);
        if (message == null) {
            return null;
        }
        int qos = Math.min(message.qos(), subscription.qos());
        List<Integer> ids = subscription.id() > 0 ? List.of(subscription.id()) : List.of();
        return new Item(session, message, qos, true, ids, batch);
    }

    @Override
    public String toString() {
        return topic + " " + retained.get(topic) + (optional ? " or none" : "");
    }
}
