// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.skep.broker.config.ExtensionsConfig;
import io.skep.broker.hook.HookChains;
import io.skep.broker.loop.Loop;
import io.skep.broker.metrics.Metrics;
import io.skep.broker.service.Services;
import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** A home with an extensions folder, its host, and the warnings in the log. */
final class HostFixture implements AutoCloseable {

    static final Duration SOON = Duration.ofSeconds(20);

    final Path folder;
    final HookChains chains = new HookChains();
    private final Path home;
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Level levelBefore = root.getLevel();
    private final EventLoop eventLoop = new DefaultEventLoop();
    private @Nullable ExtensionHost host;
    Duration startTimeout = Duration.ofSeconds(30);

    HostFixture(Path home) throws IOException {
        this.home = home;
        this.folder = Files.createDirectories(home.resolve("extensions"));
        root.setLevel(Level.INFO);
        lines.start();
        root.addAppender(lines);
    }

    List<LoadedExtension> start(ConfigReader reader, String... disabled) {
        ExtensionsConfig config = new ExtensionsConfig(
                Path.of("extensions"),
                Path.of("conf", "extensions"),
                List.of(disabled),
                100,
                100,
                2,
                startTimeout,
                ExtensionsConfig.Breaker.DEFAULT);
        Metrics metrics = new Metrics();
        ExtensionHost started = new ExtensionHost(config, home, chains, metrics, reader, new Services(metrics));
        host = started;
        started.start();
        started.activate(List.of(new Loop(0, eventLoop)));
        return started.loaded();
    }

    List<LoadedExtension> start(String... disabled) {
        return start(
                new ConfigReader() {
                    @Override
                    public <T extends Record> T bind(Path file, Class<T> type) {
                        throw new AssertionError("not asked for");
                    }
                },
                disabled);
    }

    /** Waits until the authenticators say something. */
    void awaitFinding(String userName, String expected) {
        await(() -> login(userName) instanceof Decision.Deny deny ? deny.text() : "allowed", expected);
    }

    /** Waits until a question has an answer. */
    static <T> void await(Supplier<T> question, T expected) {
        long begin = System.nanoTime();
        T last = question.get();
        while (!expected.equals(last)) {
            assertThat(System.nanoTime() - begin)
                    .as("waiting for %s, last was %s", expected, last)
                    .isLessThan(SOON.toNanos());
            LockSupport.parkNanos(1_000_000);
            last = question.get();
        }
    }

    ExtensionHost host() {
        return Objects.requireNonNull(host);
    }

    void stop() {
        if (host != null) {
            host.stop();
            host = null;
        }
    }

    /** {@return what the authenticators say; extensions under test put into the text what they found out} */
    Decision login(String userName) {
        return beginLogin(userName)
                .orTimeout(SOON.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    CompletableFuture<Decision> beginLogin(String userName) {
        Client client = new Client(
                "c",
                userName,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000),
                ProtocolVersion.V3_1_1,
                "tcp",
                List.of());
        Loop loop = new Loop(0, eventLoop);
        CompletableFuture<Decision> answer = new CompletableFuture<>();
        loop.execute(() -> chains.authenticate(new Login(client, new byte[0]), loop, answer::complete));
        return answer;
    }

    /** {@return the text of a deny} */
    String finding(String userName) {
        Decision decision = login(userName);
        assertThat(decision).isInstanceOf(Decision.Deny.class);
        return ((Decision.Deny) decision).text();
    }

    List<String> warnings() {
        List<ILoggingEvent> all;
        synchronized (lines) { // appending holds the same lock
            all = List.copyOf(lines.list);
        }
        return all.stream()
                .filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Override
    public void close() {
        stop();
        root.detachAppender(lines);
        root.setLevel(levelBefore);
        eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
