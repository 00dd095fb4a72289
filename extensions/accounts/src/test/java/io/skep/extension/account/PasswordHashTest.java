// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {

    /** Made with another implementation of the algorithm. */
    private static final String FOREIGN =
            "$pbkdf2-sha512$i=1234$AAECAwQFBgcICQoLDA0ODw$0OVPX17QGSEgvOUsu4PWCLy9n0gBR6Q7L4Q5xb+qv9Aq+p76E0BP+klaT8MlpFdGq76/AT944fub8QsCKhLuVw";

    @Test
    void understandsHashesOfOtherPrograms() {
        PasswordHash hash = PasswordHash.parse(FOREIGN);

        assertThat(hash.matches(utf8("grüße, pass"))).isTrue();
        assertThat(hash.matches(utf8("grüße, Pass"))).isFalse();
        assertThat(hash.matches(utf8(""))).isFalse();
        assertThat(hash).hasToString(FOREIGN);
    }

    @Test
    void aNewHashHasASaltOfItsOwnAndMatchesItsPassword() {
        PasswordHash hash = PasswordHash.create("secret", 1000);

        assertThat(hash.toString())
                .startsWith("$pbkdf2-sha512$i=1000$")
                .isNotEqualTo(PasswordHash.create("secret", 1000).toString());
        assertThat(PasswordHash.parse(hash.toString()).matches(utf8("secret"))).isTrue();
    }

    @Test
    void bytesThatAreNoTextMatchNothing() {
        PasswordHash hash = PasswordHash.create("\uFFFD", 1000);

        assertThat(hash.matches(new byte[] {(byte) 0xff})).isFalse();
        assertThat(hash.matches(utf8("\uFFFD"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secret",
                "$pbkdf2-sha512$i=0$AAECAwQFBgcICQoLDA0ODw$x",
                "$pbkdf2-sha256$i=1000$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw",
                "$pbkdf2-sha512$i=1000$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw"
            })
    void anythingElseIsRefusedWithoutRepeatingIt(String text) {
        assertThatThrownBy(() -> PasswordHash.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("password: not a hash (expected: $pbkdf2-sha512$i=..., made with skep passwd)");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
