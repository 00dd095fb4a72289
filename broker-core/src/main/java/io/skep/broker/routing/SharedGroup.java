// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The members of one {@code $share/name/filter}. Each message goes to one of them: round robin over those that are
 * connected and can take it, else over those whose messages are kept. Members change under the tree's lock; choosing
 * reads without.
 */
final class SharedGroup {

    private final String name;
    private final AtomicInteger turn = new AtomicInteger();
    private volatile Subscription[] members = new Subscription[0];

    SharedGroup(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    boolean isEmpty() {
        return members.length == 0;
    }

    void put(Subscription subscription) {
        Subscription[] old = members;
        for (int i = 0; i < old.length; i++) {
            if (old[i].recipient() == subscription.recipient()) {
                Subscription[] changed = old.clone();
                changed[i] = subscription;
                members = changed;
                return;
            }
        }
        Subscription[] more = Arrays.copyOf(old, old.length + 1);
        more[old.length] = subscription;
        members = more;
    }

    boolean remove(Recipient recipient) {
        Subscription[] fewer =
                Arrays.stream(members).filter(m -> m.recipient() != recipient).toArray(Subscription[]::new);
        boolean removed = fewer.length < members.length;
        members = fewer;
        return removed;
    }

    /** {@return whose turn it is; null if nobody can take or keep a message} */
    @Nullable Subscription choose() {
        Subscription[] all = members;
        if (all.length == 0) {
            return null;
        }
        int start = Math.floorMod(turn.getAndIncrement(), all.length);
        Subscription keeper = null;
        for (int i = 0; i < all.length; i++) {
            Subscription member = all[(start + i) % all.length];
            if (member.recipient().isReady()) {
                return member;
            }
            if (keeper == null && member.recipient().isDurable()) {
                keeper = member;
            }
        }
        return keeper == null ? all[start] : keeper; // all are busy: one of them queues or drops it
    }
}
