// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Publishes bursts of numbered messages to topics of its own: streams for everyone, work for a group, and retained
 * messages, of which some are cleared. It ends when all are acknowledged.
 */
final class Publisher extends Actor {

    static final int STATES = 2;

    private static final int UNANSWERED_MAX = 60;
    private static final int BURST_MAX = 20;
    private static final int REST_MILLIS_MAX = 80;
    private static final int SMALL_BYTES_MAX = 200;
    private static final int LARGE_BYTES_MAX = 20_000;

    private final DurableClient client;
    private final List<Stream> streams = new ArrayList<>();
    private final Map<String, Integer> published = new HashMap<>();

    private record Stream(String topic, int qos, boolean retain) {}

    Publisher(int index, long seed, int port, History history) {
        super("publisher-" + index, seed);
        client = new DurableClient(getName(), index % 2 == 0, port, history);
        for (int qos = 1; qos <= 2; qos++) {
            streams.add(new Stream("stream/" + index + "/" + qos, qos, false));
            streams.add(new Stream("work/" + index + "/" + qos, qos, false));
        }
        for (String topic : states(index)) {
            streams.add(new Stream(topic, 1 + streams.size() % 2, true));
        }
    }

    /** {@return the topics of its retained messages} */
    static List<String> states(int index) {
        List<String> topics = new ArrayList<>();
        for (int i = 0; i < STATES; i++) {
            topics.add("state/" + index + "/" + i);
        }
        return topics;
    }

    @Override
    void live() throws InterruptedException {
        while (!isSettling() || client.unanswered() > 0) {
            if (!client.isConnected() && !client.connect()) {
                pause(REST_MILLIS_MAX);
            } else if (isSettling()) {
                client.awaitChange(Duration.ofMillis(REST_MILLIS_MAX));
            } else {
                burst();
                pause(REST_MILLIS_MAX);
                wander();
            }
        }
    }

    private void burst() throws InterruptedException {
        for (int i = random.nextInt(BURST_MAX); i >= 0 && client.isConnected(); i--) {
            while (client.isConnected() && client.unanswered() >= UNANSWERED_MAX) {
                client.awaitChange(Duration.ofSeconds(1));
            }
            publish(streams.get(random.nextInt(streams.size())));
        }
    }

    private void publish(Stream stream) {
        int number = published.merge(stream.topic(), 1, Integer::sum) - 1;
        int filler = random.nextInt(oneOf(50) ? LARGE_BYTES_MAX : SMALL_BYTES_MAX);
        Wire.Message message = Wire.Message.of(stream.topic(), number, filler, stream.qos());
        if (stream.retain()) {
            boolean clears = oneOf(5);
            message = (clears ? new Wire.Message(stream.topic(), new byte[0], stream.qos(), true) : message.retained());
        }
        client.publish(message, number);
    }

    private void wander() throws InterruptedException {
        if (oneOf(20)) {
            if (random.nextBoolean()) {
                client.leave();
            } else {
                client.close();
            }
            pause(REST_MILLIS_MAX);
        }
    }

    @Override
    public void close() {
        super.close();
        client.close();
    }
}
