// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.skep.broker.config.ExtensionsConfig;
import io.skep.broker.loop.Loop;
import io.skep.broker.metrics.Metric;
import io.skep.broker.metrics.Metrics;
import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import io.skep.sdk.publish.Publish;
import io.skep.sdk.publish.PublishAnswer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Chains with a loop of their own and threads for extensions. */
final class HookFixture implements AutoCloseable {

    static final int IN_FLIGHT_MAX = 2;
    static final int EVENTS_MAX = 3;
    private static final ExtensionsConfig.Breaker BREAKER =
            new ExtensionsConfig.Breaker(0, Duration.ofSeconds(1), Duration.ofSeconds(1));
    static final Client CLIENT = new Client(
            "c",
            "u",
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000),
            ProtocolVersion.V5_0,
            "tcp",
            List.of());

    final AtomicInteger answers = new AtomicInteger();
    final Metrics metrics = new Metrics();
    final HookChains chains = new HookChains();
    final ExecutorService threads = Executors.newCachedThreadPool();
    private final EventLoop eventLoop = new DefaultEventLoop();
    final Loop loop = new Loop(0, eventLoop);

    ExtensionHooks extension(String id) {
        ExtensionsConfig config = new ExtensionsConfig(
                Path.of("x"), Path.of("y"), List.of(), IN_FLIGHT_MAX, EVENTS_MAX, 1, Duration.ofSeconds(30), BREAKER);
        return new ExtensionHooks(id, config, threads, metrics);
    }

    void install(String id, Consumer<ExtensionHooks> registration) {
        ExtensionHooks hooks = extension(id);
        registration.accept(hooks);
        chains.add(hooks);
    }

    CompletableFuture<Decision> authenticate() {
        CompletableFuture<Decision> answer = new CompletableFuture<>();
        loop.execute(() -> chains.authenticate(new Login(CLIENT, null), loop, decision -> {
            answers.incrementAndGet();
            assertThat(loop.inLoop()).isTrue();
            answer.complete(decision);
        }));
        return answer;
    }

    CompletableFuture<PublishAnswer> intercept(Publish publish) {
        CompletableFuture<PublishAnswer> answer = new CompletableFuture<>();
        loop.execute(() -> chains.intercept(CLIENT, publish, loop, answer::complete));
        return answer;
    }

    long failures() {
        return metrics.get(Metric.HOOK_FAILURES);
    }

    /** Waits until the loop has done what it was given before. */
    void settle() {
        get(CompletableFuture.runAsync(() -> {}, loop));
    }

    static <T> T get(CompletableFuture<T> answer) {
        return answer.orTimeout(10, TimeUnit.SECONDS).join();
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
