// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import io.skep.crash.Event.Acknowledged;
import io.skep.crash.Event.Connected;
import io.skep.crash.Event.Received;
import io.skep.crash.Event.Refused;
import io.skep.crash.Event.Sent;
import io.skep.crash.Event.Subscribed;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client that keeps its part of the session, whatever becomes of its connections: what is not acknowledged is sent
 * again with the identifier it had, in the order it had; so are PUBRELs; and of a QoS 2 message it remembers the
 * identifier until PUBREL comes. It says in the {@link History} what happens, before it answers.
 *
 * <p>Its owner's thread sends, and a thread for each connection reads; they take turns.
 */
final class DurableClient implements AutoCloseable {

    private static final int EXPIRY_SECONDS = 3600;
    private static final int IDS = 65_535;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String name;
    private final boolean v5;
    private final int port;
    private final History history;
    private final Map<Integer, Outgoing> unacknowledged = new LinkedHashMap<>();
    private final Set<Integer> unreleased = new LinkedHashSet<>();
    private final Set<Integer> incoming = new HashSet<>();
    private final Map<Integer, String> subscribing = new HashMap<>();
    private final Set<String> subscribed = new LinkedHashSet<>();
    private @Nullable Wire wire;
    private boolean metBefore;
    private int lastId;
    private long changes;

    private record Outgoing(Wire.Message message, int number) {}

    DurableClient(String name, boolean v5, int port, History history) {
        this.name = name;
        this.v5 = v5;
        this.port = port;
        this.history = history;
    }

    synchronized boolean isConnected() {
        return wire != null;
    }

    /** {@return how many messages are not acknowledged to their end} */
    synchronized int unanswered() {
        return unacknowledged.size() + unreleased.size();
    }

    synchronized boolean isSubscribed(String filter) {
        return subscribed.contains(filter);
    }

    /** Connects, and goes on where the last connection ended; returns false if that is not possible now. */
    synchronized boolean connect() {
        try {
            Wire next = new Wire(port, v5);
            try {
                next.patience(PATIENCE);
                next.connect(new Wire.Connect(name, false, EXPIRY_SECONDS, null, 0));
                Packet answer = next.await(Packet.CONNACK);
                if (answer.connectCode() != 0) {
                    next.close();
                    return false;
                }
                next.patience(Duration.ZERO);
                connected(next, answer.sessionPresent());
                return true;
            } catch (IOException e) {
                next.close();
                wire = null;
                return false;
            }
        } catch (IOException e) {
            return false;
        }
    }

    private void connected(Wire next, boolean sessionPresent) throws IOException {
        history.add(new Connected(name, sessionPresent));
        if (!sessionPresent) {
            incoming.clear();
            unreleased.clear();
            subscribed.clear();
        }
        subscribing.clear();
        wire = next;
        boolean dup = metBefore && sessionPresent;
        metBefore = true;
        for (Map.Entry<Integer, Outgoing> message : unacknowledged.entrySet()) {
            next.publish(message.getValue().message(), message.getKey(), dup);
        }
        for (int id : unreleased) {
            next.acknowledge(Packet.PUBREL, id);
        }
        Thread reader = new Thread(() -> read(next), "reader of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    /** Sends a message, now or, if the connection has ended, with the next. */
    synchronized void publish(Wire.Message message, int number) {
        history.add(new Sent(message.topic(), number, message.qos(), message.payload().length == 0));
        int id = nextId();
        unacknowledged.put(id, new Outgoing(message, number));
        send(to -> to.publish(message, id, false));
    }

    synchronized void subscribe(String filter) {
        if (wire != null && !subscribing.containsValue(filter)) {
            int id = nextId();
            subscribing.put(id, filter);
            send(to -> to.subscribe(id, filter, 2));
        }
    }

    private int nextId() {
        do {
            lastId = lastId % IDS + 1;
        } while (unacknowledged.containsKey(lastId) || unreleased.contains(lastId) || subscribing.containsKey(lastId));
        return lastId;
    }

    /** Says goodbye. */
    synchronized void leave() {
        send(Wire::disconnect);
        close();
    }

    /** Breaks the connection. */
    @Override
    public synchronized void close() {
        if (wire != null) {
            wire.close();
            wire = null;
            notifyAll();
        }
    }

    /** Waits until something came, or the connection has ended. */
    synchronized void awaitChange(Duration patience) throws InterruptedException {
        long before = changes;
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        long leftMillis = patience.toMillis();
        while (wire != null && changes == before && leftMillis > 0) {
            wait(leftMillis);
            leftMillis = Duration.ofNanos(deadlineNanos - System.nanoTime()).toMillis();
        }
    }

    private interface Sending {
        void to(Wire wire) throws IOException;
    }

    private void send(Sending packet) {
        if (wire != null) {
            try {
                packet.to(wire);
            } catch (IOException e) {
                close();
            }
        }
    }

    private void read(Wire source) {
        try {
            while (true) {
                Packet packet = source.read();
                synchronized (this) {
                    if (wire != source) {
                        return;
                    }
                    take(packet);
                    changes++;
                    notifyAll();
                }
            }
        } catch (IOException e) {
            synchronized (this) {
                if (wire == source) {
                    close();
                }
            }
        }
    }

    private void take(Packet packet) {
        switch (packet.type()) {
            case Packet.PUBLISH -> received(packet.publish());
            case Packet.PUBACK -> acknowledged(packet.id(), packet.isError());
            case Packet.PUBREC -> recorded(packet.id(), packet.isError());
            case Packet.PUBCOMP -> unreleased.remove(packet.id());
            case Packet.PUBREL -> {
                incoming.remove(packet.id());
                send(to -> to.acknowledge(Packet.PUBCOMP, packet.id()));
            }
            case Packet.SUBACK -> granted(packet);
            default -> close(); // DISCONNECT of 5.0
        }
    }

    private void received(Packet.Publish publish) {
        boolean isNew = publish.qos() < 2 || incoming.add(publish.id());
        if (isNew && publish.number() >= 0) {
            history.add(new Received(name, publish.topic(), publish.number(), publish.qos(), publish.retain()));
        }
        if (publish.qos() > 0) {
            send(to -> to.acknowledge(publish.qos() == 1 ? Packet.PUBACK : Packet.PUBREC, publish.id()));
        }
    }

    private void acknowledged(int id, boolean error) {
        Outgoing message = unacknowledged.remove(id);
        if (message != null) {
            String topic = message.message().topic();
            history.add(error ? new Refused(topic, message.number()) : new Acknowledged(topic, message.number()));
        }
    }

    private void recorded(int id, boolean error) {
        acknowledged(id, error);
        if (!error) {
            unreleased.add(id);
            send(to -> to.acknowledge(Packet.PUBREL, id));
        }
    }

    private void granted(Packet packet) {
        String filter = subscribing.remove(packet.id());
        if (filter != null && !packet.isRefusal()) {
            subscribed.add(filter);
            history.add(new Subscribed(name, filter));
        }
    }
}
