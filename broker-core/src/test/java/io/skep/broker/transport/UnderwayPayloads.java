// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.skep.broker.codec.AckProperties;
import io.skep.broker.codec.Packet;
import io.skep.broker.codec.PacketHandler;
import io.skep.broker.codec.PacketType;
import io.skep.broker.codec.PublishFrame;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Hands on what it hears, and may keep the last payloads for a while, as subscribers do: what arrives afterwards must
 * not change them.
 */
final class UnderwayPayloads implements PacketHandler {

    private static final int KEPT_MAX = 3;

    private final PacketHandler next;
    private final boolean keeps;
    private final Deque<Payload> payloads = new ArrayDeque<>();

    UnderwayPayloads(PacketHandler next, boolean keeps) {
        this.next = next;
        this.keeps = keeps;
    }

    private record Payload(ByteBuf shared, ByteBuf copy) {}

    @Override
    public void onPublish(PublishFrame publish) {
        if (keeps) {
            ByteBuf shared = publish.buffer().retainedSlice(publish.payloadStart(), publish.payloadLength());
            payloads.add(new Payload(shared, Unpooled.wrappedBuffer(ByteBufUtil.getBytes(shared))));
            if (payloads.size() > KEPT_MAX) {
                release(payloads.remove());
            }
        }
        next.onPublish(publish);
    }

    @Override
    public void onAck(PacketType type, int packetId, int reasonCode, AckProperties properties) {
        next.onAck(type, packetId, reasonCode, properties);
    }

    @Override
    public void onPingreq() {
        next.onPingreq();
    }

    @Override
    public void onPacket(Packet packet) {
        next.onPacket(packet);
    }

    void release() {
        payloads.forEach(UnderwayPayloads::release);
    }

    private static void release(Payload payload) {
        boolean same = payload.shared().equals(payload.copy());
        payload.shared().release();
        if (!same) {
            throw new AssertionError("payload: changed while underway");
        }
    }
}
