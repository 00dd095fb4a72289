// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Receives the numbers of some publishers, and knows at each one whether it may come now. */
final class MovingSubscriber extends MovingClient {

    private final List<MovingPublisher> publishers;
    private final List<Integer> numbers;
    private final AtomicBoolean published;
    private final Map<String, Integer> next = new HashMap<>(); // by topic, the number that has not come yet
    private final Set<Integer> unreleased = new HashSet<>(); // QoS 2 packet ids
    private volatile @Nullable String broken;
    private volatile boolean subscribed;
    private volatile boolean done;

    /**
     * A subscriber.
     *
     * @param publishers all
     * @param numbers whom of them to listen to
     * @param published says that they have ended
     */
    MovingSubscriber(
            int port,
            int number,
            long seed,
            List<MovingPublisher> publishers,
            List<Integer> numbers,
            AtomicBoolean published) {
        super(port, "subscriber" + number, seed);
        this.publishers = publishers;
        this.numbers = numbers;
        this.published = published;
    }

    boolean isSubscribed() {
        return subscribed;
    }

    /** {@return what came that should not have come, or null} */
    @Nullable String broken() {
        return broken;
    }

    /** {@return what is still missing} */
    @Override
    public String toString() {
        return numbers + " " + next + " unreleased " + unreleased;
    }

    @Override
    boolean isDone() {
        return done || broken != null;
    }

    @Override
    boolean isMoving() {
        return subscribed && !published.get();
    }

    @Override
    void connected(RawClient connection) throws IOException {
        if (!subscribed) {
            for (int number : numbers) {
                for (int qos = 0; qos < 3; qos++) {
                    connection.subscribe(qos, "move/" + number + "/" + qos);
                }
            }
            subscribed = true;
        }
        done = isComplete();
    }

    @Override
    void proceed(RawClient connection) throws IOException {
        RawClient.Packet packet = connection.read();
        if (packet.type() == Packets.PUBREL) {
            unreleased.remove(packet.packetId());
            connection.send(Packets.ack(Packets.PUBCOMP, packet.packetId()));
        } else if (packet.qos() == 2) {
            if (unreleased.add(packet.packetId())) {
                receive(packet);
            } else if (!packet.duplicate()) {
                broken = "packet id " + packet.packetId() + " again, without DUP and before PUBREL";
            }
            connection.send(Packets.ack(Packets.PUBREC, packet.packetId()));
        } else {
            receive(packet);
            if (packet.qos() == 1 && random.nextInt(10) > 0) { // at times late, with the next connection
                connection.send(Packets.ack(Packets.PUBACK, packet.packetId()));
            }
        }
        done = isComplete();
    }

    private void receive(RawClient.Packet publish) {
        String topic = publish.topic();
        int number = ByteBuffer.wrap(publish.payload()).getInt();
        int due = next.getOrDefault(topic, 0);
        boolean allowed = switch (publish.qos()) {
            case 0 -> number >= due;
            case 1 -> number <= due;
            default -> number == due;
        };
        if (!allowed) {
            broken = topic + ": " + number + " (expected: " + due + ")";
        }
        next.put(topic, Math.max(due, number + 1));
    }

    private boolean isComplete() {
        if (!published.get() || !unreleased.isEmpty()) {
            return false;
        }
        for (int number : numbers) {
            for (int qos = 1; qos < 3; qos++) {
                int all = publishers.get(number).published(qos);
                if (next.getOrDefault("move/" + number + "/" + qos, 0) < all) {
                    return false;
                }
            }
        }
        return true;
    }
}
