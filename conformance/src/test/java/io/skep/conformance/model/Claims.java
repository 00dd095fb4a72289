// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import io.skep.conformance.wire.Seen5;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a PUBLISH which has come may be, of what its session has to get or may get. The same message may come in
 * several ways: by a subscription, by shared groups, and as the retained one of its topic.
 */
final class Claims {

    /** How likely what may be late, or may come to nobody or somebody else, is compared with the rest. */
    private enum Urgency {
        OWED,
        ALLOWED
    }

    /** One thing that it may be; what happens if it is that. */
    private record Claim(Item item, Urgency urgency, Runnable taken) {}

    private final Seen5 packet;
    private final String topic;
    private final boolean v5;
    private final Session session;
    private final List<Claim> claims = new ArrayList<>();

    Claims(Seen5 packet, String topic, boolean v5, Session session) {
        this.packet = packet;
        this.topic = topic;
        this.v5 = v5;
        this.session = session;
    }

    boolean fits(Item item) {
        return item.isContentOf(packet, topic, v5);
    }

    private void claim(Item item, Urgency urgency, Runnable taken) {
        if (fits(item) && (!packet.dup() || item.mayBeRepeated)) { // [MQTT-3.3.1-1]
            claims.add(new Claim(item, urgency, taken));
        }
    }

    /** It may be one of some out of all these. Two of them that look the same are the same. */
    void live(List<Item> all, List<Item> some) {
        some.stream()
                .filter(this::fits)
                .findFirst()
                .ifPresent(item -> claim(item, Urgency.OWED, () -> all.remove(item)));
    }

    /** It may be one of these, which need not come. */
    void stray(List<Item> items) {
        items.stream()
                .filter(this::fits)
                .findFirst()
                .ifPresent(item -> claim(item, Urgency.ALLOWED, () -> items.remove(item)));
    }

    /** It may be a retained message. */
    void retained() {
        for (Due due : session.due) {
            Item item = due.item(0);
            if (item != null) {
                Urgency urgency = due.isOptional() ? Urgency.ALLOWED : Urgency.OWED;
                claim(item, urgency, () -> session.due.remove(due));
            }
        }
    }

    /** It may be one that any member of a group may get. */
    void shared() {
        for (SharedMessage message : session.pool) {
            Item item = item(message);
            if (item != null) {
                Urgency urgency = message.isDue() ? Urgency.OWED : Urgency.ALLOWED;
                claim(item, urgency, () -> session.pool.remove(message));
            }
        }
    }

    /** It may be one that any member may get; to a connection that ends, QoS 1 and 2 may be sent for nothing. */
    void last() {
        for (SharedMessage message : session.pool) {
            Item item = item(message);
            if (item != null) {
                Runnable taken = packet.qos() == 0 ? () -> session.pool.remove(message) : message::mayHaveBegun;
                claim(item, Urgency.OWED, taken);
            }
        }
    }

    /** Its subscription may have changed while it waited: if two ways of sending it look the same, they are. */
    private @Nullable Item item(SharedMessage message) {
        if (!message.isContentOf(packet, topic)) {
            return null;
        }
        return message.itemsFor(session).stream().filter(this::fits).findFirst().orElse(null);
    }

    boolean isEmpty() {
        return claims.isEmpty();
    }

    /** {@return what it is taken for: of what looks alike, what has to come} */
    Item take() {
        claims.sort(Comparator.comparing(Claim::urgency));
        Claim taken = claims.get(session.choices.among(claims.size()));
        taken.taken.run();
        return taken.item;
    }
}
