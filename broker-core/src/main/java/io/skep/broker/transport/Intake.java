// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.skep.broker.codec.MqttException;
import io.skep.broker.codec.PacketDecoder;
import io.skep.broker.loop.Loop;
import org.jspecify.annotations.Nullable;

/**
 * What arrives on a connection: bytes are put together to packets, and each is handed to the {@link Connection} at
 * once.
 *
 * <p>While something must be waited for (an extension, the disk, a client that does not read) the intake is paused: no
 * further packet is decoded, so the order holds; what arrives is kept up to a bound, then the socket is no longer read.
 */
final class Intake {

    private static final int KEPT_WHILE_PAUSED_BYTES = 1 << 16;

    private final Connection connection;
    private final PacketDecoder decoder;
    private final Loop loop;
    private final ChannelHandlerContext context;
    private @Nullable ByteBuf kept; // what has arrived and is not decoded yet
    private int pauses;
    private boolean decoding;
    private boolean goingOn; // soon
    private boolean ended;
    private long lastPacketNanos;

    Intake(Connection connection, PacketDecoder decoder, Loop loop, ChannelHandlerContext context) {
        this.connection = connection;
        this.decoder = decoder;
        this.loop = loop;
        this.context = context;
        loop.tick();
        lastPacketNanos = loop.nowNanos();
    }

    /** Takes bytes from the socket; the buffer is the intake's from now on. */
    void read(ByteBuf arrived) {
        loop.tick();
        if (pauses > 0) {
            lastPacketNanos = loop.nowNanos(); // a sign of life, though nobody looks at it now
        }
        ByteBuf in = arrived;
        if (kept != null) {
            in = Cumulation.append(context.alloc(), kept, arrived);
            kept = null;
        }
        decode(in);
    }

    private void decode(ByteBuf in) {
        int start = in.readerIndex();
        decoding = true;
        try {
            while (pauses == 0 && !connection.isClosed() && decoder.decode(in, connection)) {
                // the connection has handled the packet
            }
        } catch (MqttException e) {
            connection.close(e.reason(), String.valueOf(e.getMessage()));
        } finally {
            decoding = false;
            keep(in, start);
        }
    }

    private void keep(ByteBuf in, int start) {
        if (in.readerIndex() != start) {
            lastPacketNanos = loop.nowNanos();
        }
        if (connection.isClosed() || !in.isReadable()) {
            in.release();
        } else if (pauses == 0) {
            kept = Cumulation.compact(context.alloc(), in);
        } else {
            kept = in;
            if (in.readableBytes() > KEPT_WHILE_PAUSED_BYTES) {
                context.channel().config().setAutoRead(false);
            }
        }
    }

    /** Stops decoding until {@link #resume} has been called as often. */
    void pause() {
        pauses++;
    }

    void resume() {
        pauses--;
        if (pauses == 0 && !decoding) {
            goingOn = true;
            loop.execute(this::goOn); // not from within another's step
        }
    }

    /** The connection is gone. {@return whether something that has come is still to be handled} */
    boolean endsLater() {
        ended = true;
        return pauses > 0 || goingOn;
    }

    private void goOn() {
        goingOn = false;
        if (pauses > 0 || connection.isClosed()) {
            return;
        }
        ByteBuf in = kept;
        kept = null;
        if (in != null) {
            decode(in);
        }
        if (pauses > 0 || connection.isClosed()) {
            return;
        }
        if (ended) {
            connection.inputEnded();
        } else {
            context.channel().config().setAutoRead(true);
        }
    }

    /** {@return for how long no packet has come, in nanoseconds; 0 while the socket is not read} */
    long silenceNanos(long nowNanos) {
        return context.channel().config().isAutoRead() ? nowNanos - lastPacketNanos : 0;
    }

    /** Forgets what has arrived. */
    void close() {
        if (kept != null) {
            kept.release();
            kept = null;
        }
    }
}
