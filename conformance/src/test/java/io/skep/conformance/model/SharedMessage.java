// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import io.skep.conformance.wire.Seen5;
import java.util.ArrayList;
import java.util.List;

/**
 * A message for one member of a shared group: the broker chooses which, now or when one has room, and the model learns
 * it when it comes.
 */
final class SharedMessage {

    /** Steps that one which may not come at all is waited for: different loops hear of things at different times. */
    private static final int QOS_0_STEPS = 3;

    private final String group;
    private final Message message;
    private final boolean durable;
    private boolean mayBeRepeated;
    private final List<Taker> takers = new ArrayList<>();
    private boolean mayVanish;
    private boolean restarted;
    private int steps;

    private record Taker(Session session, Subscription subscription) {}

    /**
     * Begins.
     *
     * @param durable whether it survives a restart
     * @param mayBeRepeated whether it may have been written to a connection that ended in the same step
     */
    SharedMessage(String group, Message message, boolean durable, boolean mayBeRepeated) {
        this.group = group;
        this.message = message;
        this.durable = durable;
        this.mayBeRepeated = mayBeRepeated;
    }

    /** Says who may get it, or how: a subscription may change while it waits. */
    void mayGoTo(Session session) {
        Subscription subscription = session.subscriptions.get(group);
        if (subscription != null) {
            takers.add(0, new Taker(session, subscription)); // the newest is the likeliest
        }
    }

    /** The connection of a session ends: what it was given with QoS 0 is lost. */
    void leaves(Session session) {
        mayVanish |= itemsFor(session).stream().anyMatch(item -> item.qos == 0);
    }

    void mayVanish() {
        mayVanish = true;
    }

    /** It came to a connection that was about to end: it may come again, or count as sent to it. */
    void mayHaveBegun() {
        mayVanish = true;
        mayBeRepeated = true;
    }

    /** {@return how it may look if it comes to a session} */
    List<Item> itemsFor(Session session) {
        return takers.stream()
                .filter(taker -> taker.session == session)
                .map(taker -> {
                    Subscription subscription = taker.subscription;
                    int qos = Math.min(subscription.qos(), message.qos()); // [MQTT-4.8.2-3]
                    boolean retain = subscription.retainAsPublished() && message.retain();
                    List<Integer> ids = subscription.id() > 0 ? List.of(subscription.id()) : List.of();
                    Item item = new Item(session, message, qos, retain, ids, 0);
                    item.group = group;
                    item.mayBeRepeated = mayBeRepeated;
                    return item;
                })
                .toList();
    }

    /**
     * {@return whether somebody has to have it by now: all that may get it and are connected have room; after a restart
     * it may belong to one already, so that all have to be connected}
     */
    boolean isDue() {
        if (mayVanish) {
            return false;
        }
        if (restarted && takers.stream().anyMatch(taker -> taker.session.link == null && !taker.session.ended)) {
            return false;
        }
        List<Link> links = takers.stream()
                .map(taker -> taker.session.link)
                .filter(link -> link != null)
                .toList();
        boolean member = links.stream().anyMatch(link -> link.session.subscriptions.containsKey(group));
        return member && (message.qos() == 0 || links.stream().allMatch(Link::hasNothingBefore));
    }

    /** Ends a step; returns whether it will not come any more: the group is gone, or nobody waits for QoS 0 so long. */
    boolean settle() {
        return takers.stream().noneMatch(taker -> taker.session.subscriptions.containsKey(group))
                || (message.qos() == 0 && mayVanish && ++steps > QOS_0_STEPS);
    }

    /** The broker stops. */
    void restart() {
        mayVanish |= !durable;
        restarted = true;
    }

    boolean isContentOf(Seen5 publish, String topic) {
        return topic.equals(message.topic()) && publish.payload().equals(message.payload());
    }

    boolean isFor(String filter) {
        return group.equals(filter);
    }

    @Override
    public String toString() {
        return message.topic() + " " + message.payload() + " qos " + message.qos() + " for one of " + group;
    }
}
