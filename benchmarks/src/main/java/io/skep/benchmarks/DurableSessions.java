// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Makes many durable sessions (MQTT 3.1.1, one subscription of QoS 1 each), a few hundred at a time, and leaves them;
 * or connects some of them again and stays, with a PINGREQ of each every 30 seconds.
 *
 * <pre>
 * DurableSessions PORT make COUNT
 * DurableSessions PORT hold COUNT SECONDS
 * </pre>
 */
public final class DurableSessions {

    private static final int AT_ONCE = 200;
    private static final int PER_ADDRESS = 5000; // one source address has 28,000 ports
    private static final int PING_SECONDS = 30;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Semaphore room = new Semaphore(AT_ONCE);
    private final CompletableFuture<Void> failed = new CompletableFuture<>();
    private final Queue<Channel> held = new ConcurrentLinkedQueue<>();
    private final InetSocketAddress broker;
    private final boolean stays;

    private DurableSessions(int port, boolean stays) {
        broker = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.stays = stays;
    }

    /** Runs; see above. */
    public static void main(String[] args) throws Exception {
        boolean stays = args[1].equals("hold");
        DurableSessions sessions = new DurableSessions(Integer.parseInt(args[0]), stays);
        sessions.connect(Integer.parseInt(args[2]));
        if (stays) {
            sessions.stay(Integer.parseInt(args[3]));
        }
        sessions.loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    private void connect(int count) throws InterruptedException, UnknownHostException {
        Bootstrap bootstrap = new Bootstrap().group(loop).channel(NioSocketChannel.class);
        for (int i = 0; i < count; i++) {
            acquire(1);
            int number = i;
            Bootstrap one = bootstrap.clone().handler(new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new Client(number));
                }
            });
            byte[] source = {127, 0, 1, (byte) (1 + i / PER_ADDRESS)};
            one.connect(broker, new InetSocketAddress(InetAddress.getByAddress(source), 0))
                    .addListener((ChannelFuture done) -> {
                        if (!done.isSuccess()) {
                            failed.completeExceptionally(done.cause());
                        }
                    });
        }
        acquire(AT_ONCE);
    }

    private void acquire(int permits) throws InterruptedException {
        while (!room.tryAcquire(permits, 100, TimeUnit.MILLISECONDS)) {
            if (failed.isCompletedExceptionally()) {
                failed.join();
            }
        }
    }

    /** Pings a part of the clients each second. */
    private void stay(int seconds) throws InterruptedException {
        List<Channel> all = new ArrayList<>(held);
        for (int second = 0; second < seconds; second++) {
            for (int i = second % PING_SECONDS; i < all.size(); i += PING_SECONDS) {
                all.get(i).writeAndFlush(packet(0xC0));
            }
            TimeUnit.SECONDS.sleep(1);
        }
        if (failed.isCompletedExceptionally()) {
            failed.join();
        }
    }

    private static ByteBuf packet(int type, byte... rest) {
        return Unpooled.buffer(2 + rest.length)
                .writeByte(type)
                .writeByte(rest.length)
                .writeBytes(rest);
    }

    private static void writeText(ByteBuf packet, String text) {
        packet.writeShort(text.length()).writeCharSequence(text, US_ASCII);
    }

    /** Sends the next packet when the answer to the last one is there. */
    private final class Client extends ByteToMessageDecoder {

        private final int number;
        private boolean done;

        Client(int number) {
            this.number = number;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ByteBuf body = Unpooled.buffer();
            writeText(body, "MQTT");
            body.writeByte(4).writeByte(0).writeShort(PING_SECONDS * 2); // no clean session
            writeText(body, "session-" + number);
            send(ctx, 0x10, body);
        }

        private void send(ChannelHandlerContext ctx, int type, ByteBuf body) {
            byte[] bytes = new byte[body.readableBytes()];
            body.readBytes(bytes).release();
            ctx.writeAndFlush(packet(type, bytes));
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
            if (in.readableBytes() < 2 || in.readableBytes() < 2 + in.getByte(in.readerIndex() + 1)) {
                return;
            }
            int type = in.readUnsignedByte() >> 4;
            in.skipBytes(in.readByte());
            if (type == 2 && !stays) {
                ByteBuf body = Unpooled.buffer().writeShort(1);
                writeText(body, "sessions/" + number + "/do");
                send(ctx, 0x82, body.writeByte(1));
            } else if (type == 2) {
                held.add(ctx.channel());
                room.release();
            } else if (type == 9) {
                done = true;
                ctx.writeAndFlush(packet(0xE0));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) throws Exception {
            if (done) {
                room.release();
            } else if (!loop.isShuttingDown()) {
                failed.completeExceptionally(new IllegalStateException("connection: closed (expected: open)"));
            }
            super.channelInactive(ctx);
        }
    }
}
