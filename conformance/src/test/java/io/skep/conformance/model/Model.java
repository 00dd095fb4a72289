// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The broker's side of the standard in small: sessions, subscriptions, wills, retained messages and QoS flows. Each
 * method is something that a client does; it notes with the {@link Link}s what has to come of it. Where the standard
 * leaves a choice, it is the one that the documentation makes, or all are allowed.
 */
final class Model {

    /** Settings of the broker that the model knows. */
    static final int IN_FLIGHT_MAX = 4;

    static final int RECEIVE_MAXIMUM = 5;
    static final int TOPIC_ALIAS_MAXIMUM = 3;

    private static final Set<Integer> PROTOCOL_ERROR = Set.of(0x82);
    private static final int NOT_FOUND = 0x92;

    private final Routing routing;
    private final Set<Inversion> inverted;
    private final List<Link> links = new ArrayList<>();

    /**
     * Begins.
     *
     * @param choices what it takes things for that may be several
     */
    Model(Set<Inversion> inverted, Choices choices) {
        this.inverted = inverted;
        routing = new Routing(inverted, choices);
    }

    /** {@return the connection of a client, null if it has none} */
    @Nullable Link link(String client) {
        Session session = routing.sessions.get(client);
        return session == null ? null : session.link;
    }

    /** {@return a connection by its number} */
    Link link(int number) {
        return links.get(number);
    }

    /** Connects, and takes a former connection over. */
    Link connect(String client, boolean v5, boolean clean, int receiveMaximum) {
        Session former = routing.sessions.get(client);
        if (former != null && former.link != null) {
            Link taken = former.link;
            close(taken, Set.of(0x8E), true); // [MQTT-3.1.4-3]
        }
        former = routing.sessions.get(client);
        if (former != null && clean) {
            end(former); // [MQTT-3.1.2-4]
        }
        boolean present = former != null && !clean;
        Session session = present && former != null ? former : routing.begin(client);
        session.delayedWill = null; // [MQTT-3.1.3-9]
        int window = Math.min(receiveMaximum, IN_FLIGHT_MAX);
        Link link = new Link(links.size(), session, v5, window, !inverted.contains(Inversion.DUP_MISSING));
        links.add(link);
        link.resume(present);
        session.link = link;
        return link;
    }

    /** A connection breaks or is closed by the broker, and nobody has seen what was written to it last. */
    void cutOff(Link link) {
        routing.cutOff(link.session);
    }

    /**
     * Ends a connection.
     *
     * @param reasons those that the broker may give, none if it is the client that ends it
     * @param willStays whether the will is published
     */
    void close(Link link, Set<Integer> reasons, boolean willStays) {
        link.expectClose(reasons);
        Session session = link.session;
        session.link = null;
        Set<String> left = Routing.groups(session);
        routing.disconnected(session);
        if (!link.sessionOutlivesIt) {
            end(session);
        }
        Will will = link.will;
        if (will == null || !(willStays || inverted.contains(Inversion.WILL_ALWAYS_PUBLISHED))) {
            return;
        }
        if (link.sessionOutlivesIt && will.delayed()) {
            session.delayedWill = will;
        } else {
            routing.publish(will.message(), session.client, link.sessionOutlivesIt ? Set.of() : left);
        }
    }

    private void end(Session session) {
        Set<String> left = Routing.groups(session);
        routing.end(session);
        if (session.delayedWill != null) {
            routing.publish(session.delayedWill.message(), session.client, left);
        }
    }

    void subscribe(Link link, int id, List<Step.Request> requests, int subscriptionId) {
        link.expect(Control.perFilter(
                Control.SUBACK, id, requests.stream().map(Step.Request::qos).toList()));
        for (Step.Request request : requests) {
            Subscription subscription = request.subscription(link.v5, subscriptionId);
            boolean fresh = routing.subscribe(link.session, subscription);
            int handling = link.v5 ? request.retainHandling() : 0;
            if (!subscription.shared() && (handling == 0 || (handling == 1 && fresh))) { // [MQTT-3.3.1-10]
                routing.sendRetained(link.session, subscription);
            }
        }
    }

    void unsubscribe(Link link, int id, List<String> filters) {
        List<Integer> reasons = new ArrayList<>();
        for (String filter : filters) {
            boolean existed = link.session.subscriptions.remove(filter) != null;
            link.session.due.removeIf(due -> due.subscription.filter().equals(filter));
            reasons.add(existed ? 0 : 0x11);
        }
        link.expect(Control.perFilter(Control.UNSUBACK, id, link.v5 ? reasons : List.of()));
    }

    /** Publishes a message with a topic that is known and not a mistake. */
    void publish(Link link, int id, Message message) {
        if (message.qos() > 0 && link.v5 && isWindowFull(link, id, message.qos())) {
            close(link, Set.of(0x93), true); // [MQTT-3.3.4-7]
            return;
        }
        if (message.qos() == 2
                && link.session.inbound.contains(id)
                && !inverted.contains(Inversion.REPEATED_MESSAGE_IS_NEW)) {
            if (!link.open.contains(id)) {
                link.openAgain.add(id);
            }
            acknowledge(link, Control.PUBREC, id, 0, 0x10); // [MQTT-4.3.3-10]
            return;
        }
        boolean forbidden =
                message.topic().startsWith("$SYS") || message.topic().startsWith("$share");
        boolean matched = !forbidden && routing.publish(message, null, Set.of());
        if (message.qos() == 2 && !(forbidden && link.v5)) { // a 3.1.1 client is not told that it may not
            link.session.inbound.add(id);
            link.open.add(id);
        }
        if (message.qos() > 0) {
            int type = message.qos() == 1 ? Control.PUBACK : Control.PUBREC;
            if (forbidden) {
                acknowledge(link, type, id, 0x87);
            } else if (matched) {
                acknowledge(link, type, id, 0);
            } else {
                acknowledge(link, type, id, 0x10);
            }
        }
    }

    private static boolean isWindowFull(Link link, int id, int qos) {
        return link.open.size() >= RECEIVE_MAXIMUM && !(qos == 2 && link.open.contains(id));
    }

    /** PUBREL of a message from the client. */
    void release(Link link, int id) {
        link.open.remove(id);
        link.openAgain.remove(id);
        boolean known = link.session.inbound.remove(id);
        acknowledge(link, Control.PUBCOMP, id, known ? 0 : NOT_FOUND);
    }

    private static void acknowledge(Link link, int type, int id, Integer... reasons) {
        link.expect(link.v5 ? Control.acknowledgement(type, id, reasons) : Control.acknowledgement(type, id, 0));
    }

    /** PUBACK, or PUBREC with an error, or PUBCOMP: the message is done. */
    void complete(Link link, Item item) {
        link.session.inFlight.remove(item);
    }

    /** PUBREC without error, also a repeated one. */
    void received(Link link, Item item) {
        item.released = true;
        acknowledge(link, Control.PUBREL, item.id, 0); // [MQTT-4.3.3-4]
    }

    /** PUBREC for a message that there is not. */
    void receivedUnknown(Link link, int id) {
        acknowledge(link, Control.PUBREL, id, NOT_FOUND);
    }

    /** Disconnects in order, with a reason code in MQTT 5.0. */
    void disconnect(Link link, int reason, int expiry) {
        if (expiry > 0 && !link.sessionOutlivesIt) {
            close(link, PROTOCOL_ERROR, true); // the expiry may not grow from 0
            return;
        }
        if (expiry >= 0) {
            link.sessionOutlivesIt = expiry > 0;
        }
        cutOff(link);
        close(link, Set.of(), reason != 0); // [MQTT-3.14.4-3]
    }

    /** The broker stops in order. */
    void stop() {
        routing.links().values().forEach(link -> close(link, Set.of(0x8B), false));
        routing.stop();
    }

    /** {@return what has to have come and has not, null if that is nothing} */
    @Nullable String missing() {
        for (Link link : routing.links().values()) {
            if (link.isMissing()) {
                return "%s misses %s".formatted(link, link.expectation());
            }
        }
        if (!routing.isMissing()) {
            return null;
        }
        StringBuilder text = new StringBuilder("nobody got ").append(routing.missing());
        for (Link link : routing.links().values()) {
            text.append("\n  ").append(link).append(' ').append(link.expectation());
        }
        return text.toString();
    }

    /** Ends a step. */
    void settle() {
        routing.settle();
    }
}
