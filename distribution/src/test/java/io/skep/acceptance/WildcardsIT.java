// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.acceptance.Clients.Plan;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which topics a filter matches, seen from outside. */
@TestInstance(Lifecycle.PER_CLASS)
class WildcardsIT {

    private static final List<String> TOPICS = List.of(
            "home",
            "Home",
            "home/",
            "/home",
            "/",
            "home/kitchen",
            "home/kitchen/temperature",
            "home/Kitchen/temperature",
            "home//temperature",
            "home/bedroom/sensors/temperature",
            "homes",
            "$data",
            "$data/home");

    private SkepProcess broker;
    private MqttClient publisher;
    private MqttClient subscriber;
    private final BlockingQueue<Message> received = new LinkedBlockingQueue<>();

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        broker = new Installation(folder).start();
        publisher = PahoClients.client(broker.port(), "publisher");
        publisher.connect(PahoClients.options(true));
        subscriber = PahoClients.client(broker.port(), "subscriber");
        subscriber.setCallback(new PahoClients.ToQueue(received));
        subscriber.connect(PahoClients.options(true));
    }

    @AfterAll
    void stop() {
        PahoClients.disconnect(publisher);
        PahoClients.disconnect(subscriber);
        broker.close();
    }

    @ParameterizedTest
    @Timeout(20)
    @CsvSource(
            delimiter = '|',
            value = {
                "home                   | home",
                "home/#                 | home home/ home/kitchen home/kitchen/temperature home/Kitchen/temperature"
                        + " home//temperature home/bedroom/sensors/temperature",
                "home/+/temperature     | home/kitchen/temperature home/Kitchen/temperature home//temperature",
                "home/kitchen/+         | home/kitchen/temperature",
                "home//temperature      | home//temperature",
                "home/+                 | home/ home/kitchen",
                "home/+/#               | home/ home/kitchen home/kitchen/temperature home/Kitchen/temperature"
                        + " home//temperature home/bedroom/sensors/temperature",
                "+                      | home Home homes",
                "+/+                    | home/ /home / home/kitchen",
                "/+                     | /home /",
                "+/                     | home/ /",
                "/#                     | /home /",
                "+/home                 | /home",
                "+/+/+/temperature      | home/bedroom/sensors/temperature",
                "#                      | home Home home/ /home / home/kitchen home/kitchen/temperature"
                        + " home/Kitchen/temperature home//temperature home/bedroom/sensors/temperature homes",
                "$data/#                | $data $data/home",
                "$data/+                | $data/home",
                "$Data/#                |",
                "HOME/#                 |",
            })
    void aFilterMatchesTheseTopicsAndNoOthers(String filter, @Nullable String topics) throws Exception {
        assertThat(received(filter)).containsExactlyElementsOf(topics == null ? List.of() : List.of(topics.split(" ")));
    }

    private List<String> received(String filter) throws Exception {
        String last = "$last"; // no filter of the table matches it
        subscriber.subscribe(new String[] {filter, last}, new int[] {1, 1});
        for (String topic : TOPICS) {
            publisher.publish(topic, topic.getBytes(StandardCharsets.UTF_8), 1, false);
        }
        publisher.publish(last, new byte[0], 1, false);

        List<String> topics = new ArrayList<>();
        for (Message next = received.take(); !next.topic().equals(last); next = received.take()) {
            topics.add(next.topic());
        }
        subscriber.unsubscribe(new String[] {filter, last});
        return topics;
    }

    @ParameterizedTest
    @ValueSource(strings = {"home/#/temperature", "home#", "home/+a", "#/home", ""})
    void aFilterThatIsNoneEndsTheConnection(String filter) throws Exception {
        try (RawClient client = new RawClient(broker.port())) {
            client.connect("raw", true);
            client.subscribe(filter);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 65_535})
    void topicsMayBeAsLongAsMqttAllows(int length) throws Exception {
        String topic = "t".repeat(length);
        Clients clients = new HiveClients();
        try (Subscriber subscriber = clients.subscribe(broker.port(), Plan.watch(topic))) {
            Message message = new Message(topic, "long", 1, false);
            clients.publish(broker.port(), message);
            assertThat(subscriber.next()).isEqualTo(message);
        }
    }

    @ParameterizedTest
    @Timeout(20)
    @ValueSource(strings = {"$share/readers/shared/+", "$share/all/#"})
    void aSharedSubscriptionGivesEachMessageToOneOfItsGroup(String filter) throws Exception {
        int messages = 20;
        MqttClient other = PahoClients.client(broker.port(), "other");
        other.setCallback(new PahoClients.ToQueue(received));
        other.connect(PahoClients.options(true));
        other.subscribe(filter, 1);
        subscriber.subscribe(filter, 1);
        for (int i = 0; i < messages; i++) {
            publisher.publish("shared/" + i, new byte[0], 1, false);
        }
        List<String> topics = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            topics.add(received.take().topic());
        }
        PahoClients.disconnect(other); // after what it may have got has been handed over
        subscriber.unsubscribe(filter);
        assertThat(topics).doesNotHaveDuplicates();
        assertThat(received).isEmpty();
    }
}
