// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import io.skep.broker.session.SessionRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One client id, claimed by many connections on all loops at once. */
class ConnectStormTest {

    private static final String ID = "storm";
    private static final int THREADS = 8;
    private static final int CONNECTS = 60;
    private static final int ROUNDS = 4;

    @TempDir
    Path home;

    @Test
    void endsWithOneConnectionThatWorks() throws Exception {
        long seed = System.nanoTime();
        System.err.println("seed " + seed);
        try (RunningBroker broker = RunningBroker.start(home, "threads: {loops: 4}");
                GoodClient good = new GoodClient(broker.port())) {
            for (int round = 0; round < ROUNDS; round++) {
                long opened = 1 + (round + 1L) * THREADS * CONNECTS;
                List<RawClient> clients = storm(broker.port(), new Random(seed + round));
                RunningBroker.await("all connections", () -> broker.count(Metric.CONNECTIONS_OPENED) == opened);
                RunningBroker.await("one survivor beside the good client", () -> broker.connections() == 2);
                good.awaitRounds(5);
                List<RawClient> alive =
                        clients.stream().filter(ConnectStormTest::answers).toList();
                assertThat(alive).hasSize(1);
                assertWorks(alive.get(0));
                assertThat(broker.connections()).isEqualTo(2);
                assertThat(broker.get(SessionRegistry.class).size()).isEqualTo(2);
                clients.forEach(RawClient::close);
                RunningBroker.await("the good client alone", () -> broker.connections() == 1);
            }
            assertThat(broker.events())
                    .hasSizeLessThanOrEqualTo(ROUNDS * (THREADS * CONNECTS - 1))
                    .allMatch(line -> line.contains("SESSION_TAKEN_OVER"));
            assertThat(broker.count(Metric.CLOSED_TAKEN_OVER))
                    .isEqualTo(broker.events().size());
        }
    }

    /** Connects many times at once, at times with a clean session; some of the connections say more at once. */
    private static List<RawClient> storm(int port, Random random) {
        List<CompletableFuture<List<RawClient>>> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Random its = new Random(random.nextLong());
            threads.add(CompletableFuture.supplyAsync(() -> connect(port, its), task -> new Thread(task).start()));
        }
        List<RawClient> clients = new ArrayList<>();
        threads.forEach(thread -> clients.addAll(thread.join()));
        return clients;
    }

    private static List<RawClient> connect(int port, Random random) {
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTS; i++) {
                RawClient client = RawClient.open(port);
                clients.add(client);
                client.send(Packets.connect(ID, random.nextBoolean(), 0));
                if (random.nextInt(3) == 0) {
                    client.send(Packets.subscribe(1, random.nextInt(3), "storm/" + random.nextInt(3)));
                }
            }
        } catch (IOException e) {
            throw new AssertionError("a connection failed", e);
        }
        return clients;
    }

    /** {@return whether a client is connected: it gets an answer to PINGREQ behind what else may come} */
    private static boolean answers(RawClient client) {
        try {
            client.send(new byte[] {(byte) 0xC0, 0});
            while (client.read().type() != Packets.PINGRESP) {
                // CONNACK, SUBACK
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void assertWorks(RawClient client) throws IOException {
        client.subscribe(1, "storm/works");
        client.send(Packets.publish("storm/works", 1, 7, new byte[] {7}));
        int puback = 0;
        int publish = 0;
        while (puback + publish < 2) {
            RawClient.Packet packet = client.read();
            puback += packet.type() == Packets.PUBACK ? 1 : 0;
            publish += packet.type() == Packets.PUBLISH ? 1 : 0;
        }
        assertThat(puback).isEqualTo(1);
    }
}
