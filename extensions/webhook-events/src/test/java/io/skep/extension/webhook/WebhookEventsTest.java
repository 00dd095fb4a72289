// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.extension.webhook.HookServer.Request;
import io.skep.sdk.service.Meters;
import io.skep.sdk.testkit.BrokerExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The extension in a real broker, with a real server that is told. */
class WebhookEventsTest {

    private static final String CONNECTS = "events: [ClientConnected]";
    private static final String QUICK =
            "batch: {events-max: 5, wait-max: 20ms}\nrequest: {timeout: 20s, retry-first: 20ms, retry-max: 100ms}\n";
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create();

    private final AtomicReference<Meters> meters = new AtomicReference<>();
    private HookServer server;

    @BeforeEach
    void startServer() throws Exception {
        server = new HookServer();
        broker.extension("observer", context -> meters.set(context.meters()));
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void eventsComeInOrderAndInBatches() throws Exception {
        start(target(server, CONNECTS) + "batch: {events-max: 5, wait-max: 1h}\nsource: //plant-7/skep\n");
        connect(names(0, 10));
        Request first = server.next();
        Request second = server.next();
        assertThat(clients(first)).isEqualTo(names(0, 5));
        assertThat(clients(second)).isEqualTo(names(5, 10));
        assertThat(first.headers().getFirst("Content-Type")).startsWith("application/cloudevents-batch+json");
        assertThat(first.headers().getFirst("Skep-Signature")).isNull();
        assertThat(first.events())
                .allSatisfy(event -> assertThat(event)
                        .containsEntry("source", "//plant-7/skep")
                        .containsEntry("type", "io.skep.ClientConnected"));
        var ids = new HashSet<>();
        first.events().forEach(event -> ids.add(event.get("id")));
        second.events().forEach(event -> ids.add(event.get("id")));
        assertThat(ids).hasSize(10);
        awaitMeter("delivered", 10);
    }

    @Test
    void anEventDoesNotWaitLongForOthers() throws Exception {
        start(target(server, "") + "batch: {wait-max: 50ms}\n");
        connect(List.of("c0"));
        List<Object> types = new ArrayList<>();
        while (!types.contains("io.skep.SessionEnded")) {
            server.next().events().forEach(event -> types.add(event.get("type")));
        }
        assertThat(types).contains("io.skep.SessionCreated", "io.skep.ClientConnected", "io.skep.ClientDisconnected");
    }

    @Test
    void requestsAreSignedAndHaveHeaders() throws Exception {
        start(target(server, CONNECTS, "secret: 0123456789abcdef", "headers: {X-Token: \"${NOT_SET_ANYWHERE:t0ken}\"}")
                + QUICK);
        connect(List.of("c0"));
        Request request = server.next();
        assertThat(request.headers().getFirst("X-Token")).isEqualTo("t0ken");
        assertThat(request.headers().getFirst("Skep-Signature"))
                .isEqualTo(Target.signature("0123456789abcdef", request.body()));
        assertThat(Target.signature("key", "The quick brown fox jumps over the lazy dog".getBytes(UTF_8)))
                .isEqualTo("sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");
    }

    @Test
    void whatIsRefusedIsSentAgainInTheSameOrder() throws Exception {
        start(target(server, CONNECTS) + QUICK);
        server.status = 500;
        connect(names(0, 8));
        Request refused = server.next();
        Request again = server.next();
        assertThat(again.body()).isEqualTo(refused.body());
        server.status = 200;
        assertThat(delivered(8)).isEqualTo(names(0, 8));
        awaitMeter("delivered", 8);
        assertThat(meter("failures")).isGreaterThanOrEqualTo(2);
    }

    @Test
    void aServerThatComesBackGetsAll() throws Exception {
        start(target(server, CONNECTS) + QUICK);
        server.close();
        connect(names(0, 12));
        awaitAtLeast("failures", 2);
        awaitMeter("waiting", 12);
        server.start();
        assertThat(delivered(12)).isEqualTo(names(0, 12));
    }

    @Test
    void aSlowServerSlowsNobody() throws Exception {
        try (HookServer other = new HookServer()) {
            start(target(server, CONNECTS) + "  - url: " + other.url("/other") + "\n    " + CONNECTS + "\n"
                    + QUICK.replace("20s", "300ms"));
            server.beSlow();
            connect(names(0, 50));
            Set<String> told = new LinkedHashSet<>();
            while (!told.contains("c49")) {
                told.addAll(clients(other.next())); // again, if this machine answers after more than the time-out
            }
            assertThat(told).containsExactlyElementsOf(names(0, 50));
            assertThat(server.requests)
                    .allSatisfy(request -> assertThat(clients(request)).first().isEqualTo("c0"));
            awaitAtLeast("failures", 2);
            server.beQuick();
            server.requests.clear();
            List<String> late = new ArrayList<>();
            while (!late.contains("c49")) {
                late.addAll(clients(server.next()));
            }
            assertThat(late).containsSubsequence(names(5, 50));
        }
    }

    @Test
    void whatDoesNotFitIsDroppedAndCounted() throws Exception {
        start(target(server, CONNECTS) + QUICK + "queue: {events-max: 3}\n");
        server.status = 503;
        connect(List.of("c0"));
        server.next();
        connect(names(1, 11));
        awaitMeter("dropped queue_full", 7);
        assertThat(meter("waiting")).isEqualTo(4);
        server.status = 204;
        assertThat(delivered(4)).isEqualTo(names(0, 4));
    }

    @Test
    void whatIsNeverTakenIsGivenUp() throws Exception {
        start(target(server, CONNECTS)
                + "batch: {wait-max: 0s}\nrequest: {retry-first: 20ms, retry-max: 50ms, give-up-after: 200ms}\n");
        server.status = 400;
        connect(List.of("c0"));
        awaitMeter("dropped given_up", 1);
        server.status = 204;
        connect(List.of("c1"));
        assertThat(delivered(1)).containsExactly("c1");
    }

    @Test
    void aStopDeliversWhatIsLeft() throws Exception {
        start(target(server, CONNECTS) + "batch: {wait-max: 1h}\n");
        connect(names(0, 3));
        awaitMeter("waiting", 3);
        broker.stop();
        assertThat(clients(server.next())).isEqualTo(names(0, 3));
    }

    @Test
    void aStopDoesNotWaitLongForADeadServer() throws Exception {
        start(target(server, CONNECTS) + "request: {stop-wait: 300ms}\n");
        server.beSlow();
        connect(names(0, 3));
        server.next();
        long begin = System.nanoTime();
        broker.stop();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(8));
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("webhook-events to " + server.url("/hook")));
    }

    @Test
    void aServerWithACertificateOfItsOwnIsBelievedIfItIsTrusted() throws Exception {
        Files.createDirectories(folder());
        try (HookServer secure = new HookServer(Certificates.make(folder()));
                HookServer stranger =
                        new HookServer(Certificates.make(Files.createDirectory(folder().resolve("stranger"))))) {
            start(target(secure, CONNECTS, "trust: server.pem") + "  - url: " + stranger.url("/stranger")
                    + "\n    trust: server.pem\n" + QUICK);
            connect(List.of("c0"));
            assertThat(clients(secure.next())).containsExactly("c0");
            awaitAtLeast("failures", 1);
            assertThat(stranger.requests).isEmpty();
        }
    }

    private static String target(HookServer server, String... lines) {
        StringBuilder yaml = new StringBuilder("targets:\n  - url: " + server.url("/hook") + "\n");
        for (String line : lines) {
            yaml.append("    ").append(line).append('\n');
        }
        return yaml.toString();
    }

    private Path folder() {
        return broker.home().resolve("conf/extensions");
    }

    private void start(String config) throws Exception {
        Files.createDirectories(folder());
        Files.writeString(folder().resolve("webhook-events.yaml"), config);
        broker.extension("webhook-events", new WebhookEvents());
    }

    private static List<String> names(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "c" + i).toList();
    }

    /** One after the other. */
    private void connect(List<String> clientIds) throws IOException {
        for (String id : clientIds) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
                socket.setSoTimeout((int) DEADLINE.toMillis());
                byte[] name = id.getBytes(UTF_8);
                byte[] connect = new byte[14 + name.length];
                byte[] header = {0x10, (byte) (12 + name.length), 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0, 0};
                System.arraycopy(header, 0, connect, 0, header.length);
                connect[13] = (byte) name.length;
                System.arraycopy(name, 0, connect, 14, name.length);
                socket.getOutputStream().write(connect);
                assertThat(socket.getInputStream().readNBytes(4)).containsExactly(0x20, 2, 0, 0);
            }
        }
    }

    /** {@return so many clients of requests that were taken} */
    private List<String> delivered(int count) throws Exception {
        List<String> clients = new ArrayList<>();
        while (clients.size() < count) {
            Request request = server.next();
            if (request.status() < 300) {
                clients.addAll(clients(request));
            }
        }
        return clients;
    }

    private static List<String> clients(Request request) throws IOException {
        List<String> ids = new ArrayList<>();
        for (Map<String, Object> event : request.events()) {
            if (event.get("data") instanceof Map<?, ?> data && data.get("client") instanceof Map<?, ?> client) {
                ids.add(String.valueOf(client.get("id")));
            }
        }
        return ids;
    }

    private double meter(String nameAndReason) {
        String[] words = nameAndReason.split(" ", 2);
        return Objects.requireNonNull(meters.get()).read().stream()
                .filter(reading -> reading.source().equals("webhook-events")
                        && reading.name().equals(words[0])
                        && (words.length == 1 || words[1].equals(reading.tags().get("reason"))))
                .mapToDouble(reading -> reading.value())
                .sum();
    }

    private void awaitMeter(String name, double value) {
        awaitAtLeast(name, value);
        assertThat(meter(name)).as(name).isEqualTo(value);
    }

    private void awaitAtLeast(String name, double value) {
        long begin = System.nanoTime();
        while (meter(name) < value && System.nanoTime() - begin < DEADLINE.toNanos()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        assertThat(meter(name)).as(name).isGreaterThanOrEqualTo(value);
    }
}
