// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.sun.net.httpserver.HttpServer;
import io.skep.sdk.auth.Decision;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that change, in a file and behind a real HTTP server. */
class KeysTest {

    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;
    private volatile int status = 200;
    private volatile String answer = "";
    private volatile CountDownLatch held = new CountDownLatch(0);
    private @Nullable Gate gate;

    @BeforeEach
    void serve() throws IOException {
        server = listen(0);
    }

    private HttpServer listen(int port) throws IOException {
        HttpServer fresh = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
        fresh.setExecutor(threads);
        fresh.createContext("/jwks", exchange -> {
            requests.incrementAndGet();
            try {
                held.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        fresh.start();
        return fresh;
    }

    @AfterEach
    void close() {
        held.countDown();
        server.stop(0);
        threads.shutdownNow();
        if (gate != null) {
            gate.close();
        }
    }

    private Gate gate(String more) throws Exception {
        Gate fresh = new Gate(folder, """
                keys:
                  url: http://127.0.0.1:%d/jwks
                  timeout: 2s
                %s
                """.formatted(server.getAddress().getPort(), more));
        gate = fresh;
        return fresh;
    }

    @Test
    void aKeyThatIsNotKnownYetIsFetched() throws Exception {
        answer = Tokens.set(Tokens.RSA.toPublicJWK());
        Gate gate = gate("  refetch-min: 100ms");
        assertThat(gate.login(Tokens.anna(Tokens.RSA, "RS256"))).isInstanceOf(Decision.Allow.class);

        answer = Tokens.set(Tokens.RSA.toPublicJWK(), Tokens.EC.toPublicJWK());
        await(() -> gate.login(Tokens.anna(Tokens.EC, "ES256")) instanceof Decision.Allow);

        answer = Tokens.set(Tokens.EC.toPublicJWK());
        await(() -> !(gate.login(Tokens.anna(Tokens.ec("other", Curve.P_256), "ES256")) instanceof Decision.Allow)
                && gate.login(Tokens.anna(Tokens.RSA, "RS256")) instanceof Decision.Deny);
    }

    @Test
    void madeUpKeysDoNotBecomeAFloodOfRequests() throws Exception {
        answer = Tokens.set(Tokens.RSA.toPublicJWK());
        Gate gate = gate("  refetch-min: 1h");
        assertThat(gate.login(Tokens.anna(Tokens.RSA, "RS256"))).isInstanceOf(Decision.Allow.class);
        for (int i = 0; i < 200; i++) {
            String token = Tokens.anna(Tokens.ec("made-up-" + i, Curve.P_256), "ES256");
            Gate.assertRefused(gate.login(token), "signature: wrong");
        }
        assertThat(requests).hasValue(1);
    }

    @Test
    void allWhoWaitForTheKeysWaitForOneAnswer() throws Exception {
        held = new CountDownLatch(1);
        answer = Tokens.set(Tokens.EC.toPublicJWK());
        Gate gate = gate("  refetch-min: 100ms");
        List<CompletableFuture<Decision>> logins = IntStream.range(0, 50)
                .mapToObj(i ->
                        CompletableFuture.supplyAsync(() -> gate.login(Tokens.anna(Tokens.EC, "ES256")), threads))
                .toList();
        await(() -> requests.get() == 1);
        held.countDown();

        assertThat(logins).allSatisfy(login -> assertThat(login.join()).isInstanceOf(Decision.Allow.class));
        assertThat(requests).hasValue(1);
    }

    @Test
    void oldKeysHoldWhileTheUrlIsDownAndNobodyIsRefusedForAKeyThatMayExist() throws Exception {
        answer = Tokens.set(Tokens.RSA.toPublicJWK());
        Gate gate = gate("  refetch-min: 100ms");
        assertThat(gate.login(Tokens.anna(Tokens.RSA, "RS256"))).isInstanceOf(Decision.Allow.class);

        int port = server.getAddress().getPort();
        server.stop(0);
        await(() -> {
            try {
                gate.login(Tokens.anna(Tokens.EC, "ES256"));
                return false;
            } catch (RuntimeException e) {
                assertThat(e)
                        .hasRootCauseInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("(expected: the key of a token)");
                return true;
            }
        });
        assertThat(gate.login(Tokens.anna(Tokens.RSA, "RS256"))).isInstanceOf(Decision.Allow.class);
        assertThat(gate.context.warnings())
                .anySatisfy(line -> assertThat(line).contains("the keys stay as they were, 1 of them"));

        answer = Tokens.set(Tokens.EC.toPublicJWK());
        server = listen(port);
        await(() -> letIn(gate, Tokens.EC, "ES256"));
    }

    @Test
    void whatIsNoKeySetIsNotUsed() throws Exception {
        answer = Tokens.set(Tokens.RSA.toPublicJWK());
        Gate gate = gate("  refetch-min: 100ms");
        assertThat(gate.login(Tokens.anna(Tokens.RSA, "RS256"))).isInstanceOf(Decision.Allow.class);
        for (String wrong : List.of(
                "<html>",
                "{}",
                "{\"keys\":[]}",
                Tokens.set(Tokens.SECRET),
                "x".repeat(2 << 20),
                "{\"keys\":" + "[".repeat(90_000))) {
            answer = wrong;
            awaitAnswer(gate);
            assertThat(gate.login(Tokens.anna(Tokens.RSA, "RS256"))).isInstanceOf(Decision.Allow.class);
        }
        answer = Tokens.set(Tokens.EC.toPublicJWK());
        status = 500;
        awaitAnswer(gate);
        assertThat(gate.login(Tokens.anna(Tokens.RSA, "RS256"))).isInstanceOf(Decision.Allow.class);
        assertThat(gate.context.warnings())
                .filteredOn(line -> line.contains("; the keys stay as they were, 1 of them"))
                .as("said once")
                .hasSize(1);
    }

    /** Asks for a key that is not known until the URL was asked, and has answered. */
    private void awaitAnswer(Gate gate) throws Exception {
        int before = requests.get();
        await(() -> {
            assertThat(letIn(gate, Tokens.EC, "ES256")).isFalse();
            return requests.get() > before;
        });
    }

    @Test
    void aServerThatDoesNotAnswerFailsTheLoginInTime() throws Exception {
        held = new CountDownLatch(1);
        Gate gate = gate("");
        long begin = System.nanoTime();
        assertThatThrownBy(() -> gate.login(Tokens.anna(Tokens.EC, "ES256")))
                .hasRootCauseInstanceOf(IllegalStateException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void secretsAreTakenFromTheFileAndNeverFromTheUrl() throws Exception {
        JWK published = Tokens.secret("published", 256);
        answer = Tokens.set(Tokens.RSA.toPublicJWK(), published);
        Files.writeString(folder.resolve("own.json"), Tokens.set(Tokens.SECRET));
        Gate gate = gate("  file: own.json\nalgorithms: [RS256, HS256]");

        assertThat(gate.login(Tokens.anna(Tokens.RSA, "RS256"))).isInstanceOf(Decision.Allow.class);
        assertThat(gate.login(Tokens.anna(Tokens.SECRET, "HS256"))).isInstanceOf(Decision.Allow.class);
        Gate.assertRefused(gate.login(Tokens.anna(published, "HS256")), "signature: wrong");
        assertThat(gate.context.warnings())
                .anySatisfy(line -> assertThat(line).contains("key published: a secret (expected: a public key"));
    }

    @Test
    void aChangedFileIsReadAndABrokenOneIsNot() throws Exception {
        Path file = folder.resolve("own.json");
        Files.writeString(file, Tokens.set(Tokens.RSA));
        Gate gate = new Gate(folder, "keys: {file: own.json}\n");
        this.gate = gate;
        assertThat(letIn(gate, Tokens.RSA, "RS256")).isTrue();

        Files.writeString(file, Tokens.set(Tokens.EC));
        await(() -> letIn(gate, Tokens.EC, "ES256"));
        assertThat(letIn(gate, Tokens.RSA, "RS256")).isFalse();

        Files.writeString(file, "{");
        await(() -> gate.context.warnings().stream().anyMatch(line -> line.startsWith("the change is not used")));
        assertThat(letIn(gate, Tokens.EC, "ES256")).isTrue();
    }

    @Test
    void withoutKeysTheExtensionDoesNotStart() throws Exception {
        assertThatThrownBy(() -> new Gate(folder, "keys: {file: none.json}\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none.json (expected: a file; it is none)");
        Files.writeString(folder.resolve("own.json"), "{\"keys\":[]}");
        assertThatThrownBy(() -> new Gate(folder, "keys: {file: own.json}\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("keys: none (expected: at least one that checks signatures)");
    }

    private static boolean letIn(Gate gate, JWK key, String algorithm) {
        try {
            return gate.login(Tokens.anna(key, algorithm)) instanceof Decision.Allow;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }
}
