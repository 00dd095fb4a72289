// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Takes the client's address out of the PROXY protocol header, then leaves the pipeline. */
final class ProxyHeader extends SimpleChannelInboundHandler<HAProxyMessage> {

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HAProxyMessage header) {
        String source = header.sourceAddress();
        // LOCAL is the proxy itself, say for a health check; UNKNOWN and Unix sockets have no address to tell.
        if (header.command() == HAProxyCommand.PROXY && source != null) {
            @Nullable InetAddress address = NetUtil.createInetAddressFromIpAddressString(source);
            if (address != null) {
                ctx.channel().attr(Peer.ADDRESS).set(new InetSocketAddress(address, header.sourcePort()));
            }
        }
        ctx.fireUserEventTriggered(Opening.Phase.PROXY);
        ctx.pipeline().remove(this);
    }
}
