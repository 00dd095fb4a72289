// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.extension.postgresql.PostgresqlServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Sessions and queues in a database outlive the machine that ran the broker. */
class StoragePostgresqlIT {

    @RegisterExtension
    static final PostgresqlServer database = new PostgresqlServer();

    private static final List<String> NUMBERS =
            IntStream.range(0, 200).mapToObj(Integer::toString).toList();

    @TempDir
    Path folder;

    @Test
    void anotherBrokerElsewhereHasTheSessionsAndMessagesOfOneThatWasKilled() throws Exception {
        Clients mosquitto = new MosquittoClients("mqttv311");
        Message status = new Message("status", "on", 1, true);
        try (SkepProcess broker = start(machine("one", "shared", "20s"))) {
            try (RawClient absent = new RawClient(broker.port())) {
                assertThat(absent.connect("absent", false)).isFalse();
                absent.subscribe("numbers");
                assertThat(absent.receive().type()).isEqualTo(RawClient.SUBACK);
                absent.disconnect();
            }
            publishNumbers(broker.port());
            mosquitto.publish(broker.port(), status);
            broker.kill9();
        }

        Installation two = machine("two", "shared", "20s");
        assertThat(two.home().resolve("data")).doesNotExist();
        try (SkepProcess broker = start(two);
                RawClient absent = new RawClient(broker.port());
                Subscriber observer = mosquitto.subscribe(broker.port(), Clients.Plan.watch("status"))) {
            assertThat(absent.connect("absent", false)).as("session present").isTrue();
            for (String number : NUMBERS) {
                assertThat(absent.receive().payload()).isEqualTo(number);
            }
            assertThat(observer.next()).isEqualTo(status);
        }
    }

    @Test
    void twoBrokersDoNotShareTheTables() throws Exception {
        try (SkepProcess broker = start(machine("one", "contested", "1s"))) {
            assertThat(broker.port()).isPositive();
            Installation two = machine("two", "contested", "1s");
            try (Program refused = two.skep(folder, List.of("start", "--set", "storage.engine=postgresql"))) {
                assertThat(refused.exitCode()).isEqualTo(1);
                assertThat(refused.output())
                        .anyMatch(line -> line.startsWith("skep: url: 'jdbc:postgresql://")
                                && line.contains("but \"contested\" is in use by skep, process "));
            }
        }
    }

    @Test
    void whileTheDatabaseIsDownNothingDurableIsAcknowledgedAndThenItGoesOn() throws Exception {
        try (SkepProcess broker = start(machine("one", "resumes", "20s"))) {
            RawClient absent = new RawClient(broker.port());
            absent.connect("absent", false);
            absent.subscribe("numbers");
            assertThat(absent.receive().type()).isEqualTo(RawClient.SUBACK);
            absent.disconnect();
            database.stop();
            try (Program publisher =
                    MosquittoClients.publisher(broker.port(), "-V", "5", "-q", "1", "-t", "numbers", "-m", "refused")) {
                publisher.await(Pattern.compile(".*Publish 1 failed.*|.*failed.*"));
            }
            broker.await(Pattern.compile(".*ERROR .* storage: cannot write .*"));
            database.start();
            awaitAcknowledgement(broker.port());
            try (RawClient back = new RawClient(broker.port())) {
                assertThat(back.connect("absent", false)).isTrue();
                assertThat(back.receive().payload())
                        .isIn("accepted", "refused"); // the latter may be stored all the same
            }
        }
    }

    /** An installation without data, as on a new machine. */
    private Installation machine(String name, String schema, String lockTimeout) throws IOException {
        Installation skep = new Installation(Files.createDirectory(folder.resolve(name)));
        skep.enable("storage-postgresql");
        skep.write("conf/extensions/storage-postgresql.yaml", """
                url: %s
                user: %s
                password: "%s"
                schema: %s
                lock-timeout: %s
                """.formatted(
                        database.url(), PostgresqlServer.USER, PostgresqlServer.PASSWORD, schema, lockTimeout));
        return skep;
    }

    private static SkepProcess start(Installation skep) throws Exception {
        return skep.start("--port", "0", "--set", "storage.engine=postgresql");
    }

    /** The broker tries the database again once a second, and a 3.1.1 client is disconnected until then. */
    private static void awaitAcknowledgement(int port) throws Exception {
        long begin = System.nanoTime();
        int exitCode;
        do {
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Program.DEADLINE);
            try (Program publisher =
                    MosquittoClients.publisher(port, "-V", "311", "-q", "1", "-t", "numbers", "-m", "accepted")) {
                exitCode = publisher.exitCode();
            }
        } while (exitCode != 0);
    }

    private static void publishNumbers(int port) {
        var publisher = HiveClients.builder(port).buildAsync();
        publisher.connect().join();
        List<CompletableFuture<?>> acknowledged = new ArrayList<>();
        for (String number : NUMBERS) {
            acknowledged.add(publisher
                    .publishWith()
                    .topic("numbers")
                    .qos(HiveClients.qos(1))
                    .payload(number.getBytes(UTF_8))
                    .send());
        }
        acknowledged.forEach(CompletableFuture::join);
    }
}
