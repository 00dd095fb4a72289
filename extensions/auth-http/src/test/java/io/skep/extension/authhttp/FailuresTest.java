// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.auth.Decision;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that is slow, dead, or out of its mind. */
class FailuresTest {

    @TempDir
    Path folder;

    private final AuthServer server = new AuthServer();
    private @Nullable Asker asker;

    @AfterEach
    void close() {
        server.close();
        if (asker != null) {
            asker.close();
        }
    }

    private Asker asker(String url, String more) throws Exception {
        Asker fresh = new Asker(folder, "authenticate-url: " + url + "\n" + more);
        asker = fresh;
        return fresh;
    }

    private static Duration since(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 302, 401, 403, 404, 500, 503})
    void everyStatusButOneIsAFailure(int status) throws Exception {
        server.status = status;
        server.answers = question -> status == 204 ? "" : "{\"result\":\"allow\",\"permissions\":[]}";
        Asker asker = asker(server.url("/login?key=s3cret"), "");
        assertThatThrownBy(() -> asker.loginNow("c", "p"))
                .hasMessageContaining(server.url("/login: status: " + status + " (expected: 200)"))
                .hasMessageNotContaining("s3cret");
        assertThat(server.questions).as("asked once").hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yes", "{\"result\":\"allow\"}", "{\"result\":\"allow\",\"permissions\":[{}]}"})
    void anAnswerOfAnotherShapeIsAFailure(String answer) throws Exception {
        server.answers = question -> answer;
        Asker asker = asker(server.url("/login"), "");
        assertThatThrownBy(() -> asker.loginNow("c", "p")).hasMessageContaining("answer: ");
    }

    @Test
    void aSlowServerIsAskedAboutManyAtATimeButNoMoreThanItsLimit() throws Exception {
        server.delay = Duration.ofMillis(200);
        Asker asker = asker(server.url("/login"), "limits: {in-flight-max: 100}\n");
        long begin = System.nanoTime();
        List<CompletableFuture<Decision>> logins =
                IntStream.range(0, 400).mapToObj(i -> asker.login("c" + i, "p")).toList();
        assertThat(logins).allSatisfy(login -> assertThat(login.join()).isInstanceOf(Decision.Allow.class));
        assertThat(server.concurrentMax).hasValueBetween(50, 100);
        assertThat(since(begin)).isGreaterThan(Duration.ofMillis(800));
    }

    @Test
    void aServerThatDoesNotAnswerFailsAfterTheTimeOfARequest() throws Exception {
        server.delay = Duration.ofHours(1);
        Asker asker = asker(server.url("/login"), "limits: {request-timeout: 300ms}\n");
        long begin = System.nanoTime();
        assertThatThrownBy(() -> asker.loginNow("c", "p")).hasMessageContaining("answer: none within request-timeout");
        assertThat(since(begin)).isBetween(Duration.ofMillis(300), Duration.ofSeconds(4));
        server.delay = Duration.ZERO;
        assertThat(asker.loginNow("c", "p")).isInstanceOf(Decision.Allow.class);
    }

    @Test
    void whoWaitsForAFreePlaceWaitsNoLongerThanTheDeadline() throws Exception {
        server.delay = Duration.ofHours(1);
        Asker asker = asker(
                server.url("/login"),
                "limits: {in-flight-max: 1, request-timeout: 1m, deadline: 500ms, waiting-max: 3}\n");
        long begin = System.nanoTime();
        List<CompletableFuture<Decision>> logins = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            logins.add(asker.login("c" + i, "p"));
        }
        assertThat(asker.login("one too many", "p")).isCompletedExceptionally();
        assertThat(logins).allSatisfy(login -> assertThatThrownBy(login::join).isInstanceOf(RuntimeException.class));
        assertThat(since(begin)).isBetween(Duration.ofMillis(500), Duration.ofSeconds(4));
        assertThat(server.questions).as("who has given up is not asked about").hasSize(1);
    }

    @Test
    void aDeadServerFailsEveryoneInTime() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Asker asker = asker("http://127.0.0.1:" + port + "/", "");
        long begin = System.nanoTime();
        List<CompletableFuture<Decision>> logins = IntStream.range(0, 1000)
                .mapToObj(i -> asker.login("c" + i, "p"))
                .toList();
        assertThat(logins).allSatisfy(login -> assertThatThrownBy(login::join).isInstanceOf(RuntimeException.class));
        assertThat(since(begin)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void aConnectionThatIsClosedIsNotAskedOnAgain() throws Exception {
        AtomicLong connections = new AtomicLong();
        Thread thread;
        try (ServerSocket closing = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            thread = new Thread(() -> {
                while (!closing.isClosed()) {
                    try (Socket socket = closing.accept()) {
                        connections.incrementAndGet();
                        socket.getInputStream().read(new byte[10]);
                    } catch (IOException e) {
                        return; // closed by the test
                    }
                }
            });
            thread.start();
            Asker asker = asker("http://127.0.0.1:" + closing.getLocalPort() + "/", "");
            assertThatThrownBy(() -> asker.loginNow("c", "p")).hasMessageContaining("answer: ");
            assertThat(connections).hasValue(1);
        }
        thread.join();
    }

    @Test
    void aHugeAnswerIsNotRead() throws Exception {
        server.answers = question -> "{\"result\":\"allow\",\"permissions\":[]" + " ".repeat(100_000) + "}";
        Asker asker = asker(server.url("/login"), "");
        assertThatThrownBy(() -> asker.loginNow("c", "p"))
                .hasMessageContaining("answer: longer (expected: at most 65536 bytes, answer-bytes-max)");
    }

    @Test
    void anEndlessAnswerIsCutOff() throws Exception {
        AtomicLong written = new AtomicLong();
        try (ServerSocket endless = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> {
                try (Socket socket = endless.accept()) {
                    OutputStream out = socket.getOutputStream();
                    out.write(
                            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    byte[] part = new byte[8192];
                    while (true) {
                        out.write(part);
                        written.addAndGet(part.length);
                    }
                } catch (IOException e) {
                    // it was cut off
                }
            });
            thread.start();
            Asker asker = asker("http://127.0.0.1:" + endless.getLocalPort() + "/", "");
            assertThatThrownBy(() -> asker.loginNow("c", "p")).hasMessageContaining("answer: longer");
            thread.join(Duration.ofSeconds(20).toMillis());
            assertThat(thread.isAlive()).isFalse();
            assertThat(written.get()).as("buffers of the system").isLessThan(20 << 20);
        }
    }
}
