// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.netty.channel.embedded.EmbeddedChannel;
import io.skep.broker.codec.Properties;
import io.skep.broker.config.SkepConfig;
import io.skep.broker.config.ThreadConfig;
import io.skep.broker.hook.HookChains;
import io.skep.broker.loop.Loop;
import io.skep.broker.loop.Loops;
import io.skep.broker.metrics.Metrics;
import io.skep.broker.routing.RetainedMessages;
import io.skep.broker.routing.Router;
import io.skep.broker.routing.SubscriptionTree;
import io.skep.broker.storage.Journal;
import io.skep.broker.storage.MemoryProvider;
import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.storage.Durability;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Steps that one loop has a session do: on the session's own loop a plain call, from another loop a letter. Nanoseconds
 * per step, in turns of a thousand.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MailboxBenchmark {

    private static final int STEPS = 1000;

    private final Loops loops = new Loops(new ThreadConfig(2, ThreadConfig.Transport.AUTO));
    private final Metrics metrics = new Metrics();
    private final Journal journal = new Journal(new MemoryProvider().open(Path.of(""), Durability.NONE), metrics);
    private final CompletableFuture<Session> attached = new CompletableFuture<>();
    private long done; // by the session's steps only

    /** Attaches a session to the first loop. */
    @Setup
    public void attach() {
        Router router = new Router(new SubscriptionTree(), new RetainedMessages(), metrics, SkepConfig.DEFAULT);
        SessionRegistry registry =
                new SessionRegistry(SkepConfig.DEFAULT, metrics, router, journal, loops, new HookChains());
        Client client = new Client("client", null, new InetSocketAddress(0), ProtocolVersion.V5_0, "tcp", List.of());
        Replies replies = new Replies(
                client, Properties.EMPTY, new HookChains(), registry.lane(0).loop());
        Outlet outlet = new Outlet(registry.lane(0), new EmbeddedChannel(), client, replies, 0, (reason, text) -> {});
        registry.attach(new Attachment(outlet, false, 0, 10, null, null, new Attachment.Listener() {
            @Override
            public void attached(Session session, boolean sessionPresent) {
                attached.complete(session);
            }

            @Override
            public void refused(String text) {
                attached.completeExceptionally(new IllegalStateException(text));
            }
        }));
        attached.join();
    }

    @TearDown
    public void close() {
        loops.close(Duration.ofSeconds(3));
        journal.close();
    }

    @Benchmark
    @OperationsPerInvocation(STEPS)
    public void onItsOwnLoop() throws InterruptedException {
        turn(loops.all().get(0));
    }

    @Benchmark
    @OperationsPerInvocation(STEPS)
    public void fromAnotherLoop() throws InterruptedException {
        turn(loops.all().get(1));
    }

    private void turn(Loop home) throws InterruptedException {
        Session session = attached.join();
        CountDownLatch last = new CountDownLatch(1);
        home.execute(() -> {
            for (int i = 0; i < STEPS; i++) {
                session.execute(() -> done++);
            }
            session.execute(last::countDown);
        });
        last.await();
    }
}
