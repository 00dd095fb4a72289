// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import static io.skep.conformance.wire.Packets.ACCEPTED;
import static io.skep.conformance.wire.Packets.DISCONNECT;
import static io.skep.conformance.wire.Packets.PINGREQ;
import static io.skep.conformance.wire.Packets.hex;

import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.testkit.BrokerExtension;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Where steps are played: the broker, the model, and the connections between them. After each step all connections are
 * pinged, so that what comes too much is seen, and what has to come is waited for: no time passes without need.
 *
 * <p>Beside the clients two observers are subscribed to everything. What they get tells that the broker has dealt with
 * a will, and each message that is published twice is seen.
 */
final class Stage implements AutoCloseable {

    private static final int PINGRESP = 13;
    private static final byte[] HALF_A_PUBLISH = hex("30 0A 00 01 61");

    private final BrokerExtension broker;
    private final String prefix;
    private final int patienceMillis;
    private final Model model;
    private final Map<Link, RawClient> wires = new LinkedHashMap<>();
    private final Map<Link, byte[]> outgoing = new LinkedHashMap<>();
    private boolean connectionEnded;

    Stage(BrokerExtension broker, String prefix, int patienceMillis, Set<Inversion> inverted) {
        this.broker = broker;
        this.prefix = prefix;
        this.patienceMillis = patienceMillis;
        model = new Model(inverted);
        callObservers();
    }

    private void callObservers() {
        for (int observer : new int[] {Generator.CLIENTS, Generator.CLIENTS + 1}) {
            play(new Step.Connect(observer, true, true, false, 0, null));
            play(new Step.Subscribe(observer, 1, List.of(new Step.Request("#", 0, false, true, 2)), 0));
        }
    }

    Model model() {
        return model;
    }

    String clientId(int client) {
        return prefix + client;
    }

    @Nullable Link link(int client) {
        return model.link(clientId(client));
    }

    /** Plays a step and compares. */
    void play(Step step) {
        step.play(this);
        compare();
    }

    /** Opens a connection with a CONNECT. */
    void open(Link link, byte[] connect) {
        RawClient wire = new RawClient(broker.address());
        wires.put(link, wire.patience(patienceMillis));
        send(link, connect);
    }

    /** Sends a packet with the end of the step. */
    void send(Link link, byte[] packet) {
        outgoing.merge(link, packet, (before, more) -> Packets.concat(before, more));
    }

    /** Ends a connection on the client's side. */
    void drop(Link link, Step.Break how) {
        RawClient wire = wires.get(link);
        if (wire == null) {
            throw new IllegalStateException("connection: none (expected: one of " + link + ")");
        }
        switch (how) {
            case END -> wire.finish();
            case AMID_A_PACKET -> wire.send(HALF_A_PUBLISH).finish();
            case RESET -> {
                wire.drop();
                wires.remove(link);
            }
        }
        connectionEnded = true;
    }

    /** Sends a first packet that is refused: perhaps with a CONNACK, and with a close. */
    void intrude(byte[] packet, Set<Integer> reasons) {
        try (RawClient wire = new RawClient(broker.address()).patience(patienceMillis)) {
            wire.send(packet);
            if (wire.isPacketNext()) {
                byte[] answer = wire.next();
                boolean fits = answer[0] == 0x20 && answer[2] == 0 && reasons.contains(Byte.toUnsignedInt(answer[3]));
                if (!fits) {
                    throw new Difference("first packet answered by %s (expected: a CONNACK with one of %s)"
                            .formatted(Packets.text(answer), reasons));
                }
            }
            if (wire.isPacketNext()) {
                throw new Difference("a packet after a refusal (expected: a close)");
            }
        }
    }

    /**
     * Stops the broker in order and starts it again. Who has a will or a session that ends is gone before: what becomes
     * of wills and shared messages among clients that all leave at once is nobody's promise.
     */
    void restart() {
        for (Link link : List.copyOf(model.links().values())) {
            if (link.will != null || !link.sessionOutlivesIt) {
                model.close(link, Set.of(), true);
                drop(link, Step.Break.END);
                compare();
            }
        }
        model.stop();
        broker.stop();
        compare();
        broker.start();
        callObservers();
    }

    /** Compares all that comes with what has to come, and ends the step. */
    private void compare() {
        List<Link> spoken = List.copyOf(outgoing.keySet());
        exchange(spoken); // first who does something, then who may notice
        List<Link> others = new ArrayList<>(wires.keySet());
        others.removeAll(spoken);
        exchange(others);
        if (connectionEnded) {
            connectionEnded = false; // a loop hears of an end after it has answered pings
            exchange(List.copyOf(wires.keySet()));
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
        while (isMissing() && System.nanoTime() - deadline < 0) {
            exchange(List.copyOf(wires.keySet()));
        }
        model.links().values().stream().filter(Link::isMissing).findFirst().ifPresent(link -> {
            throw new Difference("%s misses %s".formatted(link, link.expectation()));
        });
        if (model.isMissing()) {
            throw new Difference("nobody got " + model.missing());
        }
        model.settle();
    }

    private boolean isMissing() {
        return model.isMissing() || model.links().values().stream().anyMatch(Link::isMissing);
    }

    /** Sends what is to be sent, and a ping behind it, and reads up to the answer or the end. */
    private void exchange(Collection<Link> links) {
        for (Link link : links) {
            byte[] packets = outgoing.remove(link);
            if (!link.isClosing() || packets != null) {
                wire(link).send(packets == null ? new byte[0] : packets, link.isClosing() ? new byte[0] : PINGREQ);
            }
        }
        links.forEach(this::read);
    }

    private RawClient wire(Link link) {
        RawClient wire = wires.get(link);
        if (wire == null) {
            throw new IllegalStateException("connection: none (expected: one of " + link + ")");
        }
        return wire;
    }

    private void read(Link link) {
        RawClient wire = wire(link);
        try {
            while (wire.isPacketNext()) {
                byte[] packet = wire.next();
                Seen5 seen = link.v5 ? Seen5.of(packet) : Seen3.of(packet);
                if (seen.type() == PINGRESP) {
                    return;
                }
                link.accept(seen);
            }
        } catch (Difference e) {
            throw e;
        } catch (AssertionError | UncheckedIOException e) {
            throw new Difference("%s: %s (expected: %s)".formatted(link, e.getMessage(), link.expectation()), e);
        }
        link.closed();
        wire.close();
        wires.remove(link);
        connectionEnded = true;
    }

    /** Leaves the broker as it was: without sessions of these clients, and without retained messages. */
    @Override
    public void close() {
        wires.values().forEach(RawClient::close);
        IntStream.range(0, Generator.CLIENTS + 2).forEach(client -> clean(clientId(client)));
        try (RawClient wire = new RawClient(broker.address())) {
            wire.send(Connect.clean(prefix + "end").packed()).expect(ACCEPTED);
            for (String topic : Generator.TOPICS) {
                byte[] nothing = Packets.packet(0x33, topic, Packets.twoBytes(1));
                wire.send(nothing).expect(Packets.puback(1));
            }
        }
    }

    private void clean(String clientId) {
        try (RawClient wire = new RawClient(broker.address())) {
            wire.send(Connect.clean(clientId).packed()).expect(ACCEPTED);
            wire.send(DISCONNECT).expectClosed();
        }
    }
}
