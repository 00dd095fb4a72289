// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.skep.broker.codec.PacketTable.Row;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A seeded loop that damages valid packets: whatever comes in, an {@link MqttException} is the worst that comes out.
 */
class DamagedPacketsTest {

    private static final int ROUNDS = 300_000;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    @Test
    void neverDoMoreThanToBeRefused() {
        List<Row> rows = PacketTable.accepted();
        int decoded = 0;
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Row row = rows.get(random.nextInt(rows.size()));
            byte[] damaged = damage(row.bytes());
            try {
                decoded += decodeAll(row.decoder(), damaged);
            } catch (MqttException e) {
                refused++;
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ", " + row + " as " + Arrays.toString(damaged), e);
            }
        }
        assertThat(decoded).as("seed %d", seed).isGreaterThan(ROUNDS / 20);
        assertThat(refused).as("seed %d", seed).isGreaterThan(ROUNDS / 20);
    }

    /** Decodes until nothing whole is left; bytes behind the writer index are there, and must not be read. */
    private static int decodeAll(PacketDecoder decoder, byte[] damaged) {
        byte[] backing = Arrays.copyOf(damaged, damaged.length + 64);
        Arrays.fill(backing, damaged.length, backing.length, (byte) 0xFF);
        ByteBuf in = Unpooled.wrappedBuffer(backing).writerIndex(damaged.length);
        int decoded = 0;
        while (decoder.decode(in, new ReadsEverything())) {
            assertThat(in.readerIndex()).isLessThanOrEqualTo(in.writerIndex());
            decoded++;
        }
        assertThat(decoder.packetBytes(in)).isLessThanOrEqualTo(PacketTable.PACKET_BYTES_MAX);
        return decoded;
    }

    private byte[] damage(byte[] packet) {
        byte[] damaged = packet.clone();
        for (int i = random.nextInt(3); i >= 0 && damaged.length > 0; i--) {
            int index = random.nextInt(damaged.length);
            damaged = switch (random.nextInt(5)) {
                case 0 -> flip(damaged, index);
                case 1 -> replace(damaged, index);
                case 2 -> Arrays.copyOf(damaged, index);
                case 3 -> insert(damaged, index);
                default -> append(damaged, packet);
            };
        }
        return damaged;
    }

    private byte[] flip(byte[] bytes, int index) {
        bytes[index] ^= (byte) (1 << random.nextInt(8));
        return bytes;
    }

    private byte[] replace(byte[] bytes, int index) {
        bytes[index] = (byte) random.nextInt(256);
        return bytes;
    }

    private byte[] insert(byte[] bytes, int index) {
        byte[] longer = new byte[bytes.length + 1];
        System.arraycopy(bytes, 0, longer, 0, index);
        longer[index] = (byte) random.nextInt(256);
        System.arraycopy(bytes, index, longer, index + 1, bytes.length - index);
        return longer;
    }

    private static byte[] append(byte[] bytes, byte[] more) {
        byte[] both = Arrays.copyOf(bytes, bytes.length + more.length);
        System.arraycopy(more, 0, both, bytes.length, more.length);
        return both;
    }

    /** A decoded packet is safe to read in full, and stays within its buffer. */
    private static final class ReadsEverything implements PacketHandler {

        private final Transcript transcript = new Transcript();

        @Override
        public void onPublish(PublishFrame publish) {
            int end = publish.buffer().readerIndex();
            assertThat(publish.topicStart() + publish.topicLength()).isLessThanOrEqualTo(end);
            assertThat(publish.payloadStart() + publish.payloadLength()).isEqualTo(end);
            Properties.of(publish.forwardableProperties()).userProperties();
            transcript.onPublish(publish);
        }

        @Override
        public void onAck(PacketType type, int packetId, int reasonCode, AckProperties properties) {
            assertThat(packetId).isBetween(1, 65_535);
            assertThat(reasonCode).isBetween(0, 255);
        }

        @Override
        public void onPingreq() {}

        @Override
        public void onPacket(Packet packet) {
            transcript.onPacket(packet);
        }
    }
}
