// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.skep.broker.codec.MqttException;
import io.skep.broker.codec.PacketDecoder;
import io.skep.broker.codec.PacketEcho;
import io.skep.broker.codec.PacketHandler;
import io.skep.sdk.ProtocolVersion;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/**
 * Feeds the decoder with what a fuzzer thinks up, in pieces as a connection does; HACKING.md says how to run it. The
 * first byte of an input says which version is spoken and how the pieces arrive, the second how large they are; the
 * others are what the client sends.
 */
class ReceivedBytesFuzzTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int PACKET_BYTES_MAX = 268_435_460;
    private static final int SMALL_PACKET_BYTES_MAX = 128;

    /** A length field of two bytes may promise more than this. */
    private static final int BYTES_ANYWAY = 32 << 10;

    private static final int BYTES_PER_BYTE = 200;

    /** What the client's bytes came to: packets in their normal form, and why the connection closed, if it did. */
    private record Outcome(ByteBuf packets, String refusal) {}

    /** The words are those that chance does not find: names, and what looks like UTF-8. */
    @DictionaryEntries({
        "MQTT",
        "MQIsdp",
        "$share/",
        "\\xED\\xA0\\x80",
        "\\xC0\\x80",
        "\\xEF\\xBF\\xBF",
        "\\xF0\\x90\\x80\\x80",
        "\\xF4\\x90\\x80\\x80"
    })
    @FuzzTest(maxDuration = "30s")
    void whateverArrivesIsDecodedOrRefused(byte[] input) {
        if (input.length < 2) {
            return;
        }
        ByteBuf sent = Unpooled.wrappedBuffer(input, 2, input.length - 2).asReadOnly();
        Plan plan = new Plan(input[0], input[1]);

        Outcome whole = whole(plan, sent.duplicate());
        Outcome inPieces = inPieces(plan, sent.duplicate());

        check(inPieces.equals(whole), () -> "in pieces " + text(inPieces) + " (expected: " + text(whole) + ")");
        Outcome again = whole(plan.withoutLimit(), whole.packets().duplicate());
        check(again.packets().equals(whole.packets()), () -> "again " + text(again) + " (expected: " + text(whole));
        checkMemory(plan, sent);
    }

    private static Outcome whole(Plan plan, ByteBuf in) {
        ByteBuf out = Unpooled.buffer();
        return new Outcome(out, decode(plan.decoder(), in, plan.echo(out)));
    }

    private static Outcome inPieces(Plan plan, ByteBuf in) {
        CountedBuffers allocator = new CountedBuffers();
        ByteBuf out = Unpooled.buffer();
        UnderwayPayloads handler = new UnderwayPayloads(plan.echo(out), plan.payloadsKept());
        Receiver receiver = new Receiver(allocator, plan.decoder(), handler);
        Pieces pieces = new Pieces(in, plan.sizes(), plan.arrivesInFrames(), allocator);
        while (pieces.hasNext() && receiver.refusal().isEmpty()) {
            receiver.receive(pieces.next());
        }
        receiver.close();
        handler.release();
        check(allocator.held() == 0, () -> "buffers: " + allocator.held() + " (expected: all released)");
        long bytesMax = BYTES_ANYWAY + 16L * in.writerIndex();
        check(allocator.bytesMax() <= bytesMax, () -> "buffered: " + allocator.bytesMax() + " for " + in);
        return new Outcome(out, receiver.refusal());
    }

    /** {@return why the connection closes, empty if it does not} */
    private static String decode(PacketDecoder decoder, ByteBuf in, PacketHandler handler) {
        int start = in.readerIndex();
        try {
            while (decoder.decode(in, handler)) {
                check(in.readerIndex() > start && in.readerIndex() <= in.writerIndex(), () -> "decoded up to " + in);
                start = in.readerIndex();
            }
        } catch (MqttException e) {
            return e.reason() + " " + e.getMessage();
        }
        int begun = start;
        check(in.readerIndex() == begun, () -> "waits at " + in + " (expected: " + begun + ")");
        check(decoder.packetBytes(in) <= PACKET_BYTES_MAX, () -> "waits for " + decoder.packetBytes(in) + " bytes");
        return "";
    }

    /** What the decoder itself allocates follows what came, not what a length field promises. */
    private static void checkMemory(Plan plan, ByteBuf sent) {
        long bytesMax = BYTES_ANYWAY + (long) BYTES_PER_BYTE * sent.readableBytes();
        long bytes = allocated(plan, sent);
        if (bytes > bytesMax) { // the first time it may have loaded classes
            bytes = allocated(plan, sent);
        }
        long last = bytes;
        check(last <= bytesMax, () -> "allocated: " + last + " (expected: at most " + bytesMax + ")");
    }

    private static long allocated(Plan plan, ByteBuf sent) {
        PacketDecoder decoder = plan.decoder();
        ByteBuf in = sent.duplicate();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        decode(decoder, in, new Unheard());
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private static void check(boolean holds, Supplier<String> text) {
        if (!holds) {
            throw new AssertionError(text.get());
        }
    }

    private static String text(Outcome outcome) {
        return ByteBufUtil.hexDump(outcome.packets()) + " " + outcome.refusal();
    }

    /** The first two bytes of an input, and what they mean. */
    private record Plan(int mode, int sizes) {

        private static final ProtocolVersion[] VERSIONS = ProtocolVersion.values();

        /** Before CONNECT, or after the one of a version. */
        PacketDecoder decoder() {
            int packetBytesMax = (mode & 0x04) == 0 ? PACKET_BYTES_MAX : SMALL_PACKET_BYTES_MAX;
            return (mode & 3) == 0
                    ? new PacketDecoder(packetBytesMax)
                    : PacketEcho.connected(version(), packetBytesMax);
        }

        PacketEcho echo(ByteBuf out) {
            return new PacketEcho(version(), out);
        }

        private ProtocolVersion version() {
            return VERSIONS[Math.max(0, (mode & 3) - 1)];
        }

        /** Whether payloads are still on their way to subscribers when the next piece arrives. */
        boolean payloadsKept() {
            return (mode & 0x08) != 0;
        }

        boolean arrivesInFrames() {
            return (mode & 0x10) != 0;
        }

        Plan withoutLimit() {
            return new Plan(mode & ~0x04, sizes);
        }
    }
}
