// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CumulationTest {

    private final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;

    /** mqtt.js writes the first byte of CONNECT into a frame of its own. */
    @Test
    void aSliceThatCannotGrowIsContinuedInABufferThatCan() {
        ByteBuf frames = buffer("ab");
        ByteBuf first = frames.readRetainedSlice(1);
        ByteBuf second = frames.readRetainedSlice(1);
        frames.release();

        ByteBuf both = Cumulation.append(allocator, first, second);

        assertThat(both.toString(StandardCharsets.US_ASCII)).isEqualTo("ab");
        assertThat(both.release()).isTrue();
        assertThat(frames.refCnt()).isZero();
    }

    @Test
    void aBufferWithRoomIsAppendedTo() {
        ByteBuf before = buffer("ab");
        ByteBuf all = Cumulation.append(allocator, before, buffer("cd"));
        assertThat(all).isSameAs(before);
        assertThat(all.toString(StandardCharsets.US_ASCII)).isEqualTo("abcd");
        all.release();
    }

    private ByteBuf buffer(String text) {
        return allocator.directBuffer(16).writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
}
