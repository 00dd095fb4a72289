// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.skep.broker.codec.PacketDecoder;
import io.skep.broker.codec.PacketEcho;
import io.skep.sdk.ProtocolVersion;
import java.lang.management.ManagementFactory;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is made to cost as much as possible costs in proportion to its size: it is received in pieces, decoded and read
 * in full. The bounds lie between what is linear and what is not, far from both.
 */
class ReceivingCostTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int PACKET_BYTES_MAX = 4 << 20;
    private static final byte CONNECT = 0x10;
    private static final int SMALL = 64 << 10;
    private static final int ROUNDS = 3;
    private static final int ATTEMPTS = 5;
    private static final int SEGMENT_BYTES = 1460;

    /** By how much sixteen times as much may cost more than sixteen times as much; quadratic cost would be 16. */
    private static final int TIME_FACTOR = 4;

    private static final int ALLOCATION_FACTOR = 3;

    /** What little work may take if the JIT compiler has not seen it yet. */
    private static final long NANOS_ANYWAY = 50_000;

    /** Where it is that something is repeated. */
    private enum Kind {
        PACKETS,
        BODY,
        PROPERTIES,
        FIELD
    }

    /** What a client may send in large numbers: properties, filters, levels, packets, bytes. */
    enum Hostile {
        USER_PROPERTIES_OF_CONNECT(Kind.PROPERTIES, "10", "0004 4D515454 05 02 0000", "26 0000 0000", "0000"),
        USER_PROPERTIES_OF_A_WILL(
                Kind.PROPERTIES, "10", "0004 4D515454 05 06 0000 00 0000", "26 0000 0000", "0001 61 0000"),
        USER_PROPERTIES_OF_PUBLISH(Kind.PROPERTIES, "32", "0001 61 0001", "26 0001 61 0001 62", "63"),
        USER_PROPERTIES_OF_PUBACK(Kind.PROPERTIES, "40", "0001 00", "26 0000 0000", ""),
        USER_PROPERTIES_OF_SUBSCRIBE(Kind.PROPERTIES, "82", "0001", "26 0003 E282AC 0004 F09F9880", "0001 61 00"),
        USER_PROPERTIES_OF_DISCONNECT(Kind.PROPERTIES, "E0", "00", "26 0000 0000", ""),
        SUBSCRIPTION_IDENTIFIERS(Kind.PROPERTIES, "82", "0001", "0B 01", "0001 61 00"),
        FILTERS_OF_SUBSCRIBE(Kind.BODY, "82", "0001 00", "0001 61 00", ""),
        SHARED_FILTERS(Kind.BODY, "82", "0001 00", "000A 2473686172652F612F2B 00", ""),
        FILTERS_OF_UNSUBSCRIBE(Kind.BODY, "A2", "0001 00", "0001 61", ""),
        LEVELS_OF_A_TOPIC(Kind.FIELD, "30", "", "2F", "00"),
        LEVELS_OF_A_FILTER(Kind.FIELD, "82", "0001 00", "2B2F", "00"),
        LEVELS_OF_A_WILL_TOPIC(Kind.FIELD, "10", "0004 4D515454 05 06 0000 00 0000 00", "61 2F", "0000"),
        CHARACTERS_OF_A_TOPIC(Kind.FIELD, "30", "", "C3BC", "00"),
        PUBLISHES(Kind.PACKETS, "", "", "30 04 0001 61 00", ""),
        PINGS(Kind.PACKETS, "", "", "C0 00", ""),
        BYTES_OF_A_PAYLOAD(Kind.BODY, "30", "0001 61 00", "FF", "");

        private final Kind kind;
        private final String first;
        private final String before;
        private final String repeated;
        private final String after;

        Hostile(Kind kind, String first, String before, String repeated, String after) {
            this.kind = kind;
            this.first = first;
            this.before = before;
            this.repeated = repeated;
            this.after = after;
        }

        private static byte[] bytes(String hex) {
            return HexFormat.of().parseHex(hex.replace(" ", ""));
        }

        /** Who repeats what may be there once is refused at the second. */
        String refusal() {
            return this == SUBSCRIPTION_IDENTIFIERS
                    ? "PROTOCOL_ERROR property SUBSCRIPTION_IDENTIFIER: repeated (expected: once)"
                    : "";
        }

        /** {@return the bytes of a size} No field is larger than 64 KiB; there the largest size is that. */
        byte[] ofSize(int bytes) {
            ByteBuf many = Unpooled.buffer(bytes);
            byte[] one = bytes(repeated);
            for (int i = 0; i < (kind == Kind.FIELD ? bytes / 16 - 1 : bytes) / one.length; i++) {
                many.writeBytes(one);
            }
            if (kind != Kind.PACKETS) {
                many = packet(many);
            }
            return ByteBufUtil.getBytes(many);
        }

        private ByteBuf packet(ByteBuf many) {
            ByteBuf body = Unpooled.buffer().writeBytes(bytes(before));
            switch (kind) {
                case PROPERTIES -> body.writeBytes(length(many.readableBytes()));
                case FIELD -> body.writeShort(many.readableBytes());
                case BODY, PACKETS -> {} // is told by the packet's own length
            }
            body.writeBytes(many).writeBytes(bytes(after));
            return Unpooled.wrappedBuffer(Unpooled.wrappedBuffer(bytes(first)), length(body.readableBytes()), body);
        }

        private static ByteBuf length(int value) {
            ByteBuf length = Unpooled.buffer();
            for (int rest = value; ; rest >>>= 7) {
                if (rest < 128) {
                    return length.writeByte(rest);
                }
                length.writeByte(rest | 0x80);
            }
        }
    }

    private record Cost(long nanos, long allocatedBytes) {

        Cost least(Cost other) {
            return new Cost(Math.min(nanos, other.nanos), Math.min(allocatedBytes, other.allocatedBytes));
        }

        boolean isLinearTo(Cost small, int size) {
            return nanos <= NANOS_ANYWAY + small.nanos * size * TIME_FACTOR
                    && allocatedBytes <= small.allocatedBytes * size * ALLOCATION_FACTOR;
        }
    }

    @ParameterizedTest
    @EnumSource
    void sixteenTimesAsMuchCostsAboutSixteenTimesAsMuch(Hostile hostile) {
        assertLinear(hostile, SMALL, SEGMENT_BYTES);
    }

    @ParameterizedTest
    @EnumSource(names = {"USER_PROPERTIES_OF_PUBLISH", "PUBLISHES", "BYTES_OF_A_PAYLOAD"})
    void soItDoesIfItArrivesByteByByte(Hostile hostile) {
        assertLinear(hostile, SMALL / 8, 1);
    }

    private static void assertLinear(Hostile hostile, int size, int pieceBytes) {
        byte[] small = hostile.ofSize(size);
        byte[] middle = hostile.ofSize(4 * size);
        byte[] large = hostile.ofSize(16 * size);
        assertThat(receive(large, pieceBytes)).isEqualTo(hostile.refusal());
        Cost ofSmall = cost(small, pieceBytes);
        Cost ofMiddle = cost(middle, pieceBytes);
        Cost ofLarge = cost(large, pieceBytes);
        for (int attempt = 1; attempt < ATTEMPTS && !ofLarge.isLinearTo(ofSmall, 16); attempt++) {
            ofSmall = cost(small, pieceBytes);
            ofMiddle = cost(middle, pieceBytes);
            ofLarge = cost(large, pieceBytes);
        }
        assertThat(ofLarge.isLinearTo(ofSmall, 16))
                .as("%s %s, four times as much: %s, sixteen times: %s", hostile, ofSmall, ofMiddle, ofLarge)
                .isTrue();
    }

    private static Cost cost(byte[] bytes, int pieceBytes) {
        Cost least = new Cost(Long.MAX_VALUE, Long.MAX_VALUE);
        for (int round = 0; round < ROUNDS; round++) {
            long allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
            long start = THREADS.getCurrentThreadCpuTime();
            receive(bytes, pieceBytes);
            long nanos = THREADS.getCurrentThreadCpuTime() - start;
            least = least.least(new Cost(nanos, THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore));
        }
        return least;
    }

    private static String receive(byte[] bytes, int pieceBytes) {
        CountedBuffers allocator = new CountedBuffers();
        boolean isConnect = bytes[0] == CONNECT;
        PacketDecoder decoder = isConnect
                ? new PacketDecoder(PACKET_BYTES_MAX)
                : PacketEcho.connected(ProtocolVersion.V5_0, PACKET_BYTES_MAX);
        PacketEcho echo = new PacketEcho(ProtocolVersion.V5_0, Unpooled.buffer());
        Receiver receiver = new Receiver(allocator, decoder, echo);
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        while (in.isReadable() && receiver.refusal().isEmpty()) {
            int length = Math.min(pieceBytes, in.readableBytes());
            receiver.receive(allocator.buffer(length).writeBytes(in, length));
        }
        receiver.close();
        return receiver.refusal();
    }
}
