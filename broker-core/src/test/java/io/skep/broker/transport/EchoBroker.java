// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.skep.broker.config.ListenerConfig;
import io.skep.broker.config.ListenerConfig.Tls;
import io.skep.broker.config.ThreadConfig;
import io.skep.broker.config.ThreadConfig.Transport;
import io.skep.broker.loop.Loop;
import io.skep.broker.loop.Loops;
import io.skep.broker.metrics.Metric;
import io.skep.broker.metrics.Metrics;
import io.skep.sdk.ConnectionFacts;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Real listeners whose connections send back what they receive, and tell what they know of their client. */
final class EchoBroker implements AutoCloseable {

    static final Duration SOON = Duration.ofSeconds(20);

    /** A connection at its {@code channelActive}. */
    record Seen(
            int loop,
            InetSocketAddress address,
            List<X509Certificate> certificates,
            ConnectionFacts facts,
            ChannelPipeline pipeline) {}

    final Metrics metrics = new Metrics();
    final Loops loops;
    final Listeners listeners;
    private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();

    EchoBroker(int loopCount, Duration openingTimeout, ListenerConfig... configs) throws IOException {
        loops = new Loops(new ThreadConfig(loopCount, Transport.AUTO));
        listeners = new Listeners(Arrays.asList(configs), loops, this::echo, metrics, openingTimeout);
        try {
            listeners.start();
        } catch (IOException e) {
            loops.close(SOON);
            throw e;
        }
    }

    static EchoBroker start(ListenerConfig... configs) throws IOException {
        return new EchoBroker(1, SOON, configs);
    }

    static ListenerConfig listener(ListenerConfig.Type type, @Nullable Tls tls, boolean proxyProtocol) {
        return new ListenerConfig("test", type, "127.0.0.1", 0, "/mqtt", tls, proxyProtocol);
    }

    int port() {
        return listeners.addresses().get(0).getPort();
    }

    Socket connect() throws IOException {
        return connect(port());
    }

    static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) SOON.toMillis());
        return socket;
    }

    /** Sends a text and waits until it came back. */
    static String echo(Socket socket, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream().write(bytes);
        return new String(read(socket, bytes.length), StandardCharsets.UTF_8);
    }

    static byte[] read(Socket socket, int length) throws IOException {
        byte[] bytes = new byte[length];
        new DataInputStream(socket.getInputStream()).readFully(bytes);
        return bytes;
    }

    Seen nextSeen() throws InterruptedException {
        Seen next = seen.poll(SOON.toSeconds(), TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("connections: none (expected: one)");
        }
        return next;
    }

    boolean nothingSeen() {
        return seen.isEmpty();
    }

    /** Waits until a counter has reached a value. */
    void await(Metric metric, long value) {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (metrics.get(metric) < value) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(metric + ": " + metrics.get(metric) + " (expected: " + value + ")");
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        listeners.close();
        loops.close(SOON);
    }

    private ChannelHandler echo(Loop loop, ListenerConfig listener) {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext ctx) {
                seen.add(new Seen(
                        loop.inLoop() ? loop.index() : -1,
                        Peer.address(ctx.channel()),
                        Peer.certificates(ctx.channel()),
                        Peer.facts(ctx.channel(), listener),
                        ctx.pipeline()));
            }

            @Override
            @SuppressWarnings("FutureReturnValueIgnored")
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                ctx.write(message);
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext ctx) {
                ctx.flush();
            }

            @Override
            @SuppressWarnings("FutureReturnValueIgnored")
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                ctx.channel().close();
            }
        };
    }
}
