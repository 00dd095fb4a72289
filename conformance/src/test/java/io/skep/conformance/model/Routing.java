// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Who gets which message, by the standard; where a shared group leaves it to the broker, a {@link Choice} is made. */
final class Routing {

    final Map<String, Session> sessions = new TreeMap<>();

    private final Map<String, Message> retained = new TreeMap<>();
    private final List<Choice> choices = new ArrayList<>();
    private final Set<Inversion> inverted;
    private int step;

    Routing(Set<Inversion> inverted) {
        this.inverted = inverted;
    }

    /**
     * Passes a message on.
     *
     * @param leaving whose will it is: whether its session counts as connected is open
     * @param left the groups that its session was in, if it ends with the connection
     * @return whether a subscription matches
     */
    boolean publish(Message message, @Nullable String leaving, Set<String> left) {
        if (message.retain()) {
            retain(message);
        }
        boolean matched = false;
        Set<String> groups = new TreeSet<>();
        for (Session session : sessions.values()) {
            List<Subscription> plain = new ArrayList<>();
            for (Subscription subscription : session.subscriptions.values()) {
                if (!subscription.matches(message.topic())) {
                    continue;
                }
                matched = true;
                if (subscription.shared()) {
                    groups.add(subscription.filter());
                } else if (!isOwn(subscription, session, message)) {
                    plain.add(subscription);
                }
            }
            if (!plain.isEmpty()) {
                give(merged(session, message, plain), session.client.equals(leaving));
            }
        }
        groups.forEach(group -> share(group, message, leaving, left.contains(group)));
        return matched;
    }

    private void retain(Message message) {
        if (!message.payload().isEmpty()) {
            retained.put(message.topic(), message);
        } else if (!inverted.contains(Inversion.RETAINED_MESSAGE_STAYS)) {
            retained.remove(message.topic()); // [MQTT-3.3.1-6]
        }
    }

    private boolean isOwn(Subscription subscription, Session session, Message message) {
        return subscription.noLocal()
                && session.client.equals(message.publisher())
                && !inverted.contains(Inversion.NO_LOCAL_IGNORED); // [MQTT-3.8.3-3]
    }

    /** {@return one copy for all plain subscriptions: the highest QoS, all identifiers} */
    private Item merged(Session session, Message message, List<Subscription> subscriptions) {
        int granted = 0;
        boolean asPublished = false;
        List<Integer> ids = new ArrayList<>();
        for (Subscription subscription : subscriptions) {
            granted = Math.max(granted, subscription.qos());
            asPublished |= subscription.retainAsPublished();
            if (subscription.id() > 0) {
                ids.add(subscription.id()); // [MQTT-3.3.4-4]
            }
        }
        int qos = Math.min(granted, message.qos()); // [MQTT-3.8.4-8]
        return new Item(session, message, qos, asPublished && message.retain(), ids, step, null);
    }

    private static void give(Item item, boolean leaving) {
        item.mayBeRepeated |= leaving;
        if (leaving && item.qos == 0) {
            item.session.stray.add(item);
        } else {
            item.session.take(item);
        }
    }

    private void share(String group, Message message, @Nullable String leaving, boolean mayVanish) {
        List<Session> members =
                sessions.values().stream().filter(session -> session.isMember(group)).toList();
        boolean online = members.stream().anyMatch(member -> member.link != null && !member.client.equals(leaving));
        Choice choice = new Choice();
        for (Session member : members) {
            boolean isLeaving = member.client.equals(leaving);
            if (!online || member.link != null || isLeaving) {
                candidate(choice, member, message, group, isLeaving);
            }
        }
        if (mayVanish) {
            choice.mayVanish();
        }
        choices.add(choice);
    }

    private void candidate(Choice choice, Session member, Message message, String group, boolean leaving) {
        Subscription subscription = member.subscriptions.get(group);
        if (subscription == null) {
            return;
        }
        Item item = new Item(
                member,
                message,
                Math.min(subscription.qos(), message.qos()),
                subscription.retainAsPublished() && message.retain(),
                subscription.id() > 0 ? List.of(subscription.id()) : List.of(),
                step,
                group);
        item.choice = choice;
        choice.add(item);
        if (leaving && item.qos == 0) {
            choice.mayVanish();
        }
        give(item, leaving);
    }

    /** Ends a session: what it has of shared groups goes to other members. */
    void end(Session session) {
        sessions.remove(session.client);
        List<Item> left = new ArrayList<>(session.waiting);
        session.inFlight.stream().filter(item -> item.qos == 1).forEach(left::add); // [MQTT-4.8.2-5]
        left.stream().filter(item -> !item.gone).forEach(this::handOn);
        session.waiting.clear();
        session.inFlight.clear();
    }

    /** Hands a message of a shared group to another member; the standard only recommends that, so it may vanish. */
    private void handOn(Item item) {
        String group = item.group;
        if (group == null) {
            return;
        }
        Choice choice = item.choice == null ? new Choice() : item.choice;
        if (item.choice == null) {
            choices.add(choice);
        }
        choice.strike(item);
        choice.mayVanish();
        sessions.values().stream()
                .filter(member -> member.isMember(group))
                .forEach(member -> candidate(choice, member, item.message, group, false));
    }

    /**
     * Subscribes.
     *
     * @return whether the subscription is new
     */
    boolean subscribe(Session session, Subscription subscription) {
        return session.subscriptions.put(subscription.filter(), subscription) == null;
    }

    /** Sends the retained messages that match a subscription. */
    void sendRetained(Session session, Subscription subscription) {
        for (String topic : retained.keySet()) {
            if (subscription.matches(topic)) {
                session.due.add(new Due(retained, session, subscription, topic));
            }
        }
    }

    /** The connection of a session that goes on has ended. */
    void disconnected(Session session) {
        session.keepDue(step);
    }

    /** {@return whether a message for a shared group has to be somewhere and is nowhere} */
    boolean isMissing() {
        return choices.stream().anyMatch(Choice::isDue);
    }

    /** Ends a step. */
    void settle() {
        choices.forEach(Choice::settle);
        choices.removeIf(Choice::isOver);
        sessions.values().forEach(session -> {
            session.stray.clear();
            if (session.link != null) {
                session.link.settle();
            }
        });
        step++;
    }

    /** {@return the shared groups that a session is in} */
    static Set<String> groups(Session session) {
        Set<String> groups = new HashSet<>(session.subscriptions.keySet());
        groups.removeIf(filter -> !filter.startsWith("$share/"));
        return groups;
    }

    /** {@return the sessions that are connected} */
    Map<String, Link> links() {
        Map<String, Link> links = new LinkedHashMap<>();
        sessions.forEach((client, session) -> {
            if (session.link != null) {
                links.put(client, session.link);
            }
        });
        return links;
    }
}
