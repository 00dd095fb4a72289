// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.account;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WildcardTest {

    @ParameterizedTest
    @CsvSource({
        "dev1, dev1, true",
        "dev1, dev12, false",
        "dev*, dev, true",
        "dev*, dev12, true",
        "dev*, xdev, false",
        "*dev, xdev, true",
        "a*b*c, abc, true",
        "a*b*c, axxbxxc, true",
        "a*b*c, acb, false",
        "ab*ba, aba, false",
        "*, anything, true",
        "%u, anna, true",
        "%u-*, anna-7, true",
        "%u-*, bert-7, false",
    })
    void aStarStandsForAnyCharacters(String pattern, String clientId, boolean matches) {
        assertThat(Wildcard.matches(pattern, "anna", clientId)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({"a*b, true", "axb, false"})
    void aStarInAUserNameIsItself(String clientId, boolean matches) {
        assertThat(Wildcard.matches("%u", "a*b", clientId)).isEqualTo(matches);
    }
}
