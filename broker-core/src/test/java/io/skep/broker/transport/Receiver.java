// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.skep.broker.codec.MqttException;
import io.skep.broker.codec.PacketDecoder;
import io.skep.broker.codec.PacketHandler;
import org.jspecify.annotations.Nullable;

/** Does with the bytes of a client as {@link Intake} does, but without a connection and its broker. */
final class Receiver {

    private final ByteBufAllocator allocator;
    private final PacketDecoder decoder;
    private final PacketHandler handler;
    private @Nullable ByteBuf kept;
    private String refusal = "";

    Receiver(ByteBufAllocator allocator, PacketDecoder decoder, PacketHandler handler) {
        this.allocator = allocator;
        this.decoder = decoder;
        this.handler = handler;
    }

    /** {@return why the connection closed, empty while it is open} */
    String refusal() {
        return refusal;
    }

    /** Takes a piece, which is the receiver's from now on. */
    void receive(ByteBuf piece) {
        ByteBuf in = kept == null ? piece : Cumulation.append(allocator, kept, piece);
        kept = null;
        try {
            while (decoder.decode(in, handler)) {
                // the handler has heard it
            }
        } catch (MqttException e) {
            refusal = e.reason() + " " + e.getMessage();
        }
        if (refusal.isEmpty() && in.isReadable()) {
            kept = Cumulation.compact(allocator, in);
        } else {
            in.release();
        }
    }

    void close() {
        if (kept != null) {
            kept.release();
            kept = null;
        }
    }
}
