// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who gets the messages of a topic. Immutable.
 *
 * @param direct one subscription a recipient, overlapping ones merged
 * @param groups each gives the message to one member
 */
record Matches(Subscription[] direct, SharedGroup[] groups) {

    static final Matches NONE = new Matches(new Subscription[0], new SharedGroup[0]);

    int size() {
        return direct.length + groups.length;
    }

    boolean isEmpty() {
        return direct.length == 0 && groups.length == 0;
    }

    /** Gathers what the nodes of the tree hold. A node has a recipient once, so merging begins with the second node. */
    static final class Gathering {

        private final ArrayList<Subscription> direct = new ArrayList<>();
        private final ArrayList<SharedGroup> groups = new ArrayList<>();
        private @Nullable IdentityHashMap<Recipient, Integer> places;
        private int nodes;

        /** Says that the subscriptions that follow are of another node. */
        void node() {
            nodes++;
            if (nodes == 2) {
                places = new IdentityHashMap<>();
                for (int i = 0; i < direct.size(); i++) {
                    places.put(direct.get(i).recipient(), i);
                }
            }
        }

        void add(Subscription subscription) {
            if (places == null) {
                direct.add(subscription);
                return;
            }
            Integer place = places.putIfAbsent(subscription.recipient(), direct.size());
            if (place == null) {
                direct.add(subscription);
            } else {
                direct.set(place, direct.get(place).merge(subscription));
            }
        }

        void add(SharedGroup group) {
            groups.add(group);
        }

        Matches matches() {
            return direct.isEmpty() && groups.isEmpty()
                    ? NONE
                    : new Matches(direct.toArray(new Subscription[0]), groups.toArray(new SharedGroup[0]));
        }
    }
}
