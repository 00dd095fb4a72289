// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.loop;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.Future;
import io.skep.broker.config.ThreadConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All event loops of the broker. There is no separate loop for accepting: a listening socket lives on one of these and
 * deals its connections out to all of them in turn. Thread-safe.
 */
public final class Loops {

    private static final Logger log = LoggerFactory.getLogger(Loops.class);

    private final boolean epoll;
    private final EventLoopGroup group;
    private final Loop[] loops;
    private final AtomicInteger turn = new AtomicInteger();

    public Loops(ThreadConfig config) {
        epoll = useEpoll(config.transport());
        int count = config.loops() > 0
                ? config.loops()
                : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        group = new MultiThreadIoEventLoopGroup(count, threads(), io);
        loops = start(group);
        log.info("event loops: {}, transport: {}", count, epoll ? "epoll" : "nio");
    }

    /** {@return the loops in turn} */
    public Loop next() {
        return loops[Math.floorMod(turn.getAndIncrement(), loops.length)];
    }

    /** {@return the loop of a channel that belongs to {@link #group}} */
    public Loop of(EventLoop eventLoop) {
        for (Loop loop : loops) {
            if (loop.eventLoop() == eventLoop) {
                return loop;
            }
        }
        throw new IllegalArgumentException("eventLoop: " + eventLoop + " (expected: a loop of this broker)");
    }

    public List<Loop> all() {
        return List.of(loops);
    }

    /** {@return the loops as Netty's bootstraps want them} */
    public EventLoopGroup group() {
        return group;
    }

    /** {@return the kind of listening socket that these loops serve} */
    public Class<? extends ServerChannel> serverChannel() {
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** Closes the channels, runs what is queued and ends the threads; returns when that is done or the time is over. */
    public void close(Duration timeout) {
        Future<?> ended = group.shutdownGracefully(0, timeout.toMillis(), TimeUnit.MILLISECONDS);
        // The group gives up on its queues at the time-out; the second more is for the threads to end.
        if (!ended.awaitUninterruptibly(timeout.toMillis() + 1_000)) {
            log.warn("event loops: still running after {} (expected: an end within it)", timeout);
        }
    }

    private static boolean useEpoll(ThreadConfig.Transport transport) {
        return switch (transport) {
            case AUTO -> Epoll.isAvailable();
            case NIO -> false;
            case EPOLL -> {
                if (!Epoll.isAvailable()) {
                    throw new IllegalStateException(
                            "threads.transport: epoll (expected: auto or nio on this machine)",
                            Epoll.unavailabilityCause());
                }
                yield true;
            }
        };
    }

    private static ThreadFactory threads() {
        AtomicInteger count = new AtomicInteger();
        return task -> new FastThreadLocalThread(task, "skep-loop-" + count.getAndIncrement());
    }

    /** Starts the threads one after the other, which Netty would do at first use, so that names follow the order. */
    private static Loop[] start(EventLoopGroup group) {
        List<Loop> loops = new ArrayList<>();
        for (EventExecutor executor : group) {
            EventLoop eventLoop = (EventLoop) executor;
            eventLoop.submit(() -> {}).syncUninterruptibly();
            loops.add(new Loop(loops.size(), eventLoop));
        }
        return loops.toArray(Loop[]::new);
    }
}
