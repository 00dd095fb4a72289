// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Cuts bytes into pieces of two sizes that take turns, given as two digits of four bits; 0 stands for the rest. */
final class Pieces {

    private final ByteBuf bytes;
    private final int sizes;
    private final boolean ofFrames;
    private final ByteBufAllocator allocator;
    private boolean odd;

    /** With {@code ofFrames} a piece is part of a WebSocket frame, in whose buffer is no room for more. */
    Pieces(ByteBuf bytes, int sizes, boolean ofFrames, ByteBufAllocator allocator) {
        this.bytes = bytes;
        this.sizes = sizes;
        this.ofFrames = ofFrames;
        this.allocator = allocator;
    }

    boolean hasNext() {
        return bytes.isReadable();
    }

    /** {@return the next piece, which is the caller's} */
    ByteBuf next() {
        int size = odd ? sizes >> 4 & 0x0F : sizes & 0x0F;
        odd = !odd;
        int length = size == 0 ? bytes.readableBytes() : Math.min(size, bytes.readableBytes());
        ByteBuf buffer = allocator.buffer(length * 2).writeBytes(bytes, length);
        if (!ofFrames) {
            return buffer;
        }
        ByteBuf piece = buffer.readRetainedSlice(length);
        buffer.release();
        return piece;
    }
}
