// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Publishes numbers, a sequence for each QoS, and repeats after a move what is not acknowledged. */
final class MovingPublisher extends MovingClient {

    private static final int WINDOW = 20;
    private static final int MOVES_MIN = 6; // on a busy machine they take longer
    private static final int IDS = 60_000;

    private final String topicPrefix;
    private final long deadlineNanos;
    private final AtomicIntegerArray published = new AtomicIntegerArray(3);
    private final Map<Integer, byte[]> unanswered = new LinkedHashMap<>(); // PUBLISH, or PUBREL once PUBREC has come
    private int id;
    private volatile boolean done;

    MovingPublisher(int port, int number, long seed, long deadlineNanos) {
        super(port, "publisher" + number, seed);
        this.topicPrefix = "move/" + number + "/";
        this.deadlineNanos = deadlineNanos;
    }

    /** {@return how many messages went out at a QoS} */
    int published(int qos) {
        return published.get(qos);
    }

    @Override
    boolean isDone() {
        return done;
    }

    @Override
    boolean isMoving() {
        return System.nanoTime() - deadlineNanos < 0 || moves() < MOVES_MIN;
    }

    @Override
    void connected(RawClient connection) throws IOException {
        Collection<byte[]> again = unanswered.values();
        for (byte[] packet : List.copyOf(again)) {
            connection.send(packet[0] >> 4 == Packets.PUBLISH ? Packets.duplicate(packet) : packet);
        }
    }

    @Override
    void proceed(RawClient connection) throws IOException {
        if (unanswered.size() < WINDOW && isMoving()) {
            publish(connection);
        } else if (!unanswered.isEmpty()) {
            answered(connection, connection.read());
        } else {
            done = true;
        }
    }

    private void publish(RawClient connection) throws IOException {
        int qos = random.nextInt(3);
        byte[] number = ByteBuffer.allocate(Integer.BYTES + random.nextInt(50))
                .putInt(published.getAndIncrement(qos))
                .array();
        id = id % IDS + 1;
        byte[] publish = Packets.publish(topicPrefix + qos, qos, qos == 0 ? 0 : id, number);
        if (qos > 0) {
            unanswered.put(id, publish);
        }
        connection.send(publish);
    }

    private void answered(RawClient connection, RawClient.Packet answer) throws IOException {
        if (answer.type() == Packets.PUBREC) {
            byte[] pubrel = Packets.ack(Packets.PUBREL, answer.packetId());
            unanswered.put(answer.packetId(), pubrel); // at the place of its PUBLISH
            connection.send(pubrel);
        } else {
            unanswered.remove(answer.packetId());
        }
    }
}
