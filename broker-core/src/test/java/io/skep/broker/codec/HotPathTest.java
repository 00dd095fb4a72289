// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class HotPathTest {

    private static final int ROUNDS = 20_000;
    private static final byte[] TOPIC = "sensors/7/temperature".getBytes(UTF_8);

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final PacketDecoder decoder = new PacketDecoder(1_000);
    private final Counter counter = new Counter();

    @Test
    void decodingMakesNoGarbage() {
        decoder.decode(Unpooled.wrappedBuffer(Wire.bytes("10 [ 'MQTT' 05 02 0000 [ ] 'a' ]")), counter);
        ByteBuf in = Unpooled.wrappedBuffer(Wire.bytes("30 [ 'sensors/7/temperature' [ ] \"21.5\" ]"
                + "32 [ 'sensors/7/temperature' 0001 [ 02 0000003C 01 01 23 0001 26 'unit' '°C' ] \"21.5\" ]"
                + "40 [ 0001 ] 50 [ 0001 10 ] 62 [ 0001 00 [ 1F 'reason' ] ] 70 [ 0001 ] C0 00"));

        assertThat(bytesAllocatedBy(() -> decodeAgain(in))).isLessThan(ROUNDS);
        assertThat(counter.packets).isEqualTo(7L * ROUNDS * 2);
    }

    @Test
    void encodingMakesNoGarbage() {
        ByteBuf out = Unpooled.buffer(1_000);
        DeliveryProperties properties = new DeliveryProperties(60, Wire.bytes("01 01"), new int[] {1}, 1);

        assertThat(bytesAllocatedBy(() -> encodeAgain(out, properties))).isLessThan(ROUNDS);
        assertThat(out.readableBytes()).isPositive();
    }

    private void decodeAgain(ByteBuf in) {
        in.readerIndex(0);
        while (decoder.decode(in, counter)) {
            counter.packets++;
        }
    }

    private static void encodeAgain(ByteBuf out, DeliveryProperties properties) {
        out.clear();
        PacketEncoder.publish(out, 0x32, TOPIC, 1, 4, false);
        PacketEncoder.publish(out, 0x32, TOPIC, 1, 4, true);
        PacketEncoder.publish(out, 0x32, TOPIC, 1, 4, properties);
        PacketEncoder.ack(out, true, PacketType.PUBACK, 1, 0x10);
        PacketEncoder.ack(out, false, PacketType.PUBREL, 1, 0);
        PacketEncoder.pingresp(out);
    }

    /** Runs it once to load what is to be loaded, then again under the eyes of the JVM. */
    private long bytesAllocatedBy(Runnable round) {
        repeat(round);
        long before = threads.getCurrentThreadAllocatedBytes();
        repeat(round);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static void repeat(Runnable round) {
        for (int i = 0; i < ROUNDS; i++) {
            round.run();
        }
    }

    private static final class Counter implements PacketHandler {

        private long packets;

        @Override
        public void onPublish(PublishFrame publish) {
            packets += publish.topicLength() > 0 ? 0 : 1;
        }

        @Override
        public void onAck(PacketType type, int packetId, int reasonCode, AckProperties properties) {
            packets += packetId > 0 ? 0 : 1;
        }

        @Override
        public void onPingreq() {}

        @Override
        public void onPacket(Packet packet) {}
    }
}
