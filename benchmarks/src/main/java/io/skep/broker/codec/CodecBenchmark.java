// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A PUBLISH and its PUBACK, from bytes and to bytes: nanoseconds per packet. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecBenchmark {

    private static final int PACKETS = 100;
    private static final byte[] TOPIC = "site/17/device/4711/temperature".getBytes(UTF_8);

    /** 4 for MQTT 3.1.1, 5 for MQTT 5.0: a CONNECT of that version is read first. */
    @Param({"4", "5"})
    public int version;

    @Param({"64", "1024"})
    public int payloadBytes;

    private final PacketDecoder decoder = new PacketDecoder(1 << 20);
    private final Sum sum = new Sum();
    private final ByteBuf out = Unpooled.directBuffer(PACKETS * 2048);
    private ByteBuf publishes = Unpooled.EMPTY_BUFFER;
    private ByteBuf acks = Unpooled.EMPTY_BUFFER;
    private ByteBuf payload = Unpooled.EMPTY_BUFFER;

    /** Makes the packets that are read again and again. */
    @Setup
    public void fill() {
        decoder.decode(connect(), sum);
        payload = Unpooled.directBuffer(payloadBytes).writeZero(payloadBytes);
        publishes = Unpooled.directBuffer(PACKETS * (payloadBytes + 64));
        acks = Unpooled.directBuffer(PACKETS * 4);
        for (int id = 1; id <= PACKETS; id++) {
            PacketEncoder.publish(publishes, 0x32, TOPIC, id, payloadBytes, version == 5);
            publishes.writeBytes(payload, 0, payloadBytes);
            PacketEncoder.ack(acks, version == 5, PacketType.PUBACK, id, 0);
        }
    }

    private ByteBuf connect() {
        ByteBuf connect = Unpooled.buffer().writeByte(0x10).writeByte(version == 5 ? 14 : 13);
        connect.writeShort(4)
                .writeBytes("MQTT".getBytes(UTF_8))
                .writeByte(version)
                .writeByte(2);
        connect.writeShort(60);
        if (version == 5) {
            connect.writeByte(0);
        }
        return connect.writeShort(1).writeByte('a');
    }

    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public long decodePublish() {
        return decode(publishes);
    }

    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public long decodePuback() {
        return decode(acks);
    }

    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public int encodePublish() {
        out.clear();
        for (int id = 1; id <= PACKETS; id++) {
            PacketEncoder.publish(out, 0x32, TOPIC, id, payloadBytes, version == 5);
            out.writeBytes(payload, 0, payloadBytes);
        }
        return out.readableBytes();
    }

    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public int encodePuback() {
        out.clear();
        for (int id = 1; id <= PACKETS; id++) {
            PacketEncoder.ack(out, version == 5, PacketType.PUBACK, id, 0);
        }
        return out.readableBytes();
    }

    private long decode(ByteBuf in) {
        in.readerIndex(0);
        while (decoder.decode(in, sum)) {
            sum.packets++;
        }
        return sum.bytes + sum.packets;
    }

    /** Looks at what a broker looks at. */
    private static final class Sum implements PacketHandler {

        private long bytes;
        private long packets;

        @Override
        public void onPublish(PublishFrame frame) {
            bytes += frame.topicLength() + frame.payloadLength() + frame.qos() + frame.packetId();
        }

        @Override
        public void onAck(PacketType type, int packetId, int reasonCode, AckProperties properties) {
            bytes += packetId + reasonCode;
        }

        @Override
        public void onPingreq() {}

        @Override
        public void onPacket(Packet packet) {}
    }
}
