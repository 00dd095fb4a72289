// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceholdersTest {

    @ParameterizedTest
    @CsvSource({
        "a/b, a/b",
        "%c/#, dev7/#",
        "x/%u/%c/y, x/anna/dev7/y",
        "pre-%c, pre-dev7",
        "100%/%x, 100%/%x",
        "%%c, %dev7"
    })
    void standForClientIdAndUserName(String filter, String filled) {
        assertThat(new Placeholders("dev7", "anna").fill(filter)).isEqualTo(filled);
    }

    @Test
    void aValueIsNotLookedIntoAgain() {
        assertThat(new Placeholders("%u\\1$2", "anna").fill("x/%c/%u")).isEqualTo("x/%u\\1$2/anna");
    }

    @ParameterizedTest
    @ValueSource(strings = {"#", "+", "a/b", "a+", "", "$SYS"})
    void aValueThatWouldReachOtherTopicsIsRefused(String value) {
        assertThatThrownBy(() -> new Placeholders(value, "u").fill("%c/#"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("client id: '" + value + "' (expected: ");
        assertThatThrownBy(() -> new Placeholders("c", value).fill("x/%u"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("user name: '" + value + "' (expected: ");
        assertThat(new Placeholders(value, value).fill("x/#")).isEqualTo("x/#");
    }
}
