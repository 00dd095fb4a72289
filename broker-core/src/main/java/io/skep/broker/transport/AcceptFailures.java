// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator, once a minute, that connections wait because they cannot be accepted. */
final class AcceptFailures extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(AcceptFailures.class);
    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String listener;
    private long toldNanos = System.nanoTime() - PAUSE_NANOS;

    AcceptFailures(String listener) {
        this.listener = listener;
    }

    /** Netty's acceptor has paused the port for a second before it passes the failure on to here. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        long now = System.nanoTime();
        if (now - toldNanos >= PAUSE_NANOS) {
            toldNanos = now;
            log.warn(
                    "listener {}: cannot accept: {} (expected: enough file descriptors, see ulimit -n)",
                    listener,
                    cause.toString());
        }
    }
}
