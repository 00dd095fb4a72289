// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** The properties of an acknowledgement, which hardly anybody asks for: read where they lie, during the call only. */
public final class AckProperties {

    private ByteBuf in = Unpooled.EMPTY_BUFFER;
    private PacketType type = PacketType.PUBACK;
    private int start;
    private int end;

    /** {@return this, which now stands for what is there; nothing if the packet ends before} */
    AckProperties at(ByteBuf buffer, PacketType packet, int from, int to) {
        in = buffer;
        type = packet;
        start = from;
        end = to;
        return this;
    }

    /** {@return what the packet has; they have been checked} */
    public Properties read() {
        return start >= end ? Properties.EMPTY : new PacketBody(in, start, end).properties(Property.In.packet(type));
    }
}
