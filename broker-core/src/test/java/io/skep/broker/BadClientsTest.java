// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that speak MQTT and go too far with it: what they meet is a bound, and nobody else feels it. */
class BadClientsTest {

    private static final int PACKET_BYTES_MAX = 1 << 16;
    private static final int PACKET_TOO_LARGE = 0x95;
    private static final long PACE_NANOS = 2_000_000;
    private static final long MEMORY_BYTES_MAX = 32 << 20;

    @TempDir
    static Path home;

    private static RunningBroker broker;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private GoodClient good;
    private int eventsBefore;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = RunningBroker.start(home, """
                mqtt: {connect-timeout: 3s, packet-bytes-max: 64KiB, client-id-bytes-max: 100}
                threads: {loops: 4}
                """);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void startGoodClient() throws IOException {
        System.err.println("seed " + seed);
        good = new GoodClient(broker.port());
        eventsBefore = broker.events().size();
    }

    @AfterEach
    void stopGoodClient() {
        good.close();
        RunningBroker.await("the end of all connections", () -> broker.connections() == 0);
        broker.assertNoComplaints();
    }

    private List<String> events() {
        List<String> all = broker.events();
        return all.subList(eventsBefore, all.size());
    }

    @Test
    void aPacketOverTheMaximumIsRefusedBeforeItComes() throws IOException {
        long before = broker.count(Metric.CLOSED_PACKET_TOO_LARGE);
        byte[] length = Packets.remainingLength(PACKET_BYTES_MAX - 3); // with its header of 4 one byte too much
        try (RawClient first = RawClient.open(broker.port());
                RawClient v3 = RawClient.connect(broker.port(), "large3", true);
                RawClient v5 = RawClient.open(broker.port())) {
            first.send(new byte[] {0x10}, length);
            v3.send(new byte[] {0x30}, length);
            v5.send(Packets.connect5("large5"), new byte[] {0x30}, length);

            assertThat(first.isClosedByBroker()).isTrue();
            assertThat(v3.isClosedByBroker()).isTrue();
            v5.expect(Packets.CONNACK);
            assertThat(v5.expect(Packets.DISCONNECT).body()[0]).isEqualTo((byte) PACKET_TOO_LARGE);
            assertThat(v5.isClosedByBroker()).isTrue();
        }
        assertThat(broker.count(Metric.CLOSED_PACKET_TOO_LARGE) - before).isEqualTo(3);
        assertThat(events()).hasSize(3).allMatch(line -> line.contains("PACKET_TOO_LARGE"));
    }

    @Test
    void aPacketOfJustTheMaximumArrives() throws IOException {
        try (RawClient client = RawClient.connect(broker.port(), "just", true)) {
            client.subscribe(1, "just");
            byte[] payload = new byte[PACKET_BYTES_MAX - 4 - 2 - "just".length() - 2];
            random.nextBytes(payload);
            byte[] publish = Packets.publish("just", 1, 1, payload);
            assertThat(publish).hasSize(PACKET_BYTES_MAX);
            client.send(publish);

            RawClient.Packet one = client.read();
            RawClient.Packet two = client.read();
            RawClient.Packet delivered = one.type() == Packets.PUBLISH ? one : two;
            assertThat(one.type() + two.type()).isEqualTo(Packets.PUBLISH + Packets.PUBACK);
            assertThat(delivered.payload()).isEqualTo(payload);
        }
    }

    @ParameterizedTest
    @CsvSource({"30 03 0001 61, PROTOCOL_ERROR", "C0 00, PROTOCOL_ERROR", "E0 00, PROTOCOL_ERROR", "00 00, MALFORMED"})
    void aWrongFirstPacketEndsTheConnection(String packet, String reason) throws IOException {
        try (RawClient client = RawClient.open(broker.port())) {
            client.send(java.util.HexFormat.of().parseHex(packet.replace(" ", "")));

            assertThat(client.isClosedByBroker()).isTrue();
        }
        assertThat(events()).singleElement().asString().contains(reason);
    }

    @Test
    void aSecondConnectEndsTheConnection() throws IOException {
        try (RawClient client = RawClient.connect(broker.port(), "twice", true)) {
            client.send(Packets.connect("twice", true, 0));

            assertThat(client.isClosedByBroker()).isTrue();
        }
        assertThat(events()).singleElement().asString().contains("PROTOCOL_ERROR");
    }

    @Test
    void aSlowSenderIsHeardByteByByte() throws IOException {
        try (RawClient client = RawClient.connect(broker.port(), "slow", true)) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(Packets.subscribe(1, 0, "slow"));
            all.writeBytes(Packets.publish("slow", 0, 0, "done".getBytes(UTF_8)));
            for (byte one : all.toByteArray()) {
                client.send(new byte[] {one});
                LockSupport.parkNanos(PACE_NANOS);
            }
            client.expect(Packets.SUBACK);
            assertThat(client.expect(Packets.PUBLISH).payload()).asString(UTF_8).isEqualTo("done");
        }
        assertThat(events()).isEmpty();
    }

    @Test
    void aConnectThatIsTooSlowEndsThoughBytesKeepComing() throws IOException {
        long begin = System.nanoTime();
        try (RawClient client = RawClient.open(broker.port())) {
            byte[] connect = Packets.connect("x".repeat(90), true, 0);
            sendSlowly(client, Arrays.copyOf(connect, connect.length - 1));
            assertThat(client.isClosedByBroker()).isTrue();
            assertThat(System.nanoTime() - begin).isBetween(3_000_000_000L, 12_000_000_000L);
        }
        assertThat(events()).singleElement().asString().contains("MAXIMUM_CONNECT_TIME");
    }

    /** Sends one byte at a time, until the broker has heard enough; on a busy machine that is before the last one. */
    private static void sendSlowly(RawClient client, byte[] bytes) throws IOException {
        try {
            for (byte one : bytes) {
                client.send(new byte[] {one});
                LockSupport.parkNanos(PACE_NANOS);
            }
        } catch (SocketException e) {
            assertThat(client.isClosedByBroker()).as(e.toString()).isTrue();
        }
    }

    @Test
    void bigPacketsThatAreAnnouncedAndDoNotComeTakeNoMemoryAndEndWithTheirKeepAlive() throws IOException {
        long heapBefore = RunningBroker.usedHeap();
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            RawClient client = RawClient.open(broker.port());
            clients.add(client);
            client.send(Packets.connect("announcing" + i, true, 1));
            client.expect(Packets.CONNACK);
            byte[] publish = Packets.publish("big", 0, 0, new byte[PACKET_BYTES_MAX - 100]);
            client.send(Arrays.copyOf(publish, 10 + random.nextInt(100)));
        }
        good.awaitRounds(20);
        assertThat(RunningBroker.usedHeap() - heapBefore).isLessThan(MEMORY_BYTES_MAX);
        for (RawClient client : clients) {
            assertThat(client.isClosedByBroker()).isTrue();
            client.close();
        }
        assertThat(events()).hasSize(200).allMatch(line -> line.contains("KEEP_ALIVE_TIMEOUT"));
    }

    @Test
    void connectionsWithoutConnectEndInTime() throws IOException {
        long before = broker.count(Metric.CLOSED_CONNECT_TIMEOUT);
        long openedBefore = broker.count(Metric.CONNECTIONS_OPENED);
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            sockets.add(RawClient.socket(broker.port()));
        }
        RunningBroker.await(
                "a thousand more connections", () -> broker.count(Metric.CONNECTIONS_OPENED) - openedBefore == 1_000);
        good.awaitRounds(20);
        RunningBroker.await("the end of the thousand", () -> broker.connections() == 1);
        for (Socket socket : sockets) {
            assertThat(new RawClient(socket).isClosedByBroker()).isTrue();
            socket.close();
        }
        assertThat(broker.count(Metric.CLOSED_CONNECT_TIMEOUT) - before).isEqualTo(1_000);
        assertThat(events()).hasSize(1_000).allMatch(line -> line.contains("MAXIMUM_CONNECT_TIME"));
    }

    @Test
    void clientsThatResetTheirConnectionsLeaveNothing() throws IOException {
        for (int i = 0; i < 600; i++) {
            Socket socket = RawClient.socket(broker.port());
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(Packets.connect("reset" + i % 50, true, 0));
            all.writeBytes(Packets.subscribe(1, 2, "reset/#"));
            for (int id = 1; id < 20; id++) {
                all.writeBytes(Packets.publish("reset/" + id, id % 3, id, new byte[random.nextInt(6_000)]));
            }
            socket.getOutputStream().write(all.toByteArray(), 0, random.nextInt(all.size()));
            socket.setSoLinger(true, 0);
            socket.close();
        }
        good.awaitRounds(20);
        RunningBroker.await("the end of all but the good client", () -> broker.connections() == 1);
        assertThat(events()).allMatch(line -> line.contains("SESSION_TAKEN_OVER")); // by the next with its id
    }

    @Test
    void topicsInGreatNumberAllArrive() throws IOException {
        int topics = 10_000;
        try (RawClient subscriber = RawClient.connect(broker.port(), "many", true);
                RawClient publisher = RawClient.connect(broker.port(), "manifold", true)) {
            subscriber.subscribe(0, "many/#");
            for (int i = 0; i < topics; i++) {
                publisher.send(Packets.publish("many/" + i, 1, 1 + i % 60_000, new byte[0]));
                publisher.expect(Packets.PUBACK);
            }
            for (int i = 0; i < topics; i++) {
                assertThat(subscriber.expect(Packets.PUBLISH).topic()).isEqualTo("many/" + i);
            }
        }
    }

    @Test
    void asManyLevelsAsAreAllowedWorkAndOneMoreIsRefused() throws IOException {
        String deep = "l/".repeat(199) + "l";
        try (RawClient client = RawClient.connect(broker.port(), "deep", true);
                RawClient tooDeep = RawClient.connect(broker.port(), "too-deep", true)) {
            client.subscribe(0, deep, "+/".repeat(199) + "+", "l/".repeat(199) + "#");
            client.send(Packets.publish(deep, 0, 0, new byte[0]));
            assertThat(client.expect(Packets.PUBLISH).topic()).isEqualTo(deep);
            tooDeep.send(Packets.subscribe(1, 0, deep + "/l"));
            assertThat(tooDeep.isClosedByBroker()).isTrue();
            client.send(Packets.publish(deep + "/l", 0, 0, new byte[0]));
            assertThat(client.isClosedByBroker()).isTrue();
        }
        assertThat(events()).hasSize(2).allMatch(line -> line.contains("TOPIC_"));
    }

    @Test
    void aClientIdWithLineBreaksStaysOnItsLine() throws IOException {
        try (RawClient client = RawClient.connect(broker.port(), "a\nclosed: client 'b'", true)) {
            client.send(new byte[] {0, 0});
            assertThat(client.isClosedByBroker()).isTrue();
        }
        assertThat(events()).singleElement().asString().contains("'a?closed: client 'b''");
    }
}
