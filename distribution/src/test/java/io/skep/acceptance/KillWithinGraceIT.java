// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The broker waits a few milliseconds for a prompt subscriber before it stores a message. It is killed within that
 * time: the subscriber has the message, or part of the traffic behind it, and neither the disk nor the publisher does.
 */
class KillWithinGraceIT {

    private static final int KILLS = 3;
    private static final int UNANSWERED_MAX = 200;
    private static final int SUBSCRIBER_WINDOW = 20;

    @TempDir
    Path folder;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final BlockingQueue<Integer> received = new LinkedBlockingQueue<>();
    private final Queue<Mqtt5Publish> unheard = new ConcurrentLinkedQueue<>();
    private volatile int silentFrom;
    private volatile @Nullable SkepProcess doomed;

    @Test
    void whatWasNotAcknowledgedIsSentAgainAndNothingIsLostNorOutOfOrder() throws Exception {
        var skep = new Installation(folder);
        var port = new FreePort();
        SkepProcess broker = skep.start("--port", port.toString());
        silentFrom = Integer.MAX_VALUE;
        Mqtt5AsyncClient subscriber = subscribe(broker.port());
        Mqtt5AsyncClient publisher = connect(broker.port(), "publisher");
        var stream = new NumberStream(publisher, MqttQos.AT_LEAST_ONCE, UNANSWERED_MAX);
        List<Integer> numbers = new ArrayList<>();
        try {
            stream.start();
            for (int kill = 0; kill < KILLS; kill++) {
                int last = highest(numbers) + 300 + random.nextInt(1_000);
                doomed = broker;
                silentFrom = last;
                receiveTo(numbers, last);
                silentFrom = Integer.MAX_VALUE;
                acknowledgeUnheard();
                broker = skep.start("--port", port.toString());
            }
            receiveTo(numbers, highest(numbers) + 300);
            int published = stream.end();
            receiveTo(numbers, published - 1);
            assertThat(numbers.stream().distinct())
                    .as("in order of their first arrival, seed %s", seed)
                    .containsExactlyElementsOf(
                            IntStream.range(0, published).boxed().toList());
            subscriber.disconnect().join();
            publisher.disconnect().join();
        } finally {
            broker.close();
            port.close();
        }
    }

    private static int highest(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    private static Mqtt5AsyncClient connect(int port, String clientId) {
        Mqtt5AsyncClient client = MqttClient.builder()
                .serverHost("127.0.0.1")
                .serverPort(port)
                .identifier(clientId)
                .automaticReconnect()
                .initialDelay(50, TimeUnit.MILLISECONDS)
                .maxDelay(200, TimeUnit.MILLISECONDS)
                .applyAutomaticReconnect()
                .useMqttVersion5()
                .buildAsync();
        client.connectWith()
                .cleanStart(false)
                .sessionExpiryInterval(3600)
                .restrictions()
                .receiveMaximum(SUBSCRIBER_WINDOW)
                .applyRestrictions()
                .send()
                .join();
        return client;
    }

    private Mqtt5AsyncClient subscribe(int port) {
        Mqtt5AsyncClient client = connect(port, "subscriber");
        client.subscribeWith()
                .topicFilter("numbers")
                .qos(MqttQos.AT_LEAST_ONCE)
                .callback(this::take)
                .manualAcknowledgement(true)
                .send()
                .join();
        return client;
    }

    /** Acknowledges at once, but for the message whose grace the broker does not survive, and those behind it. */
    private void take(Mqtt5Publish publish) {
        int number = Integer.parseInt(new String(publish.getPayloadAsBytes(), UTF_8));
        if (number < silentFrom) {
            publish.acknowledge();
        } else {
            SkepProcess broker = doomed;
            if (broker != null) {
                doomed = null;
                broker.kill9();
            }
            unheard.add(publish);
        }
        received.add(number);
    }

    /** There is nobody to hear it; but the client lets no acknowledgement pass an earlier one. */
    private void acknowledgeUnheard() {
        for (Mqtt5Publish publish = unheard.poll(); publish != null; publish = unheard.poll()) {
            publish.acknowledge();
        }
    }

    private void receiveTo(List<Integer> numbers, int last) throws InterruptedException {
        for (int number = -1; number < last; ) {
            Integer next = received.poll(Program.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            assertThat(next)
                    .as("a number after %s, seed %s", numbers.size(), seed)
                    .isNotNull();
            number = next;
            numbers.add(number);
        }
    }
}
