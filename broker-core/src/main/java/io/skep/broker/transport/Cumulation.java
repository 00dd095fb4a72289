// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Puts the pieces of packets together. */
final class Cumulation {

    private static final int FIRST_BYTES = 256;

    private Cumulation() {}

    /** {@return a buffer with both; it grows as bytes come, not as a length field promises} */
    static ByteBuf append(ByteBufAllocator allocator, ByteBuf before, ByteBuf in) {
        ByteBuf all = before;
        boolean shared = before.refCnt() > 1 || before.isReadOnly(); // payloads in it are on their way out
        boolean slice = before.maxWritableBytes() < in.readableBytes(); // of a WebSocket frame: it cannot grow
        if (shared || slice || (before.writableBytes() < in.readableBytes() && before.readerIndex() > 0)) {
            int bytes = before.readableBytes() + in.readableBytes();
            all = allocator.directBuffer(Math.max(FIRST_BYTES, bytes * 2));
            all.writeBytes(before);
            before.release();
        }
        all.writeBytes(in);
        in.release();
        return all;
    }

    /** {@return the unread rest in a buffer of its own size, so that a waiting connection holds no receive buffer} */
    static ByteBuf compact(ByteBufAllocator allocator, ByteBuf in) {
        if (in.readerIndex() == 0 && in.readableBytes() * 4 >= in.capacity()) {
            return in;
        }
        ByteBuf rest = allocator.directBuffer(Math.max(FIRST_BYTES, in.readableBytes() * 2));
        rest.writeBytes(in);
        in.release();
        return rest;
    }
}
