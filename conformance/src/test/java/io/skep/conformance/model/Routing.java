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

/**
 * Who gets which message, by the standard; where a shared group leaves it to the broker, a {@link SharedMessage} waits.
 */
final class Routing {

    final Map<String, Session> sessions = new TreeMap<>();

    private final Map<String, Message> retained = new TreeMap<>();
    private final List<SharedMessage> pool = new ArrayList<>();
    private final Set<Inversion> inverted;
    private final Choices choices;
    private int step;

    Routing(Set<Inversion> inverted, Choices choices) {
        this.inverted = inverted;
        this.choices = choices;
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
            sessions.values().forEach(session -> session.due.forEach(due -> due.removed(message.topic())));
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
        return new Item(session, message, qos, asPublished && message.retain(), ids, step);
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
        List<Session> members = members(group);
        boolean online = members.stream().anyMatch(member -> member.link != null);
        if (message.qos() == 0 && !online) {
            return;
        }
        boolean durable = members.stream().anyMatch(member -> member.link == null || member.link.sessionOutlivesIt);
        SharedMessage shared = new SharedMessage(group, message, durable, leaving != null);
        for (Session member : members) {
            shared.mayGoTo(member);
            if (member.client.equals(leaving)) {
                shared.mayVanish(); // it may count as sent to the connection that ends
            }
        }
        if (mayVanish) {
            shared.mayVanish();
        }
        pool.add(shared);
    }

    private List<Session> members(String group) {
        return sessions.values().stream()
                .filter(session -> session.subscriptions.containsKey(group))
                .toList();
    }

    /** Makes a session. */
    Session begin(String client) {
        Session session = new Session(client, pool, choices);
        sessions.put(client, session);
        return session;
    }

    /** Ends a session: what it has of shared groups goes to other members. */
    void end(Session session) {
        sessions.remove(session.client);
        session.inFlight.stream()
                .filter(item -> item.group != null && item.qos == 1) // [MQTT-4.8.2-5]
                .forEach(item -> share(item.group == null ? "" : item.group, item.message, null, false));
        session.waiting.clear();
        session.inFlight.clear();
        session.subscriptions.clear();
        session.ended = true;
    }

    /** The broker stops. */
    void stop() {
        pool.forEach(SharedMessage::restart);
    }

    /**
     * Subscribes.
     *
     * @return whether the subscription is new
     */
    boolean subscribe(Session session, Subscription subscription) {
        boolean fresh = session.subscriptions.put(subscription.filter(), subscription) == null;
        pool.stream()
                .filter(message -> message.isFor(subscription.filter()))
                .forEach(message -> message.mayGoTo(session));
        return fresh;
    }

    /** Sends the retained messages that match a subscription. */
    void sendRetained(Session session, Subscription subscription) {
        for (String topic : retained.keySet()) {
            if (subscription.matches(topic)) {
                session.due.add(new Due(retained, session, subscription, topic));
            }
        }
    }

    /** What a group had waiting may have been written to the connection of a session when that broke. */
    void cutOff(Session session) {
        List<SharedMessage> maybeSent = pool.stream()
                .filter(message -> !message.itemsFor(session).isEmpty())
                .toList();
        if (!maybeSent.isEmpty() && choices.among(2) == 1) {
            maybeSent.forEach(SharedMessage::mayHaveBegun);
        }
    }

    /** The connection of a session has ended. */
    void disconnected(Session session) {
        pool.forEach(message -> message.leaves(session));
        session.keepDue(step);
    }

    /** {@return whether a message for a shared group has to be somewhere and is nowhere} */
    boolean isMissing() {
        return pool.stream().anyMatch(SharedMessage::isDue);
    }

    String missing() {
        return pool.stream().filter(SharedMessage::isDue).toList().toString();
    }

    /** Ends a step. */
    void settle() {
        pool.removeIf(SharedMessage::settle);
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
