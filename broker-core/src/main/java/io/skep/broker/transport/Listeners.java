// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.skep.broker.config.ListenerConfig;
import io.skep.broker.loop.Loop;
import io.skep.broker.loop.Loops;
import io.skep.broker.metrics.Metrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All listening ports of the broker. Either all of them are bound, or none. Started and stopped by one thread, which is
 * not a loop.
 */
public final class Listeners {

    private static final Logger log = LoggerFactory.getLogger(Listeners.class);

    private static final int BACKLOG = 4096; // the kernel takes less if its somaxconn says so

    private final List<ListenerConfig> configs;
    private final Loops loops;
    private final ConnectionFactory connections;
    private final List<OpeningTimeouts> timeouts;
    private final Metrics metrics;
    private final List<Channel> bound = new ArrayList<>();

    /**
     * Listeners that are not bound yet.
     *
     * @param openingTimeout for what comes before MQTT: PROXY header, TLS, WebSocket
     */
    public Listeners(
            List<ListenerConfig> configs,
            Loops loops,
            ConnectionFactory connections,
            Metrics metrics,
            Duration openingTimeout) {
        this.configs = List.copyOf(configs);
        this.loops = loops;
        this.connections = connections;
        this.metrics = metrics;
        this.timeouts = loops.all().stream()
                .map(loop -> new OpeningTimeouts(loop, openingTimeout))
                .toList();
    }

    /** Binds all ports, then accepts; or throws what is wrong with one of them, and none is bound. */
    public void start() throws IOException {
        List<Listener> listeners = new ArrayList<>();
        for (ListenerConfig config : configs) {
            listeners.add(new Listener(config, this));
        }
        try {
            for (Listener listener : listeners) {
                bound.add(bind(listener));
            }
        } catch (IOException e) {
            stopAccepting();
            bound.clear();
            throw e;
        }
        for (int i = 0; i < bound.size(); i++) {
            ListenerConfig config = configs.get(i);
            bound.get(i).config().setAutoRead(true);
            log.info(
                    "listener {}: {} on {}",
                    config.name(),
                    config.type(),
                    bound.get(i).localAddress());
        }
    }

    /** {@return what is bound, in the order of the configuration, with the real port where 0 was asked for} */
    public List<InetSocketAddress> addresses() {
        return bound.stream()
                .map(channel -> (InetSocketAddress) channel.localAddress())
                .toList();
    }

    /** Closes the ports; connections stay. */
    public void stopAccepting() {
        bound.stream().map(Channel::close).toList().forEach(ChannelFuture::awaitUninterruptibly);
    }

    /** Closes the ports and what has not reached its {@link ConnectionFactory} handler; the other connections stay. */
    public void close() {
        stopAccepting();
        timeouts.forEach(OpeningTimeouts::closeAll);
    }

    Loops loops() {
        return loops;
    }

    ConnectionFactory connections() {
        return connections;
    }

    OpeningTimeouts timeouts(Loop loop) {
        return timeouts.get(loop.index());
    }

    Metrics metrics() {
        return metrics;
    }

    private Channel bind(Listener listener) throws IOException {
        ListenerConfig config = listener.config();
        InetSocketAddress address = new InetSocketAddress(config.address(), config.port());
        if (address.isUnresolved()) {
            throw new IOException("listeners[%s].address: %s (expected: an address of this machine, or 0.0.0.0 for all)"
                    .formatted(config.name(), config.address()));
        }
        ChannelFuture binding = bootstrap(listener).bind(address).awaitUninterruptibly();
        if (!binding.isSuccess()) {
            throw cannotBind(config, binding.cause());
        }
        binding.channel().pipeline().addLast(new AcceptFailures(config.name()));
        return binding.channel();
    }

    private ServerBootstrap bootstrap(Listener listener) {
        return new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.AUTO_READ, false) // nobody is accepted before all are bound
                .childOption(ChannelOption.SO_KEEPALIVE, true) // ends dead connections that have no keep alive
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(256, 2048, 65_536))
                .childHandler(listener);
    }

    private static IOException cannotBind(ListenerConfig config, Throwable cause) {
        String reason = String.valueOf(cause.getMessage());
        String expected = "an address and a port that can be bound";
        if (reason.contains("in use")) {
            expected = "a free port: stop the program that has it, or choose another";
        } else if (reason.contains("ermission denied")) {
            expected = "a port from 1024 on, or the right to bind lower ones (CAP_NET_BIND_SERVICE)";
        } else if (reason.contains("annot assign")) {
            expected = "an address of this machine, or 0.0.0.0 for all";
        }
        return new IOException(
                "listeners[%s]: %s:%d: %s (expected: %s)"
                        .formatted(config.name(), config.address(), config.port(), reason, expected),
                cause);
    }
}
