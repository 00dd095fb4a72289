// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.Seen5;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A connection as the model sees it, and what has to come on it. */
final class Link {

    /** Connections are counted from 0. */
    final int number;

    final Session session;
    final boolean v5;

    /** Topics that the client gave aliases to. */
    final Map<Integer, String> aliases = new HashMap<>();

    /** QoS 2 messages sent on this connection whose PUBREL has not come. */
    final Set<Integer> open = new TreeSet<>();

    /**
     * Of {@link Session#inbound}, those of earlier connections that were sent again: the window may count them or not.
     */
    final Set<Integer> openAgain = new TreeSet<>();

    @Nullable Will will;

    boolean sessionOutlivesIt;

    private final int window;
    private final boolean dupExpected;
    private final Map<Integer, String> brokersAliases = new HashMap<>();
    private final Deque<Control> controls = new ArrayDeque<>();
    private final List<Item> atMostOnce = new ArrayList<>();
    private final List<Item> optional = new ArrayList<>();
    private final Set<Integer> repeatedReleases = new TreeSet<>();
    private @Nullable Set<Integer> farewell;
    private boolean dismissed; // by a DISCONNECT of the broker

    Link(int number, Session session, boolean v5, int window, boolean dupExpected) {
        this.number = number;
        this.session = session;
        this.v5 = v5;
        this.window = window;
        this.dupExpected = dupExpected;
    }

    /**
     * {@return whether it is better not to publish: the broker would not read further from a client of 3.1.1, or it is
     * open whether the window is full}
     */
    boolean isNearOverrun() {
        int atMost = open.size() + openAgain.size();
        return v5
                ? open.size() < Model.RECEIVE_MAXIMUM && atMost >= Model.RECEIVE_MAXIMUM
                : atMost >= Model.RECEIVE_MAXIMUM - 1;
    }

    /** Begins with what the session has under way. */
    void resume(boolean present) {
        expect(Control.connack(present));
        optional.addAll(session.stray);
        session.inFlight.stream().filter(item -> item.released).forEach(item -> repeatedReleases.add(item.id));
    }

    void expect(Control control) {
        controls.add(control);
    }

    void expect(Item item) {
        atMostOnce.add(item);
    }

    /** Expects that the broker closes the connection, to MQTT 5.0 with one of these reason codes if there are any. */
    void expectClose(Set<Integer> reasons) {
        farewell = reasons;
        controls.clear();
        atMostOnce.clear();
    }

    boolean isClosing() {
        return farewell != null;
    }

    /** Compares a packet with what has to come. */
    void accept(Seen5 packet) {
        if (packet.type() == 3) {
            acceptPublish(packet);
        } else if (packet.type() == Control.DISCONNECT) {
            acceptDisconnect(packet);
        } else if (packet.type() == Control.PUBREL && packet.reason() == 0 && repeatedReleases.remove(packet.id())) {
            reject(packet, !controls.isEmpty() && controls.getFirst().type() == Control.CONNACK);
        } else {
            reject(packet, controls.isEmpty() || !controls.getFirst().allows(packet));
            controls.removeFirst();
        }
    }

    private void acceptDisconnect(Seen5 packet) {
        reject(packet, !v5 || farewell == null || !farewell.contains(packet.reason()));
        farewell = Set.of();
        dismissed = true;
    }

    private void reject(Seen5 packet, boolean condition) {
        if (condition) {
            throw new Difference("%s got %s (expected: %s)".formatted(this, packet, expectation()));
        }
    }

    private void acceptPublish(Seen5 packet) {
        reject(packet, !controls.isEmpty() && controls.getFirst().type() == Control.CONNACK); // [MQTT-3.2.0-1]
        Claims claims = new Claims(packet, topic(packet), v5, session);
        if (farewell != null) {
            claims.last(); // a message that a group had waiting may have been under way when the end came
            reject(packet, dismissed || claims.isEmpty());
            claims.take();
        } else if (packet.qos() == 0) {
            claims.shared();
            if (!awaitsSuback()) {
                claims.live(atMostOnce, atMostOnce);
                claims.retained();
                claims.stray(optional);
            }
            reject(packet, claims.isEmpty() || packet.dup());
            claims.take();
        } else {
            acceptAcknowledged(packet, claims);
        }
    }

    private void acceptAcknowledged(Seen5 packet, Claims claims) {
        reject(packet, publishedHere() >= window); // [MQTT-3.3.4-9]
        Item repeated = nextRepeated();
        if (repeated != null) {
            reject(
                    packet,
                    packet.dup() != dupExpected // [MQTT-3.3.1-1]
                            || packet.id() != repeated.id
                            || !claims.fits(repeated)); // [MQTT-4.4.0-1]
            repeated.publishedOn = this;
            return;
        }
        claims.shared();
        if (!awaitsSuback()) {
            claims.live(session.waiting, next());
            claims.retained();
        }
        reject(packet, claims.isEmpty());
        reject(packet, session.inFlight.stream().anyMatch(item -> item.id == packet.id())); // [MQTT-2.2.1-4]
        begin(claims.take(), packet.id());
    }

    /** {@return whether SUBACK has to come before the retained messages} */
    private boolean awaitsSuback() {
        return !controls.isEmpty() && controls.getFirst().type() == Control.SUBACK;
    }

    private void begin(Item item, int id) {
        item.id = id;
        item.publishedOn = this;
        session.inFlight.add(item);
    }

    private String topic(Seen5 packet) {
        Object alias = v5 ? packet.property(Props.TOPIC_ALIAS) : null;
        if (alias == null) {
            return packet.topic();
        }
        int number = ((Long) alias).intValue();
        if (!packet.topic().isEmpty()) {
            brokersAliases.put(number, packet.topic());
        }
        return brokersAliases.getOrDefault(number, "");
    }

    /** {@return what may be sent next for the first time: what came with the same step} */
    private List<Item> next() {
        return session.waiting.stream()
                .filter(item -> item.batch == session.waiting.get(0).batch)
                .toList();
    }

    private @Nullable Item nextRepeated() {
        return session.inFlight.stream()
                .filter(item -> !item.released && item.publishedOn != this)
                .findFirst()
                .orElse(null);
    }

    private long publishedHere() {
        return session.inFlight.stream()
                .filter(item -> item.publishedOn == this)
                .count();
    }

    /** {@return whether there is room by any way of counting: PUBRELs of earlier connections may count or not} */
    private boolean hasRoom() {
        return session.inFlight.stream().filter(this::hasCome).count() < window;
    }

    /** {@return whether the client has got something of it on this connection, and may answer} */
    boolean hasCome(Item item) {
        return item.publishedOn == this || (item.released && !repeatedReleases.contains(item.id));
    }

    /** {@return whether something that has to come has not} */
    boolean isMissing() {
        return !controls.isEmpty()
                || !atMostOnce.isEmpty()
                || (hasRoom() && (isRepeating() || !session.waiting.isEmpty()))
                || (hasNothingBefore() && session.due.stream().anyMatch(due -> !due.isOptional()));
    }

    private boolean isRepeating() {
        return nextRepeated() != null || !repeatedReleases.isEmpty();
    }

    /** {@return whether there is room, and nothing that has to come before what may come at any time} */
    boolean hasNothingBefore() {
        return hasRoom() && !isRepeating() && session.waiting.isEmpty();
    }

    /** Ends a step. */
    void settle() {
        if (hasNothingBefore()) {
            session.due.removeIf(Due::isOptional);
        }
        optional.clear();
    }

    /** Compares the end of the connection. */
    void closed() {
        if (farewell == null || (v5 && !farewell.isEmpty())) {
            throw new Difference("%s was closed (expected: %s)".formatted(this, expectation()));
        }
    }

    String expectation() {
        if (farewell != null) {
            return farewell.isEmpty() ? "a close" : "DISCONNECT with one of " + farewell;
        }
        return "%s%s, QoS 0 %s, repeated %s, waiting %s, retained %s, in flight %s"
                .formatted(
                        controls,
                        repeatedReleases.isEmpty() ? "" : " PUBREL " + repeatedReleases,
                        atMostOnce,
                        nextRepeated(),
                        session.waiting.stream().limit(8).toList(),
                        session.due,
                        session.inFlight.stream().map(item -> item.id).toList());
    }

    @Override
    public String toString() {
        return "%s (%s, connection %d)".formatted(session.client, v5 ? "5.0" : "3.1.1", number);
    }
}
