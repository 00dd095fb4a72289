// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.config.ConfigLoader;
import io.skep.broker.extension.ExtensionJar;
import io.skep.broker.hook.HookChains;
import io.skep.broker.hook.HookCounts;
import io.skep.broker.metrics.Metric;
import io.skep.broker.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker with extensions, in real JARs, that do what they should not: it names them, and serves everybody else. */
class ProtectionTest {

    private static final String EXTENSION = """
            public class Main implements Extension {
                public void start(ExtensionContext context) throws Exception {
                    %s
                }
            }
            """;

    @TempDir
    Path home;

    private LogLines log;
    private @Nullable Broker broker;

    @BeforeEach
    void listen() throws IOException {
        Files.createDirectories(home.resolve("extensions"));
        log = new LogLines();
    }

    @AfterEach
    void stop() {
        if (broker != null) {
            broker.stop();
        }
        log.close();
    }

    private void extension(String id, String start) throws IOException {
        ExtensionJar.extension(id, "x.Main")
                .source("x.Main", EXTENSION.formatted(start))
                .write(home.resolve("extensions").resolve(id + ".jar"));
    }

    private int start(String yaml) throws IOException {
        Path file = Files.writeString(
                home.resolve("skep.yaml"), "listeners: [{type: tcp, port: 0}]\nthreads: {loops: 2}\n" + yaml);
        broker = Broker.start(new ConfigLoader(home).load(file, Map.of(), Map.of()), home);
        return broker().addresses().get(0).getPort();
    }

    private Broker broker() {
        return Objects.requireNonNull(broker);
    }

    private long count(Metric metric) {
        return broker().get(Metrics.class).get(metric);
    }

    private HookCounts counts(String id) {
        return broker().get(HookChains.class).counts().stream()
                .filter(counts -> counts.extension().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static int connackOf(int port, String clientId) throws IOException {
        try (RawClient client = RawClient.open(port)) {
            client.send(Packets.connect(clientId, true, 0));
            return client.read().body()[1];
        }
    }

    @Test
    void aHookThatLoopsIsNamedOnceAndClientsOfOtherLoopsGoOn() throws IOException {
        Path end = home.resolve("end");
        extension("endless", """
                context.hooks().publishInterceptor((client, publish) -> {
                    while (!Files.exists(Path.of("%s"))) {
                        Thread.onSpinWait();
                    }
                    return io.skep.sdk.publish.PublishAnswer.pass();
                }, HookOptions.DEFAULT.withTopicFilter("endless"));
                """.formatted(end));
        int port = start("");
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(RawClient.connect(port, "c" + i, true)); // two on each loop
        }
        clients.get(0).send(Packets.publish("endless", 1, 1, new byte[0]));
        RunningBroker.await("the line", () -> !log.complaints().isEmpty());

        assertThat(log.complaints())
                .singleElement()
                .asString()
                .contains("extension endless: its publish interceptor has kept event loop ", "x.Main.");
        assertThat(answersToPing(clients)).isEqualTo(2);
        Files.createFile(end);
        clients.get(0).expect(Packets.PUBACK);
        assertThat(log.complaints()).hasSize(1);
        assertThat(count(Metric.HOOK_BLOCKS)).isEqualTo(1);
        assertThat(counts("endless").blocks()).isEqualTo(1);
        for (RawClient client : clients) {
            client.close();
        }
    }

    private static int answersToPing(List<RawClient> clients) throws IOException {
        int answers = 0;
        for (RawClient client : clients.subList(1, clients.size())) {
            client.socket().setSoTimeout(2_000);
            client.send(new byte[] {(byte) 0xC0, 0});
            try {
                client.expect(Packets.PINGRESP);
                answers++;
            } catch (java.net.SocketTimeoutException e) {
                client.socket().setSoTimeout((int) RunningBroker.SOON.toMillis()); // on the loop that is kept
            }
        }
        return answers;
    }

    @Test
    void aHookThatNeverAnswersMissesItsDeadline() throws IOException {
        extension("asleep", """
                context.hooks().authenticator(login -> login.client().id().equals("x")
                        ? Decision.later(new CompletableFuture<Decision>())
                        : Decision.allow(), HookOptions.DEFAULT.withDeadline(java.time.Duration.ofMillis(50)));
                """);
        int port = start("");
        assertThat(connackOf(port, "x")).isEqualTo(3);
        assertThat(connackOf(port, "y")).isZero();
        assertThat(log.complaints())
                .singleElement()
                .asString()
                .contains("extension asleep: authenticator missed its deadline of PT0.05S");
        assertThat(counts("asleep").failures()).isEqualTo(1);
    }

    @Test
    void aHookThatAnswersNullRefusesThatClientOnly() throws IOException {
        extension("nothing", """
                context.hooks().authenticator(login -> login.client().id().equals("x") ? null : Decision.allow());
                """);
        int port = start("");
        assertThat(connackOf(port, "x")).isEqualTo(3);
        assertThat(connackOf(port, "y")).isZero();
        assertThat(log.complaints()).singleElement().asString().contains("authenticator answered null");
    }

    @Test
    void aHookWhoseLibraryIsMissingRefusesThatClientOnly() throws IOException {
        Path library = ExtensionJar.extension("library", "x.Library")
                .source("x.Library", "public class Library { public static boolean knows(String id) { return true; } }")
                .write(home.resolve("library.jar"));
        ExtensionJar.extension("unlinked", "x.Main")
                .compiledWith(library)
                .source("x.Main", EXTENSION.formatted("""
                        context.hooks().authenticator(login ->
                                login.client().id().equals("x") && x.Library.knows("x") ? Decision.deny() : Decision.allow());
                        """))
                .write(home.resolve("extensions/unlinked.jar"));
        int port = start("");
        assertThat(connackOf(port, "x")).isEqualTo(3);
        assertThat(connackOf(port, "y")).isZero();
        assertThat(log.complaints()).singleElement().asString().contains("NoClassDefFoundError: x/Library");
    }

    @Test
    void anExtensionThatFailsAtStartIsLeftOut() throws IOException {
        extension("broken", "throw new IllegalStateException(\"no database\");");
        extension("whole", "context.hooks().authenticator(login -> Decision.allow());");
        assertThat(connackOf(start(""), "x")).isZero();
        assertThat(log.complaints()).singleElement().asString().contains("broken.jar is left out");
    }

    @Test
    void anExtensionThatKeepsFailingIsLeftAloneForAWhile() throws IOException {
        extension("down", """
                context.hooks().authenticator(login -> {
                    if (Files.exists(Path.of("%s"))) {
                        return Decision.allow();
                    }
                    throw new IllegalStateException("down");
                });
                """.formatted(home.resolve("up")));
        int port = start("extensions: {breaker: {failures: 3, window: 1m, pause: 300ms}}");
        for (int i = 0; i < 5; i++) {
            assertThat(connackOf(port, "x" + i)).isEqualTo(3);
        }
        assertThat(counts("down").paused()).isTrue();
        assertThat(count(Metric.EXTENSIONS_PAUSED)).isEqualTo(1);
        assertThat(count(Metric.HOOK_FAILURES) + count(Metric.HOOKS_NOT_ASKED)).isEqualTo(5);
        assertThat(log.complaints()).hasSize(2); // the first failure, and the pause

        Files.createFile(home.resolve("up"));
        RunningBroker.await("the end of the pause", () -> {
            try {
                return connackOf(port, "x") == 0;
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        assertThat(counts("down").paused()).isFalse();
    }
}
