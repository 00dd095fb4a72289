// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a", "sensors/7", "exactly8", "ä", "日本/語", "\uD83D\uDE00", "\uFEFF", "\uFFFF", "\u007F\u0001"
            })
    void acceptsEveryCharacterButNull(String text) {
        assertThat(isValid(text.getBytes(UTF_8))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00",
                "80",
                "BF",
                "C0AF",
                "C080",
                "C1BF",
                "C3",
                "C328",
                "E08080",
                "E09FBF",
                "EDA080",
                "EDBFBF",
                "E282",
                "E28228",
                "F08080AF",
                "F08FBFBF",
                "F4908080",
                "F5808080",
                "F09F98",
                "F09F9828",
                "FE",
                "FF"
            })
    void refusesWhatIsIllFormedWhereverItStands(String hex) {
        byte[] wrong = HexFormat.of().parseHex(hex);
        for (int before = 0; before < 18; before++) {
            for (int after = 0; after < 10; after++) {
                byte[] text = new byte[before + wrong.length + after];
                Arrays.fill(text, (byte) 'x');
                System.arraycopy(wrong, 0, text, before, wrong.length);
                assertThat(isValid(text))
                        .as("%s after %d and before %d", hex, before, after)
                        .isFalse();
            }
        }
    }

    @Test
    void agreesWithThePlatformOnRandomBytes() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] typical = {
            'a', 0x7F, (byte) 0x80, (byte) 0xBF, (byte) 0xC2, (byte) 0xE0, (byte) 0xED, (byte) 0xF0, (byte) 0xF4
        };
        for (int round = 0; round < 200_000; round++) {
            byte[] text = new byte[1 + random.nextInt(12)];
            for (int i = 0; i < text.length; i++) {
                text[i] = typical[random.nextInt(typical.length)];
            }
            assertThat(isValid(text))
                    .as("seed %d: %s", seed, HexFormat.of().formatHex(text))
                    .isEqualTo(isValidForThePlatform(text));
        }
    }

    private static boolean isValidForThePlatform(byte[] text) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static boolean isValid(byte[] text) {
        ByteBuf in = Unpooled.wrappedBuffer(new byte[] {(byte) 0xFF}, text, new byte[] {(byte) 0x80});
        return Utf8.isValid(in, 1, text.length);
    }
}
