// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.skep.broker.config.ListenerConfig;
import io.skep.broker.loop.Loop;
import io.skep.broker.metrics.Metric;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One listening port: builds the pipeline of each connection it accepts. A plain TCP connection has its own handler in
 * it and nothing else.
 */
final class Listener extends ChannelInitializer<Channel> {

    private static final int HTTP_LINE_BYTES_MAX = 2048;
    private static final int HTTP_HEADER_BYTES_MAX = 8192;

    private final ListenerConfig config;
    private final Listeners owner;
    private final @Nullable TlsContext tls;
    private final boolean webSocket;
    private final ChannelFutureListener countClosed;

    /** Reads the certificates. */
    Listener(ListenerConfig config, Listeners owner) throws IOException {
        this.config = config;
        this.owner = owner;
        this.tls = switch (config.type()) {
            case TLS, WSS -> new TlsContext(config);
            case TCP, WS -> null;
        };
        this.webSocket = switch (config.type()) {
            case WS, WSS -> true;
            case TCP, TLS -> false;
        };
        this.countClosed = closed -> owner.metrics().increment(Metric.CONNECTIONS_CLOSED);
    }

    ListenerConfig config() {
        return config;
    }

    @Override
    protected void initChannel(Channel channel) {
        owner.metrics().increment(Metric.CONNECTIONS_OPENED);
        channel.closeFuture().addListener(countClosed);
        Loop loop = owner.loops().of(channel.eventLoop());
        ChannelPipeline pipeline = channel.pipeline();
        Opening.@Nullable Phase last = null;
        if (config.proxyProtocol()) {
            pipeline.addLast(new ProxyHeader.Decoder(), new ProxyHeader());
            last = Opening.Phase.PROXY;
        }
        if (tls != null) {
            pipeline.addLast(tls.newHandler(channel.alloc()));
            last = Opening.Phase.TLS;
        }
        if (webSocket) {
            pipeline.addLast(httpCodec(), new WebSocketUpgrade(config.path(), owner.metrics()));
            last = Opening.Phase.WEB_SOCKET;
        }
        pipeline.addLast(
                last == null
                        ? owner.connections().create(loop, config)
                        : new Opening(last, config, owner.connections(), owner.timeouts(loop), owner.metrics()));
    }

    private static HttpServerCodec httpCodec() {
        return new HttpServerCodec(new HttpDecoderConfig()
                .setMaxInitialLineLength(HTTP_LINE_BYTES_MAX)
                .setMaxHeaderSize(HTTP_HEADER_BYTES_MAX));
    }
}
