// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.acceptance.Clients.Plan;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every client can rely on, with each library and each version of MQTT. */
@TestInstance(Lifecycle.PER_CLASS)
class ClientsIT {

    private SkepProcess broker;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        broker = new Installation(folder).start();
    }

    @AfterAll
    void stop() {
        broker.close();
    }

    static List<Clients> clients() {
        return Clients.all();
    }

    @ParameterizedTest
    @MethodSource("clients")
    void aRetainedDeviceStatusIsReadLaterAndDeletedByAnEmptyPayload(Clients clients) throws Exception {
        String topic = "devices/" + clients.name() + "/status";
        Message online = new Message(topic, "on line, 21 °C", 1, true);
        clients.publish(broker.port(), new Message(topic, "starting", 1, true));
        clients.publish(broker.port(), online);
        try (Subscriber later = clients.subscribe(broker.port(), Plan.watch(topic))) {
            assertThat(later.next()).isEqualTo(online);
        }

        clients.publish(broker.port(), new Message(topic, "", 1, true));
        try (Subscriber muchLater = clients.subscribe(broker.port(), Plan.watch(topic))) {
            Message live = new Message(topic, "live", 1, false);
            clients.publish(broker.port(), live);
            assertThat(muchLater.next()).isEqualTo(live);
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void aWillIsPublishedWhenTheProcessOfItsClientIsKilled(Clients clients) throws Exception {
        String topic = "wills/" + clients.name();
        Message will = new Message(topic, "gone", 1, true);
        try (Subscriber watcher = clients.subscribe(broker.port(), Plan.watch(topic));
                Program doomed = clients.subscriberProcess(
                        broker.port(), Plan.watch("nothing").with(will))) {
            doomed.kill();
            assertThat(watcher.next()).isEqualTo(will.live());
        }
        try (Subscriber later = clients.subscribe(broker.port(), Plan.watch(topic))) {
            assertThat(later.next()).isEqualTo(will);
        }
    }

    /** {@code mosquitto_sub -V 5} is left out: it disconnects with reason 0x04, which asks for the will. */
    static List<Clients> peacefulClients() {
        return Clients.all().stream()
                .filter(clients -> !clients.name().equals("mqttv5"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("peacefulClients")
    void aWillIsNotPublishedAfterDisconnect(Clients clients) throws Exception {
        String topic = "peace/" + clients.name();
        try (Subscriber watcher = clients.subscribe(broker.port(), Plan.watch(topic))) {
            Message will = new Message(topic, "gone", 1, true);
            clients.subscribe(broker.port(), Plan.watch("nothing").with(will)).close();
            Message next = new Message(topic, "next", 2, false);
            clients.publish(broker.port(), next);
            assertThat(watcher.next()).isEqualTo(next);
        }
    }
}
