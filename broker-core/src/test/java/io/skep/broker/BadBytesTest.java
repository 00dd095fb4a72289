// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.skep.broker.config.ListenerConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Bytes that are no MQTT, on each kind of listener: the sender is closed, counted and noted, and nobody else feels it.
 */
class BadBytesTest {

    private static final char[] PASSWORD = "secret".toCharArray();
    private static final int OFFENDERS = 40;
    private static final int BYTES_MAX = 600;
    private static final long MEMORY_BYTES_MAX = 32 << 20;

    @TempDir
    static Path home;

    private static SSLContext tls;
    private static RunningBroker broker;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private GoodClient good;
    private int eventsBefore;

    @BeforeAll
    static void startBroker() throws Exception {
        X509Bundle authority = new CertificateBuilder()
                .subject("CN=broker")
                .addSanIpAddress("127.0.0.1")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        try (OutputStream out = Files.newOutputStream(home.resolve("server.p12"))) {
            authority.toKeyStore(PASSWORD).store(out, PASSWORD);
        }
        tls = SSLContext.getInstance("TLS");
        tls.init(new KeyManager[0], new TrustManager[] {authority.toTrustManager()}, null);
        broker = RunningBroker.start(
                home, """
                listeners:
                  - {name: tcp, type: tcp, port: 0}
                  - {name: tls, type: tls, port: 0, tls: {keystore: %s, password: secret}}
                  - {name: ws, type: ws, port: 0}
                  - {name: wss, type: wss, port: 0, tls: {keystore: %s, password: secret}}
                mqtt: {connect-timeout: 3s, packet-bytes-max: 64KiB}
                threads: {loops: 2}
                """.replace("%s", home.resolve("server.p12").toString()));
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
        broker.assertNoComplaints();
    }

    private List<String> events() {
        List<String> all = broker.events();
        return all.subList(eventsBefore, all.size());
    }

    @ParameterizedTest
    @EnumSource
    void whoeverSendsNoMqttIsClosedCountedAndNoted(ListenerConfig.Type type) throws Exception {
        RunningBroker.await("the good client alone", () -> broker.connections() == 1);
        long heapBefore = RunningBroker.usedHeap();
        long countedBefore = broker.countClosed();
        List<Offender> offenders = new ArrayList<>();
        for (int i = 0; i < OFFENDERS; i++) {
            for (Offence offence : offences(type)) {
                offenders.add(new Offender(offence, commit(offence, type)));
            }
        }
        good.awaitRounds(10);
        for (Offender offender : offenders) {
            assertThat(offender.client().isClosedByBroker())
                    .as(offender + ": closed")
                    .isTrue();
        }
        RunningBroker.await("the end of all connections but the good one", () -> broker.connections() == 1);
        RunningBroker.await("a count of each", () -> broker.countClosed() - countedBefore == offenders.size());
        assertNoted(offenders);
        assertThat(broker.countClosed() - countedBefore).isEqualTo(offenders.size());
        good.awaitRounds(10);
        assertThat(RunningBroker.usedHeap() - heapBefore).isLessThan(MEMORY_BYTES_MAX);
        assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory()).isLessThan(4 * MEMORY_BYTES_MAX);
    }

    private void assertNoted(List<Offender> offenders) {
        List<String> events = events();
        for (Offender offender : offenders) {
            String port = ":" + offender.client().socket().getLocalPort() + ": ";
            assertThat(events)
                    .as(offender.toString())
                    .filteredOn(line -> line.contains(port))
                    .hasSize(1);
            offender.client().close();
        }
        assertThat(events).hasSize(offenders.size());
    }

    private enum Offence {
        RANDOM_BYTES_ON_THE_SOCKET,
        RANDOM_BYTES_FOR_MQTT,
        SESSION_CUT_OFF,
        SESSION_DAMAGED,
        BROKEN_FRAMES,
        NOT_ENCRYPTED_AFTER_THE_HANDSHAKE
    }

    private record Offender(Offence offence, RawClient client) {}

    private static List<Offence> offences(ListenerConfig.Type type) {
        return Arrays.stream(Offence.values())
                .filter(offence -> type.isWebSocket() || offence != Offence.BROKEN_FRAMES)
                .filter(offence -> type.isSecure() || offence != Offence.NOT_ENCRYPTED_AFTER_THE_HANDSHAKE)
                .toList();
    }

    private RawClient commit(Offence offence, ListenerConfig.Type type) throws Exception {
        return switch (offence) {
            case RANDOM_BYTES_ON_THE_SOCKET -> send(RawClient.open(port(type)), randomBytes());
            case RANDOM_BYTES_FOR_MQTT -> send(open(type), randomBytes());
            case SESSION_CUT_OFF -> {
                byte[] all = session();
                yield send(open(type), Arrays.copyOf(all, random.nextInt(all.length)));
            }
            case SESSION_DAMAGED -> send(open(type), damaged(session()), new byte[] {0, 0}); // no packet begins so
            case BROKEN_FRAMES -> {
                Socket socket = type.isSecure() ? handshake(port(type)) : RawClient.socket(port(type));
                WebSocketStreams.upgrade(socket.getInputStream(), socket.getOutputStream());
                yield send(new RawClient(socket), brokenFrames());
            }
            case NOT_ENCRYPTED_AFTER_THE_HANDSHAKE -> {
                Socket below = RawClient.socket(port(type));
                RawClient client = new RawClient(wrap(below));
                below.getOutputStream().write(new byte[] {0x17, 3, 3, 0, 16}); // a record that was not sealed
                below.getOutputStream().write(new byte[16]);
                yield client;
            }
        };
    }

    private byte[] damaged(byte[] session) {
        byte[] bytes = session.clone();
        for (int damage = 1 + random.nextInt(4); damage > 0; damage--) {
            int behindKeepAlive = 15;
            bytes[behindKeepAlive + random.nextInt(bytes.length - behindKeepAlive)] = (byte) random.nextInt();
        }
        return bytes;
    }

    @ParameterizedTest
    @EnumSource
    void goodBytesInPiecesDoTheirWork(ListenerConfig.Type type) throws Exception {
        try (RawClient client = open(type)) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(Packets.connect("pieces", true, 0));
            all.writeBytes(Packets.subscribe(1, 1, "pieces"));
            for (int i = 1; i <= 20; i++) {
                all.writeBytes(Packets.publish("pieces", 1, i, randomBytes()));
            }
            byte[] bytes = all.toByteArray();
            for (int start = 0; start < bytes.length; ) {
                int end = Math.min(bytes.length, start + 1 + random.nextInt(random.nextBoolean() ? 3 : 100));
                client.send(Arrays.copyOfRange(bytes, start, end));
                start = end;
            }
            client.expect(Packets.CONNACK);
            client.expect(Packets.SUBACK);
            int acknowledged = 0;
            int received = 0;
            while (acknowledged + received < 40) {
                RawClient.Packet packet = client.read();
                if (packet.type() == Packets.PUBACK) {
                    acknowledged++;
                    assertThat(packet.packetId()).isEqualTo(acknowledged);
                } else {
                    received++;
                }
            }
            assertThat(acknowledged).isEqualTo(20);
        }
        assertThat(events()).isEmpty();
    }

    private int port(ListenerConfig.Type type) {
        return broker.port(type.ordinal());
    }

    /** Opens a connection up to where MQTT begins. */
    private RawClient open(ListenerConfig.Type type) throws Exception {
        Socket socket = type.isSecure() ? handshake(port(type)) : RawClient.socket(port(type));
        if (!type.isWebSocket()) {
            return new RawClient(socket);
        }
        WebSocketStreams.upgrade(socket.getInputStream(), socket.getOutputStream());
        return new RawClient(
                socket,
                WebSocketStreams.payload(socket.getInputStream()),
                WebSocketStreams.frames(socket.getOutputStream()));
    }

    private SSLSocket handshake(int port) throws IOException {
        return wrap(RawClient.socket(port));
    }

    private SSLSocket wrap(Socket below) throws IOException {
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(below, "127.0.0.1", below.getPort(), true);
        socket.startHandshake();
        return socket;
    }

    /** Sends bytes, which the broker need not hear out. */
    private static RawClient send(RawClient client, byte[]... bytes) throws IOException {
        try {
            client.send(bytes);
        } catch (SocketException e) {
            assertThat(client.isClosedByBroker()).as(e.toString()).isTrue();
        }
        return client;
    }

    private byte[] randomBytes() {
        byte[] bytes = new byte[1 + random.nextInt(random.nextBoolean() ? 8 : BYTES_MAX)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** {@return random frames that do not begin with a ping, a pong or a close: who closes in order offends nobody} */
    private byte[] brokenFrames() {
        byte[] bytes = randomBytes();
        boolean control = (bytes[0] & 8) != 0;
        bytes[0] |= (byte) (control ? 4 : 0); // one that there is not
        return bytes;
    }

    /** {@return all that a client with a keep alive of a second sends in its life, but for DISCONNECT} */
    private byte[] session() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(Packets.connect("offender" + random.nextInt(), random.nextBoolean(), 1));
        all.writeBytes(Packets.subscribe(1, 2, "bad/#", "worse/+/x"));
        for (int qos = 0; qos < 3; qos++) {
            all.writeBytes(Packets.publish("bad/" + qos, qos, 1 + qos, new byte[random.nextInt(100)]));
        }
        all.writeBytes(Packets.ack(Packets.PUBREL, 3));
        return all.toByteArray();
    }
}
