// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.acceptance.Clients.Plan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the broker has acknowledged is there after {@code kill -9}. */
class KillIT {

    @TempDir
    Path folder;

    private Installation skep;

    @BeforeEach
    void install() throws Exception {
        skep = new Installation(folder);
    }

    @Test
    void commandsForAbsentClientsAreDeliveredAfterAKillAndARestart() throws Exception {
        List<Clients> all = Clients.all();
        Message command = new Message("commands/device123", "restart at 3", 1, false);
        Message status = new Message("devices/device123/status", "asleep", 1, true);
        try (SkepProcess broker = skep.start()) {
            for (Clients clients : all) {
                clients.subscribe(broker.port(), stay(clients)).close();
            }
            new MosquittoClients("mqttv311").publish(broker.port(), command);
            new MosquittoClients("mqttv311").publish(broker.port(), status);
            broker.kill9();
        }
        try (SkepProcess broker = skep.start()) {
            for (Clients clients : all) {
                try (Subscriber back = clients.subscribe(broker.port(), stay(clients));
                        Subscriber reader = clients.subscribe(broker.port(), Plan.watch("devices/+/status"))) {
                    assertThat(back.next()).isEqualTo(command);
                    assertThat(reader.next()).isEqualTo(status);
                }
            }
        }
    }

    private static Plan stay(Clients clients) {
        return Plan.stay("device" + clients.name(), "commands/device123");
    }

    @Test
    void aBacklogIsDeliveredInItsOrderAfterAKill() throws Exception {
        int messages = 2_000;
        Clients clients = new PahoClients();
        List<Plan> plans = List.of(Plan.stay("one", "numbers/1"), Plan.stay("two", "numbers/2"));
        try (SkepProcess broker = skep.start()) {
            for (Plan plan : plans) {
                clients.subscribe(broker.port(), plan).close();
            }
            publishNumbers(broker.port(), messages);
            broker.kill9();
        }
        try (SkepProcess broker = skep.start()) {
            for (Plan plan : plans) {
                try (Subscriber back = clients.subscribe(broker.port(), plan)) {
                    int qos = plans.indexOf(plan) + 1;
                    for (int i = 0; i < messages; i++) {
                        assertThat(back.next()).isEqualTo(new Message(plan.filter(), Integer.toString(i), qos, false));
                    }
                }
            }
        }
    }

    private static void publishNumbers(int port, int messages) {
        var publisher = HiveClients.builder(port).buildAsync();
        publisher.connect().join();
        List<CompletableFuture<?>> sent = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            for (int qos = 1; qos <= 2; qos++) {
                sent.add(publisher
                        .publishWith()
                        .topic("numbers/" + qos)
                        .qos(HiveClients.qos(qos))
                        .payload(Integer.toString(i).getBytes(UTF_8))
                        .send());
            }
        }
        sent.forEach(CompletableFuture::join);
    }

    @Test
    void theWillOfAClientThatGoesWithTheBrokerIsPublishedAtTheNextStart() throws Exception {
        Clients clients = new MosquittoClients("mqttv311");
        Message will = new Message("wills/device9", "gone", 1, true);
        Plan heir = Plan.stay("heir", "wills/+");
        try (SkepProcess broker = skep.start()) {
            clients.subscribe(broker.port(), heir).close();
            try (Program doomed = clients.subscriberProcess(
                    broker.port(), Plan.watch("nothing").with(will))) {
                broker.kill9();
                doomed.kill();
            }
        }
        try (SkepProcess broker = skep.start();
                Subscriber back = clients.subscribe(broker.port(), heir);
                Subscriber later = clients.subscribe(broker.port(), Plan.watch("wills/+"))) {
            assertThat(back.next()).isIn(will, will.live()); // it is retained when the heir subscribes once more
            assertThat(later.next()).isEqualTo(will);
        }
    }
}
