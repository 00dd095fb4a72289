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
import java.util.concurrent.locks.LockSupport;
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

    /** How many are subscribed to everything; they come after the clients. */
    static final int OBSERVERS = 2;

    private static final int PINGRESP = 13;
    private static final byte[] HALF_A_PUBLISH = hex("30 0A 00 01 61");

    /** So long all is waited for before it is asked whether what came was something else. */
    private static final long DOUBT_MILLIS = 200;

    /** So often it is asked without a pause. */
    private static final int EAGER_ROUNDS = 50;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final BrokerExtension broker;
    private final String prefix;
    private final int patienceMillis;
    private final Story story;
    private final Map<Integer, RawClient> wires = new LinkedHashMap<>();
    private final Map<Integer, byte[]> outgoing = new LinkedHashMap<>();
    private boolean connectionEnded;
    private boolean stopped;

    Stage(BrokerExtension broker, String prefix, int patienceMillis, Set<Inversion> inverted) {
        this.broker = broker;
        this.prefix = prefix;
        this.patienceMillis = patienceMillis;
        story = new Story(prefix, inverted, new Live());
        callObservers();
    }

    private void callObservers() {
        for (int observer = Generator.CLIENTS; observer < Generator.CLIENTS + OBSERVERS; observer++) {
            play(new Step.Connect(observer, true, true, false, 0, null));
            play(new Step.Subscribe(observer, 1, List.of(new Step.Request("#", 0, false, true, 2)), 0));
        }
    }

    @Nullable Link link(int client) {
        return story.scene().link(client);
    }

    /** {@return all that happened} */
    Story story() {
        return story;
    }

    /** Plays a step and compares. */
    void play(Step step) {
        for (Step part : step.parts(story.scene())) {
            story.goesOn(part);
            compare();
        }
        if (stopped) {
            stopped = false;
            broker.start();
            callObservers();
        }
    }

    /** The wires to the broker. */
    private final class Live implements Scene.Wires {

        @Override
        public void open(Link link, byte[] connect) {
            RawClient wire = new RawClient(broker.address());
            wires.put(link.number, wire.patience(patienceMillis));
            send(link, connect);
        }

        @Override
        public void send(Link link, byte[] packet) {
            outgoing.merge(link.number, packet, (before, more) -> Packets.concat(before, more));
        }

        @Override
        public void drop(Link link, Step.Break how) {
            RawClient wire = wire(link.number);
            switch (how) {
                case END -> wire.finish();
                case AMID_A_PACKET -> wire.send(HALF_A_PUBLISH).finish();
                case RESET -> {
                    wire.drop();
                    wires.remove(link.number);
                }
            }
            connectionEnded = true;
        }

        @Override
        public void intrude(byte[] packet, Set<Integer> reasons) {
            try (RawClient wire = new RawClient(broker.address()).patience(patienceMillis)) {
                wire.send(packet);
                if (wire.isPacketNext()) {
                    byte[] answer = wire.next();
                    boolean fits =
                            answer[0] == 0x20 && answer[2] == 0 && reasons.contains(Byte.toUnsignedInt(answer[3]));
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

        @Override
        public void stop() {
            broker.stop();
            stopped = true;
        }
    }

    /** Compares all that comes with what has to come, and ends the step. */
    private void compare() {
        List<Integer> spoken = List.copyOf(outgoing.keySet());
        exchange(spoken); // first who does something, then who may notice
        List<Integer> others = new ArrayList<>(wires.keySet());
        others.removeAll(spoken);
        exchange(others);
        if (connectionEnded) {
            connectionEnded = false; // a loop hears of an end after it has answered pings
            exchange(List.copyOf(wires.keySet()));
        }
        await(Math.min(DOUBT_MILLIS, patienceMillis));
        if (story.isMissing() && !story.isReadOtherwise()) {
            await(patienceMillis);
        }
        story.endStep();
    }

    /** Goes on to ask for what is missing, so long. */
    private void await(long millis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (int round = 0; story.isMissing() && System.nanoTime() - deadline < 0; round++) {
            exchange(List.copyOf(wires.keySet()));
            if (round >= EAGER_ROUNDS) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Sends what is to be sent, and a ping behind it, and reads up to the answer or the end. */
    private void exchange(Collection<Integer> links) {
        for (int link : links) {
            byte[] packets = outgoing.remove(link);
            boolean closing = isClosing(link);
            if (!closing || packets != null) {
                wire(link).send(packets == null ? new byte[0] : packets, closing ? new byte[0] : PINGREQ);
            }
        }
        List<Integer> ending = wires.keySet().stream().filter(this::isClosing).toList();
        ending.forEach(this::read); // what has gone there tells what to expect elsewhere
        links.stream().filter(link -> !ending.contains(link)).forEach(this::read);
    }

    private boolean isClosing(int link) {
        return story.scene().model().link(link).isClosing();
    }

    private RawClient wire(int link) {
        RawClient wire = wires.get(link);
        if (wire == null) {
            throw new IllegalStateException("connection: " + link + " (expected: one of " + wires.keySet() + ")");
        }
        return wire;
    }

    private void read(int number) {
        RawClient wire = wire(number);
        Link link = story.scene().model().link(number);
        try {
            while (wire.isPacketNext()) {
                byte[] packet = wire.next();
                Seen5 seen = link.v5 ? Seen5.of(packet) : Seen3.of(packet);
                if (seen.type() == PINGRESP) {
                    return;
                }
                story.comes(new Event.Arrival(number, seen));
            }
        } catch (Difference e) {
            throw e;
        } catch (AssertionError | UncheckedIOException e) {
            String expected = story.scene().model().link(number).expectation();
            throw new Difference("%s: %s (expected: %s)".formatted(link, e.getMessage(), expected), e);
        }
        story.comes(new Event.End(number));
        wire.close();
        wires.remove(number);
        connectionEnded = true;
    }

    /** Leaves the broker as it was: without sessions of these clients, and without retained messages. */
    @Override
    public void close() {
        wires.values().forEach(RawClient::close);
        IntStream.range(0, Generator.CLIENTS + OBSERVERS).forEach(client -> clean(prefix + client));
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
