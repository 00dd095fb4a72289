// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientBuilder;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that reconnect by themselves, while the broker is killed under them again and again. */
class StreamAcrossKillsIT {

    private static final int KILLS = 3;
    private static final int BETWEEN_KILLS = 2_000;
    private static final int UNANSWERED_MAX = 1_000;

    @TempDir
    Path folder;

    private final BlockingQueue<Integer> received = new LinkedBlockingQueue<>();

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void nothingIsLostAndAtQosTwoNothingComesTwice(int qos) throws Exception {
        var skep = new Installation(folder);
        var port = new FreePort();
        SkepProcess broker = skep.start("--port", port.toString());
        Mqtt3AsyncClient subscriber = subscribe(broker.port(), HiveClients.qos(qos));
        Mqtt5AsyncClient publisher = connectPublisher(broker.port());
        var stream = new NumberStream(publisher, HiveClients.qos(qos), UNANSWERED_MAX);
        try {
            stream.start();
            List<Integer> numbers = new ArrayList<>();
            for (int kill = 1; kill <= KILLS; kill++) {
                receive(numbers, kill * BETWEEN_KILLS);
                broker.kill9();
                broker = skep.start("--port", port.toString());
            }
            receive(numbers, (KILLS + 1) * BETWEEN_KILLS);
            int published = stream.end();
            receive(numbers, published);

            List<Integer> all = IntStream.range(0, published).boxed().toList();
            if (qos == 2) {
                assertThat(numbers).isEqualTo(all);
            } else {
                assertThat(numbers).containsAll(all);
            }
            subscriber.disconnect().join();
            publisher.disconnect().join();
        } finally {
            broker.close();
            port.close();
        }
    }

    private static MqttClientBuilder reconnecting(int port) {
        return MqttClient.builder()
                .serverHost("127.0.0.1")
                .serverPort(port)
                .automaticReconnect()
                .initialDelay(50, TimeUnit.MILLISECONDS)
                .maxDelay(200, TimeUnit.MILLISECONDS)
                .applyAutomaticReconnect();
    }

    private Mqtt3AsyncClient subscribe(int port, MqttQos qos) throws Exception {
        Mqtt3AsyncClient client =
                reconnecting(port).identifier("subscriber").useMqttVersion3().buildAsync();
        client.connectWith().cleanSession(false).send().join();
        client.subscribeWith()
                .topicFilter("numbers")
                .qos(qos)
                .callback(publish -> received.add(Integer.valueOf(new String(publish.getPayloadAsBytes(), UTF_8))))
                .send()
                .join();
        return client;
    }

    private static Mqtt5AsyncClient connectPublisher(int port) {
        Mqtt5AsyncClient client =
                reconnecting(port).identifier("publisher").useMqttVersion5().buildAsync();
        client.connectWith()
                .cleanStart(false)
                .sessionExpiryInterval(3600)
                .send()
                .join();
        return client;
    }

    /** Receives until so many different numbers have come. */
    private void receive(List<Integer> numbers, int different) throws InterruptedException {
        Set<Integer> distinct = new HashSet<>(numbers);
        while (distinct.size() < different) {
            Integer number = received.poll(Program.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            assertThat(number).as("a number after %s", numbers.size()).isNotNull();
            numbers.add(number);
            distinct.add(number);
        }
    }
}
