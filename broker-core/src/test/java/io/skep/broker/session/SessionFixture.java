// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.netty.channel.embedded.EmbeddedChannel;
import io.skep.broker.codec.Properties;
import io.skep.broker.config.SkepConfig;
import io.skep.broker.config.ThreadConfig;
import io.skep.broker.hook.HookChains;
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
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** Sessions with loops and a journal, but without connections. */
final class SessionFixture implements AutoCloseable {

    final Loops loops;
    final Metrics metrics = new Metrics();
    final SessionRegistry registry;
    private final Journal journal;
    private final Queue<EmbeddedChannel> channels = new ConcurrentLinkedQueue<>();

    SessionFixture(int loopCount) {
        loops = new Loops(new ThreadConfig(loopCount, ThreadConfig.Transport.AUTO));
        journal = new Journal(new MemoryProvider().open(Path.of("unused"), Durability.NONE), metrics);
        Router router = new Router(new SubscriptionTree(), new RetainedMessages(), metrics, SkepConfig.DEFAULT);
        registry = new SessionRegistry(SkepConfig.DEFAULT, metrics, router, journal, loops, new HookChains());
    }

    /** {@return the request of a client that connects on a loop; its connection takes bytes and never ends} */
    Attachment attachment(String clientId, int loop, Attachment.Listener listener) {
        Client client = new Client(clientId, null, new InetSocketAddress(0), ProtocolVersion.V5_0, "tcp", List.of());
        Lane lane = registry.lane(loop);
        Replies replies = new Replies(client, Properties.EMPTY, new HookChains(), lane.loop());
        EmbeddedChannel channel = new EmbeddedChannel();
        channels.add(channel);
        Outlet outlet = new Outlet(lane, channel, client, replies, 0, (reason, text) -> {});
        return new Attachment(outlet, false, 3_600, 10, null, null, listener);
    }

    /** {@return the session of a client that has connected on the first loop} */
    Session attach(String clientId) throws Exception {
        CompletableFuture<Session> attached = new CompletableFuture<>();
        registry.attach(attachment(clientId, 0, new Attachment.Listener() {
            @Override
            public void attached(Session session, boolean sessionPresent) {
                attached.complete(session);
            }

            @Override
            public void refused(String text) {
                attached.completeExceptionally(new IllegalStateException(text));
            }
        }));
        return attached.get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        loops.close(Duration.ofSeconds(3));
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
        journal.close();
    }
}
