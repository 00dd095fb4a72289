// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.util.Arrays;

/** Counts the memory of all buffers that are not released. A new buffer is full of what nobody may take for content. */
final class CountedBuffers extends AbstractByteBufAllocator {

    private long bytes;
    private long bytesMax;
    private int buffers;

    /** {@return the buffers that somebody still holds} */
    int held() {
        return buffers;
    }

    /** {@return the bytes that were held at once, at most} */
    long bytesMax() {
        return bytesMax;
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return new Counted(initialCapacity, maxCapacity);
    }

    /** On the heap, too: nothing depends on the place, and it costs less. */
    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        return new Counted(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return false;
    }

    private final class Counted extends UnpooledHeapByteBuf {

        Counted(int initialCapacity, int maxCapacity) {
            super(CountedBuffers.this, initialCapacity, maxCapacity);
        }

        @Override
        protected byte[] allocateArray(int initialCapacity) {
            byte[] array = super.allocateArray(initialCapacity);
            Arrays.fill(array, (byte) 0xF7);
            buffers++;
            bytes += initialCapacity;
            bytesMax = Math.max(bytesMax, bytes);
            return array;
        }

        @Override
        protected void freeArray(byte[] array) {
            buffers--;
            bytes -= array.length;
        }
    }
}
