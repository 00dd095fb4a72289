// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the broker keeps of a client. */
final class Session {

    final String client;
    final Map<String, Subscription> subscriptions = new LinkedHashMap<>();

    /** Not sent yet, in the order in which they came. */
    final List<Item> waiting = new ArrayList<>();

    /** Retained messages that still have to be sent. */
    final List<Due> due = new ArrayList<>();

    /** Sent and not acknowledged to the end, in the order of their first sending. */
    final List<Item> inFlight = new ArrayList<>();

    /** Of QoS 2 messages from the client whose PUBREL has not come. */
    final Set<Integer> inbound = new TreeSet<>();

    /** QoS 0 messages of the step in which the connection changed: they may reach the new one. */
    final List<Item> stray = new ArrayList<>();

    /** Messages for shared groups that nobody has got yet, of all groups. */
    final List<SharedMessage> pool;

    final Choices choices;

    /** Whether it is no more. */
    boolean ended;

    @Nullable Link link;

    @Nullable Will delayedWill;

    Session(String client, List<SharedMessage> pool, Choices choices) {
        this.client = client;
        this.pool = pool;
        this.choices = choices;
    }

    /** Takes a message: for the connection if it is QoS 0, else in any case. */
    void take(Item item) {
        if (item.qos > 0) {
            waiting.add(item);
        } else if (link != null) {
            link.expect(item);
        }
    }

    /** Without a connection, what retained messages are still due wait with the others. */
    void keepDue(int batch) {
        for (Due retained : due) {
            Item item = retained.item(batch);
            if (item != null && !(retained.isOptional() && choices.among(2) == 1)) {
                take(item);
            }
        }
        due.clear();
    }
}
