// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.skep.broker.metrics.Metrics;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Feeds what comes before MQTT, a PROXY header and WebSocket frames, with what a fuzzer thinks up. The first byte of an
 * input says which of them there is, the second in which pieces it arrives, see {@link Pieces}.
 */
class OpeningBytesFuzzTest {

    private static final InetSocketAddress SOCKET = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    private static final int BYTES_ANYWAY = 8 << 10;

    /** Who the client is said to be, what is passed on, what is answered, and whether the channel closed. */
    private record Outcome(InetSocketAddress client, ByteBuf passedOn, ByteBuf answered, boolean closed) {}

    @FuzzTest(maxDuration = "30s")
    void theOpeningMeansTheSameInAnyPieces(byte[] input) {
        if (input.length < 2) {
            return;
        }
        ByteBuf sent = Unpooled.wrappedBuffer(input, 2, input.length - 2).asReadOnly();

        Outcome whole = outcome(input[0], 0, sent.duplicate());
        Outcome inPieces = outcome(input[0], input[1], sent.duplicate());

        if (!inPieces.equals(whole)) {
            throw new AssertionError("in pieces " + text(inPieces) + " (expected: " + text(whole) + ")");
        }
    }

    private static Outcome outcome(int mode, int sizes, ByteBuf sent) {
        CountedBuffers allocator = new CountedBuffers();
        Next next = new Next();
        EmbeddedChannel channel = channel(mode, next, allocator);
        Pieces pieces = new Pieces(sent, sizes, false, allocator);
        while (pieces.hasNext() && channel.isOpen()) {
            channel.writeInbound(pieces.next());
        }
        boolean closed = !channel.isOpen();
        ByteBuf answered = Unpooled.buffer();
        for (ByteBuf answer = channel.readOutbound(); answer != null; answer = channel.readOutbound()) {
            answered.writeBytes(answer);
            answer.release();
        }
        channel.finishAndReleaseAll();
        if (allocator.held() != 0 || allocator.bytesMax() > BYTES_ANYWAY + 16L * sent.capacity()) {
            throw new AssertionError(
                    "buffers: " + allocator.held() + " not released, " + allocator.bytesMax() + " bytes");
        }
        return new Outcome(next.client, next.heard, answered, closed);
    }

    private static EmbeddedChannel channel(int mode, Next next, CountedBuffers allocator) {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAllocator(allocator);
        channel.attr(Peer.ADDRESS).set(SOCKET);
        if ((mode & 1) != 0) {
            channel.pipeline().addLast(new ProxyHeader.Decoder(), new ProxyHeader());
        }
        if ((mode & 2) != 0) {
            channel.pipeline().addLast(new WebSocketFrames(new Metrics()));
        }
        channel.pipeline().addLast(next);
        return channel;
    }

    private static String text(Outcome outcome) {
        return outcome.client() + ", passed on " + ByteBufUtil.hexDump(outcome.passedOn()) + ", answered "
                + ByteBufUtil.hexDump(outcome.answered()) + (outcome.closed() ? ", closed" : "");
    }

    /** What comes next: it hears the client until the channel closes, and closes it as {@link Opening} does. */
    private static final class Next extends ChannelInboundHandlerAdapter {

        private final ByteBuf heard = Unpooled.buffer();
        private InetSocketAddress client = SOCKET;

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (ctx.channel().isActive()) {
                client = Peer.address(ctx.channel());
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf in = (ByteBuf) message;
            if (ctx.channel().isActive()) {
                heard.writeBytes(in);
            }
            in.release();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (cause instanceof DecoderException || cause instanceof Opening.Refused) {
                ctx.close();
            } else {
                throw new AssertionError("exception: " + cause + " (expected: one that refuses)", cause);
            }
        }
    }
}
