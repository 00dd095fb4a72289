// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import io.skep.acceptance.Clients.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does to a broker: ask how it is, back it up while it works, look after its data. */
class OperationsIT {

    private static final int MESSAGES_BEFORE = 3_000;
    private static final Plan KEEPER = Plan.stay("keeper", "numbers/#");

    @TempDir
    Path folder;

    private Installation skep;

    private record Outcome(int exitCode, List<String> output) {}

    @BeforeEach
    void install() throws Exception {
        skep = new Installation(folder);
    }

    @Test
    void healthSaysWhetherABrokerRuns() throws Exception {
        assertThat(run("health").exitCode()).isEqualTo(2);
        assertThat(run("health", "--json").output()).containsExactly("{\"healthy\":false,\"state\":\"not running\"}");
        try (SkepProcess broker = skep.start()) {
            Outcome outcome = run("health");
            assertThat(outcome.output())
                    .contains("storage: writes", "connections: 0", "sessions: 0")
                    .first()
                    .asString()
                    .startsWith("healthy: ready, process ");
            assertThat(outcome.exitCode()).isZero();
            assertThat(run("health", "--json").output())
                    .singleElement()
                    .asString()
                    .startsWith(
                            "{\"healthy\":true,\"state\":\"ready\",\"storage\":{\"writes\":true},\"connections\":0,");
            broker.kill9();
        }
        assertThat(run("health").exitCode()).isEqualTo(2); // its socket is still there
        try (SkepProcess broker = skep.start()) {
            assertThat(run("health").exitCode()).isZero();
            assertThat(broker.port()).isPositive();
        }
    }

    @Test
    void sessionsAreListedWithWhatWaitsForThem() throws Exception {
        assertThat(run("sessions").exitCode()).isEqualTo(2);
        Clients clients = new PahoClients();
        try (SkepProcess broker = skep.start()) {
            clients.subscribe(broker.port(), KEEPER).close();
            clients.publish(broker.port(), new Message("numbers/1", "one", 1, false));
            Outcome table = run("sessions");
            assertThat(table.exitCode()).isZero();
            assertThat(table.output())
                    .hasSizeGreaterThanOrEqualTo(2)
                    .first()
                    .asString()
                    .startsWith("connected");
            assertThat(table.output()).anySatisfy(line -> assertThat(line).matches("no +\\d+s +1 +1 +\\d+ +0 +keeper"));
            assertThat(run("sessions", "--client-id", "keeper", "--json").output())
                    .singleElement()
                    .asString()
                    .startsWith("{\"clientId\":\"keeper\",\"connected\":false,");
            assertThat(run("sessions", "--client-id", "nobody").exitCode()).isEqualTo(1);
        }
    }

    @Test
    void aBackupUnderLoadHasAllThatWasAcknowledgedBeforeItBegan() throws Exception {
        Clients clients = new PahoClients();
        AtomicInteger acknowledged = new AtomicInteger();
        AtomicBoolean goesOn = new AtomicBoolean(true);
        int before;
        try (SkepProcess broker = skep.start()) {
            clients.subscribe(broker.port(), KEEPER).close();
            CompletableFuture<Void> load =
                    CompletableFuture.runAsync(() -> publish(broker.port(), acknowledged, goesOn));
            while (acknowledged.get() < MESSAGES_BEFORE) {
                assertThat(load).isNotDone();
                Thread.onSpinWait();
            }
            before = acknowledged.get();
            Outcome backup = run("backup", "monday");
            goesOn.set(false);
            load.join();
            assertThat(backup.output()).containsExactly("backup of the running broker: monday");
            assertThat(acknowledged.get()).as("messages acknowledged meanwhile").isGreaterThan(before);
            assertThat(run("restore", "monday").output().toString()).contains("stop that broker");
        }
        Outcome restore = run("restore", "monday", "--data", "new");
        assertThat(restore.exitCode()).isZero();
        try (SkepProcess broker = skep.start("--port", "0", "--data", "new");
                Subscriber back = clients.subscribe(broker.port(), KEEPER)) {
            for (int i = 0; i < before; i++) {
                assertThat(back.next().payload()).isEqualTo(Integer.toString(i));
            }
        }
    }

    /** Publishes numbers, some at once, and counts them when they are acknowledged. */
    private static void publish(int port, AtomicInteger acknowledged, AtomicBoolean goesOn) {
        Mqtt5AsyncClient publisher = HiveClients.builder(port).buildAsync();
        publisher.connect().join();
        int number = 0;
        while (goesOn.get()) {
            List<CompletableFuture<?>> some = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                byte[] payload = Integer.toString(number++).getBytes(UTF_8);
                some.add(publisher
                        .publishWith()
                        .topic("numbers/all")
                        .qos(HiveClients.qos(1))
                        .payload(payload)
                        .send());
            }
            some.forEach(CompletableFuture::join);
            acknowledged.addAndGet(some.size());
        }
        publisher.disconnect().join();
    }

    @Test
    void dataIsVerifiedExportedAndImported() throws Exception {
        Clients clients = new PahoClients();
        Message message = new Message("numbers/1", "grüße", 1, false);
        try (SkepProcess broker = skep.start()) {
            clients.subscribe(broker.port(), KEEPER).close();
            clients.publish(broker.port(), message);
            assertThat(run("data", "verify").output().toString()).contains("stop that broker");
        }
        Outcome verify = run("data", "verify");
        assertThat(verify.exitCode()).isZero();
        assertThat(verify.output())
                .contains("sessions: 1", "subscriptions: 1", "queue: 1", "retained: 0", "wills: 0")
                .endsWith("The data is sound.");
        assertThat(run("data", "repair").output()).containsExactly("The data is sound, there is nothing to repair.");
        assertThat(run("data", "export", "all.jsonl").output()).containsExactly("4 lines: all.jsonl");
        assertThat(run("data", "import", "--data", "new", "all.jsonl").exitCode())
                .isZero();
        assertThat(run("data", "export", "--data", "new").output())
                .isEqualTo(Files.readAllLines(skep.home().resolve("all.jsonl")));
        try (SkepProcess broker = skep.start("--port", "0", "--data", "new");
                Subscriber back = clients.subscribe(broker.port(), KEEPER)) {
            assertThat(back.next()).isEqualTo(message);
        }
    }

    @Test
    void aBrokerThatDoesNotStartWithItsDataSaysHowToRepairThem() throws Exception {
        try (SkepProcess broker = skep.start()) {
            new PahoClients().subscribe(broker.port(), KEEPER).close();
        }
        Path log = skep.find("data/rocksdb", "000004.log");
        byte[] bytes = Files.readAllBytes(log);
        bytes[bytes.length / 3] ^= 1;
        Files.write(log, bytes);

        Outcome start = run("start", "--port", "0");
        assertThat(start.exitCode()).isEqualTo(1);
        assertThat(start.output().toString()).contains("'skep data verify'", "'skep data repair'");
        assertThat(run("data", "verify").exitCode()).isEqualTo(1);
        Outcome repair = run("data", "repair");
        assertThat(repair.exitCode()).isZero();
        assertThat(repair.output()).anyMatch(line -> line.startsWith("lost: "));
        assertThat(run("data", "verify").exitCode()).isZero();
        try (SkepProcess broker = skep.start()) {
            assertThat(broker.port()).isPositive();
        }
    }

    private Outcome run(String... arguments) throws IOException, InterruptedException {
        try (Program program = skep.skep(skep.home(), List.of(arguments))) {
            return new Outcome(program.exitCode(), program.output());
        }
    }
}
