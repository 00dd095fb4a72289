// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.skep.broker.metrics.Metric;
import io.skep.broker.metrics.Metrics;
import java.nio.ByteBuffer;

/**
 * The frames of a WebSocket (RFC 6455). To MQTT they are a stream of bytes, cut anywhere [MQTT-6.0.0-2]: so payload is
 * passed on as it arrives, unmasked in place, and neither frames nor messages are ever gathered. A frame may therefore
 * be of any size, and an idle connection holds no more than a frame's header. Outgoing, each buffer is one binary frame
 * [MQTT-6.0.0-1].
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write shows as an inactive channel
final class WebSocketFrames extends ChannelDuplexHandler {

    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private static final int FINAL = 0x80;
    private static final int RESERVED = 0x70;
    private static final int MASKED = 0x80;
    private static final int LENGTH = 0x7f;
    private static final int CONTROL_BYTES_MAX = 125;
    private static final int HEADER_BYTES_MAX = 14;

    private static final int NORMAL_CLOSURE = 1000;
    private static final int PROTOCOL_ERROR = 1002;
    private static final int UNSUPPORTED_DATA = 1003;

    private static final byte[] NOTHING = {};

    private final Metrics metrics;
    private final ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES_MAX);
    private int opcode;
    private int mask; // its first byte is that of the next byte of payload
    private long remaining; // payload of this frame still to come
    private boolean messageOpen; // a continuation frame must follow
    private byte[] control = NOTHING;
    private boolean closing;

    WebSocketFrames(Metrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            while (in.isReadable() && !closing) {
                if (remaining == 0) {
                    readHeader(ctx, in);
                } else {
                    readPayload(ctx, in);
                }
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf payload && payload.isReadable()) {
            ctx.write(header(ctx, BINARY, payload.readableBytes())); // [MQTT-6.0.0-1]
        }
        ctx.write(message, promise);
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (!closing) {
            sendClose(ctx, NORMAL_CLOSURE);
        }
        ctx.close(promise);
    }

    private void readHeader(ChannelHandlerContext ctx, ByteBuf in) {
        header.put(in.readByte());
        if (header.position() < 2) {
            return;
        }
        int length = header.get(1) & LENGTH;
        int lengthBytes = length < 126 ? 0 : length == 126 ? 2 : 8;
        if (header.position() == 2 && !checkHeader(ctx, header.get(0), header.get(1))) {
            return;
        }
        if (header.position() < 2 + lengthBytes + Integer.BYTES) {
            return;
        }
        remaining = switch (lengthBytes) {
            case 0 -> length;
            case 2 -> Short.toUnsignedInt(header.getShort(2));
            default -> header.getLong(2);
        };
        mask = header.getInt(2 + lengthBytes);
        header.clear();
        if (remaining < 0) {
            fail(ctx, PROTOCOL_ERROR, "length: over 2^63");
        } else if (opcode >= CLOSE) {
            control = new byte[(int) remaining];
            if (remaining == 0) {
                control(ctx);
            }
        }
    }

    private boolean checkHeader(ChannelHandlerContext ctx, int first, int second) {
        opcode = first & 0x0f;
        boolean last = (first & FINAL) != 0;
        if ((first & RESERVED) != 0) {
            return fail(ctx, PROTOCOL_ERROR, "reserved bits: set (expected: no extension)");
        }
        if ((second & MASKED) == 0) {
            return fail(ctx, PROTOCOL_ERROR, "mask: none (expected: as from every client)");
        }
        switch (opcode) {
            case CONTINUATION, BINARY -> {
                if (messageOpen != (opcode == CONTINUATION)) {
                    return fail(ctx, PROTOCOL_ERROR, "opcode: " + opcode + " (expected: fragments in order)");
                }
                messageOpen = !last;
            }
            case CLOSE, PING, PONG -> {
                if (!last || (second & LENGTH) > CONTROL_BYTES_MAX) {
                    return fail(ctx, PROTOCOL_ERROR, "control frame: too long (expected: 125 bytes, not in fragments)");
                }
            }
            case TEXT -> {
                return fail(ctx, UNSUPPORTED_DATA, "opcode: text (expected: binary)"); // [MQTT-6.0.0-1]
            }
            default -> {
                return fail(ctx, PROTOCOL_ERROR, "opcode: " + opcode + " (expected: 0, 2, 8, 9 or 10)");
            }
        }
        return true;
    }

    private void readPayload(ChannelHandlerContext ctx, ByteBuf in) {
        int length = (int) Math.min(remaining, in.readableBytes());
        unmask(in, length);
        if (opcode < CLOSE) {
            remaining -= length;
            ctx.fireChannelRead(in.readRetainedSlice(length));
        } else {
            in.readBytes(control, control.length - (int) remaining, length);
            remaining -= length;
            if (remaining == 0) {
                control(ctx);
            }
        }
    }

    private void unmask(ByteBuf in, int length) {
        int index = in.readerIndex();
        int end = index + length;
        long twice = (long) mask << 32 | Integer.toUnsignedLong(mask);
        for (; index <= end - Long.BYTES; index += Long.BYTES) {
            in.setLong(index, in.getLong(index) ^ twice);
        }
        for (; index < end; index++) {
            in.setByte(index, in.getByte(index) ^ mask >>> 24);
            mask = Integer.rotateLeft(mask, Byte.SIZE);
        }
    }

    private void control(ChannelHandlerContext ctx) {
        if (opcode == CLOSE) {
            sendClose(
                    ctx,
                    control.length < 2
                            ? NORMAL_CLOSURE
                            : ByteBuffer.wrap(control).getShort());
            ctx.close();
        } else if (opcode == PING && ctx.channel().isWritable()) { // a client that does not read gets no more pongs
            ctx.writeAndFlush(header(ctx, PONG, control.length).writeBytes(control));
        }
        control = NOTHING;
    }

    private boolean fail(ChannelHandlerContext ctx, int status, String reason) {
        metrics.increment(Metric.CLOSED_PROTOCOL_ERROR);
        EventLog.closed("a connection", ctx.channel(), "WebSocket", reason);
        sendClose(ctx, status);
        ctx.close();
        return false;
    }

    private void sendClose(ChannelHandlerContext ctx, int status) {
        closing = true;
        ctx.writeAndFlush(header(ctx, CLOSE, Short.BYTES).writeShort(status));
    }

    /** {@return a frame's header, with room for the payload of a control frame} */
    private static ByteBuf header(ChannelHandlerContext ctx, int opcode, int length) {
        ByteBuf header = ctx.alloc().buffer(opcode < CLOSE ? HEADER_BYTES_MAX : 2 + length);
        header.writeByte(FINAL | opcode);
        if (length < 126) {
            header.writeByte(length);
        } else if (length <= 0xffff) {
            header.writeByte(126).writeShort(length);
        } else {
            header.writeByte(127).writeLong(length);
        }
        return header;
    }
}
