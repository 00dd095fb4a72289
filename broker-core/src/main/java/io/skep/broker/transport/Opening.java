// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.skep.broker.config.ListenerConfig;
import io.skep.broker.metrics.Metric;
import io.skep.broker.metrics.Metrics;
import java.io.IOException;
import javax.net.ssl.SSLException;

/**
 * Holds the place of the connection's handler until the phases before MQTT are over: PROXY header, TLS, WebSocket, as
 * the listener has them. Then the handler takes its place; or, if a phase fails or takes too long, the channel closes
 * and no handler was made.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write shows as an inactive channel
final class Opening extends ChannelInboundHandlerAdapter {

    /** What comes before MQTT, in this order. Fired as a user event when it is done, but for TLS which has its own. */
    enum Phase {
        PROXY,
        TLS,
        WEB_SOCKET
    }

    /** Why a phase failed, where that is the client's fault and found by us. */
    static final class Refused extends RuntimeException {
        Refused(String message) {
            super(message, null, false, false);
        }
    }

    private final Phase last;
    private final ListenerConfig listener;
    private final ConnectionFactory connections;
    private final OpeningTimeouts timeouts;
    private final Metrics metrics;
    private boolean failed;

    Opening(
            Phase last,
            ListenerConfig listener,
            ConnectionFactory connections,
            OpeningTimeouts timeouts,
            Metrics metrics) {
        this.last = last;
        this.listener = listener;
        this.connections = connections;
        this.timeouts = timeouts;
        this.metrics = metrics;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        timeouts.begin(ctx.channel());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == last) {
            handOver(ctx);
        } else if (event instanceof SslHandshakeCompletionEvent tls) {
            if (!tls.isSuccess()) {
                fail(ctx, tls.cause(), !ctx.channel().isActive());
            } else if (last == Phase.TLS) {
                handOver(ctx);
            }
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        // Not passed on: for the connection's handler the channel is active after the hand-over.
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message); // what a closing channel still decodes
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(ctx, cause, cause instanceof IOException && !(cause instanceof SSLException));
    }

    /** Notes why it ends, unless the client has gone away by itself, which is no fault. */
    private void fail(ChannelHandlerContext ctx, Throwable cause, boolean gone) {
        if (!failed && !gone) {
            failed = true;
            EventLog.closed("a connection", ctx.channel(), "before MQTT", String.valueOf(cause.getMessage()));
        }
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        boolean inTime = timeouts.end(ctx.channel());
        metrics.increment(inTime ? Metric.CLOSED_OTHER : Metric.CLOSED_CONNECT_TIMEOUT);
        if (!inTime && !failed) {
            EventLog.closed("a connection", ctx.channel(), "before MQTT", listener.type() + ": no handshake in time");
        }
    }

    private void handOver(ChannelHandlerContext ctx) {
        if (!ctx.channel().isActive()) {
            return; // a decoder that refused its bytes goes on with the rest of them when the channel has closed
        }
        timeouts.end(ctx.channel());
        ctx.pipeline().addLast(connections.create(timeouts.loop(), listener));
        ctx.fireChannelActive();
        ctx.pipeline().remove(this);
    }
}
