// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.skep.broker.codec.PacketTable.Row;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.ReasonCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

class PacketDecoderTest {

    private static final String ACCEPTED = "io.skep.broker.codec.PacketTable#accepted";
    private static final String REFUSED = "io.skep.broker.codec.PacketTable#refused";

    private final Transcript transcript = new Transcript();

    @ParameterizedTest
    @MethodSource(ACCEPTED)
    void understandsWhatIsValid(Row row) {
        ByteBuf in = Unpooled.wrappedBuffer(row.bytes());

        assertThat(row.decoder().decode(in, transcript)).isTrue();

        assertThat(transcript.lines()).containsExactly(row.outcome());
        assertThat(in.isReadable()).isFalse();
    }

    @ParameterizedTest
    @MethodSource(REFUSED)
    void refusesWhatIsNot(Row row) {
        PacketDecoder decoder = row.decoder();
        ByteBuf in = Unpooled.wrappedBuffer(row.bytes());

        MqttException refusal = catchThrowableOfType(MqttException.class, () -> decoder.decode(in, transcript));

        assertThat(refusal).isNotNull();
        String outcome = refusal.reason() + (row.version().equals("-") ? " " + decoder.version() : "");
        assertThat(outcome).isEqualTo(row.outcome());
        assertThat(refusal).hasMessageContaining("(expected: ").hasNoCause();
        assertThat(refusal.getStackTrace()).isEmpty();
        assertThat(transcript.lines()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource(ACCEPTED)
    void waitsForTheRestOfAPacketThatWasCutAnywhere(Row row) {
        PacketDecoder decoder = row.decoder();
        ByteBuf in = Unpooled.directBuffer(row.bytes().length);
        try {
            for (byte next : row.bytes()) {
                assertThat(decoder.decode(in, transcript)).isFalse();
                assertThat(in.readerIndex()).isZero();
                assertThat(decoder.packetBytes(in)).isIn(-1, row.bytes().length);
                in.writeByte(next);
            }
            assertThat(decoder.decode(in, transcript)).isTrue();
            assertThat(transcript.lines()).containsExactly(row.outcome());
        } finally {
            in.release();
        }
    }

    @ParameterizedTest
    @MethodSource(ACCEPTED)
    void takesOnePacketOfSeveralAndLooksNoFurther(Row row) {
        PacketDecoder decoder = row.decoder();
        ByteBuf in = Unpooled.wrappedBuffer(new byte[] {0x7F}, row.bytes(), new byte[] {(byte) 0xFF, (byte) 0xFF});
        in.skipBytes(1);

        assertThat(decoder.packetBytes(in)).isEqualTo(row.bytes().length);
        assertThat(decoder.decode(in, transcript)).isTrue();

        assertThat(transcript.lines()).containsExactly(row.outcome());
        assertThat(in.readerIndex()).isEqualTo(1 + row.bytes().length);
    }

    @Test
    void decodesWhatArrivesTogetherInItsOrder() {
        PacketDecoder decoder = new PacketDecoder(1_000);
        ByteBuf in = Unpooled.wrappedBuffer(Wire.bytes(
                "10 [ 'MQTT' 05 02 0000 [ ] 'a' ] 32 [ 'b' 0001 [ 02 00000001 01 01 23 0001 ] ] 30 [ 'c' [ ] ] C0 00"));

        while (decoder.decode(in, transcript)) {
            assertThat(transcript.lines().size()).isLessThanOrEqualTo(4);
        }

        assertThat(transcript.lines())
                .containsExactly(
                        "CONNECT V5_0 clean keepAlive=0 id=a",
                        "PUBLISH b qos=1 id=1 alias=1 expiry=1 text {PAYLOAD_FORMAT_INDICATOR=1} payload=",
                        "PUBLISH c qos=0 payload=", // nothing of the packet before sticks to the frame
                        "PINGREQ");
    }

    @Test
    void speaks311UntilItHeardAConnect() {
        assertThat(new PacketDecoder(1_000).version()).isEqualTo(ProtocolVersion.V3_1_1);
    }

    @Test
    void acceptsAPacketOfTheMaximumSizeAndRefusesALargerOneByItsHeader() {
        Row row = PacketTable.accepted().stream()
                .filter(accepted -> accepted.version().equals("3.1.1"))
                .findFirst()
                .orElseThrow();
        ByteBuf atLimit = Unpooled.buffer().writeByte(0x30);
        VarInt.write(atLimit, PacketTable.PACKET_BYTES_MAX - 3);
        atLimit.writeBytes(Wire.bytes("'a'")).writeZero(PacketTable.PACKET_BYTES_MAX - 6);
        ByteBuf above = Unpooled.buffer().writeByte(0x30);
        VarInt.write(above, PacketTable.PACKET_BYTES_MAX - 2);

        assertThat(row.decoder().decode(atLimit, transcript)).isTrue();
        MqttException refusal =
                catchThrowableOfType(MqttException.class, () -> row.decoder().decode(above, transcript));

        assertThat(refusal.reason()).isEqualTo(ReasonCode.PACKET_TOO_LARGE);
    }

    @ParameterizedTest
    @FieldSource("WRONG_HEADERS")
    void refusesAWrongHeaderBeforeThePacketHasArrived(String header) {
        ByteBuf in = Unpooled.wrappedBuffer(Wire.bytes(header));

        assertThat(catchThrowableOfType(MqttException.class, () -> new PacketDecoder(1_000).decode(in, transcript)))
                .isNotNull();
    }

    static final String[] WRONG_HEADERS = {"16 03", "47 45", "10 FFFF7F", "30 05", "10 80808080"};
}
