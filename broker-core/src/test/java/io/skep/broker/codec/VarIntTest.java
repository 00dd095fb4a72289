// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.skep.sdk.ReasonCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VarIntTest {

    @ParameterizedTest
    @CsvSource({
        "0, 00",
        "127, 7F",
        "128, 8001",
        "16383, FF7F",
        "16384, 808001",
        "2097151, FFFF7F",
        "2097152, 80808001",
        "268435455, FFFFFF7F"
    })
    void isWrittenAndReadInItsShortestForm(int value, String hex) {
        ByteBuf out = Unpooled.buffer();

        VarInt.write(out, value);

        assertThat(Wire.hex(out)).isEqualTo(Wire.hex(hex));
        assertThat(VarInt.size(value)).isEqualTo(out.readableBytes());
        assertThat(VarInt.read(out, 0, out.writerIndex())).isEqualTo(value);
        for (int end = 0; end < out.writerIndex(); end++) {
            assertThat(VarInt.read(out, 0, end)).isEqualTo(VarInt.INCOMPLETE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"8000", "FF00", "808000", "FFFF00", "80808000", "80808080", "8080808001", "FFFFFFFF7F"})
    void isRefusedWhenPaddedOrTooLong(String hex) {
        ByteBuf in = Unpooled.wrappedBuffer(Wire.bytes(hex));

        MqttException refusal = catchThrowableOfType(MqttException.class, () -> VarInt.read(in, 0, in.writerIndex()));

        assertThat(refusal.reason()).isEqualTo(ReasonCode.MALFORMED_PACKET);
    }
}
