// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import com.google.inject.Inject;
import io.netty.channel.ChannelHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.skep.broker.config.ListenerConfig;
import io.skep.broker.config.MqttConfig;
import io.skep.broker.config.SkepConfig;
import io.skep.broker.hook.HookChains;
import io.skep.broker.loop.Loop;
import io.skep.broker.loop.Loops;
import io.skep.broker.metrics.Metrics;
import io.skep.broker.routing.Router;
import io.skep.broker.routing.TopicLimits;
import io.skep.broker.session.SessionRegistry;
import io.skep.sdk.ReasonCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where connections come in: makes their handlers, and holds what they all use. Any thread. */
public final class Reception implements ConnectionFactory {

    /** One line for each connection that a fault ended. */
    static final Logger EVENTS = LoggerFactory.getLogger("skep.events");

    private final MqttConfig mqtt;
    private final TopicLimits topicLimits;
    private final WriteBufferWaterMark waterMark;
    private final Duration expiryMax;
    private final Duration rejectTimeout;
    private final SessionRegistry sessions;
    private final Router router;
    private final HookChains hooks;
    private final Metrics metrics;
    private final List<Connections> connections = new ArrayList<>();

    @Inject
    public Reception(
            SkepConfig config,
            SessionRegistry sessions,
            Router router,
            HookChains hooks,
            Metrics metrics,
            Loops loops) {
        this.mqtt = config.mqtt();
        this.topicLimits = TopicLimits.of(mqtt);
        this.waterMark = new WriteBufferWaterMark(mqtt.outboundBytesMax() / 2, mqtt.outboundBytesMax());
        this.expiryMax = config.sessions().expiryMax();
        this.rejectTimeout = config.sessions().rejectTimeout();
        this.sessions = sessions;
        this.router = router;
        this.hooks = hooks;
        this.metrics = metrics;
        loops.all().forEach(loop -> connections.add(new Connections(loop, mqtt.connectTimeout())));
    }

    @Override
    public ChannelHandler create(Loop loop, ListenerConfig listener) {
        return new Connection(this, sessions.lane(loop.index()), listener);
    }

    /** Ends all connections, telling MQTT 5.0 clients why; their wills are published. Returns when it is done. */
    public void closeAll(Duration timeout) {
        CompletableFuture<?>[] loops =
                connections.stream().map(each -> each.closeAll(atStop())).toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(loops)
                .completeOnTimeout(null, timeout.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private Farewell atStop() {
        ReasonCode elsewhere = mqtt.redirect().stop().reason();
        String text = "the broker stops";
        return elsewhere == null
                ? new Farewell(ReasonCode.SERVER_SHUTTING_DOWN, text)
                : new Farewell(elsewhere, text, mqtt.redirect().serverReference());
    }

    /** {@return how many connections there are, about} */
    public int size() {
        return connections.stream().mapToInt(Connections::size).sum();
    }

    Connections connections(Loop loop) {
        return connections.get(loop.index());
    }

    MqttConfig mqtt() {
        return mqtt;
    }

    /** {@return how much may wait for a slow connection} */
    WriteBufferWaterMark waterMark() {
        return waterMark;
    }

    TopicLimits topicLimits() {
        return topicLimits;
    }

    Duration expiryMax() {
        return expiryMax;
    }

    /** {@return how long a full queue may hold back a publisher that cannot be told} */
    Duration rejectTimeout() {
        return rejectTimeout;
    }

    SessionRegistry sessions() {
        return sessions;
    }

    Router router() {
        return router;
    }

    HookChains hooks() {
        return hooks;
    }

    Metrics metrics() {
        return metrics;
    }
}
