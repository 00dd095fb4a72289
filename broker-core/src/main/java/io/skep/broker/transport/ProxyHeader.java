// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyTLV;
import io.netty.util.NetUtil;
import io.skep.sdk.ConnectionFacts.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
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
                InetSocketAddress proxy = (InetSocketAddress) ctx.channel().remoteAddress();
                InetSocketAddress destination = new InetSocketAddress(
                        NetUtil.createInetAddressFromIpAddressString(header.destinationAddress()),
                        header.destinationPort());
                ctx.channel().attr(Peer.PROXY).set(new Proxy(proxy, destination, values(header)));
            }
        }
        ctx.fireUserEventTriggered(Opening.Phase.PROXY);
        ctx.pipeline().remove(this);
    }

    private static Map<Integer, byte[]> values(HAProxyMessage header) {
        Map<Integer, byte[]> values = new HashMap<>();
        for (HAProxyTLV value : header.tlvs()) {
            values.put(Byte.toUnsignedInt(value.typeByteValue()), ByteBufUtil.getBytes(value.content()));
        }
        return values;
    }

    /** Netty's decoder would wait for the end of a line if the first bytes are those of a client without a proxy. */
    static final class Decoder extends HAProxyMessageDecoder {

        private static final int TLV_BYTES_MAX = 4096;
        private static final byte VERSION_1 = 'P';
        private static final byte VERSION_2 = '\r';

        private boolean begun;

        Decoder() {
            super(TLV_BYTES_MAX);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            if (!begun && message instanceof ByteBuf in && in.isReadable()) {
                begun = true;
                byte first = in.getByte(in.readerIndex());
                if (first != VERSION_1 && first != VERSION_2) {
                    in.release();
                    throw new Opening.Refused("proxy header: none (expected: one, as proxy-protocol is set)");
                }
            }
            super.channelRead(ctx, message);
        }
    }
}
