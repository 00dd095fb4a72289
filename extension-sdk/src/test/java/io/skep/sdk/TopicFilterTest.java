// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicFilterTest {

    @ParameterizedTest
    @CsvSource({
        "a/b, a/b, true",
        "a/b, a/B, false",
        "a/b, a, false",
        "a, a/b, false",
        "a/b, a/bc, false",
        "a/bc, a/b, false",
        "home/#, home, true",
        "home/#, home/bedroom/sensors, true",
        "home/#, homes, false",
        "home/+/temperature, home/bedroom/temperature, true",
        "home/+/temperature, home/bedroom/sensors/temperature, false",
        "home/+, home, false",
        "home/+, home/, true",
        "+, /x, false",
        "+/+, /x, true",
        "/+, /x, true",
        "#, a/b/c, true",
        "#, $SYS/x, false",
        "+/x, $SYS/x, false",
        "+/#, $SYS/x, false",
        "+/#, a, true",
        "$SYS/#, $SYS/x, true",
        "$SYS/#, $SYS, true",
        "a/#, a/$SYS, true",
        "a//b, a//b, true",
        "a//b, a/b, false",
    })
    void matchesTopicsAsTheStandardSays(String filter, String topic, boolean matches) {
        assertThat(TopicFilter.of(filter).matches(topic)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({
        "a/b, a/b, true",
        "a/+, a/b, true",
        "a/b, a/+, false",
        "a/+, a/+, true",
        "a/#, a/b/+, true",
        "a/#, a, true",
        "a/#, a/#, true",
        "a/+, a/#, false",
        "a/b/#, a/#, false",
        "#, a/#, true",
        "#, +/+, true",
        "+/#, #, true",
        "#, +/#, true",
        "+, #, false",
        "#, $SYS/#, false",
        "+/x, $SYS/x, false",
        "$SYS/#, #, false",
        "$SYS/#, $SYS/broker/+, true",
        "a, a/b, false",
        "a/b, a, false",
    })
    void coversAFilterIfItMatchesAllOfItsTopics(String filter, String other, boolean covers) {
        assertThat(TopicFilter.of(filter).covers(TopicFilter.of(other))).isEqualTo(covers);
    }

    @ParameterizedTest
    @CsvSource({
        "a/b, a/b, true",
        "a/b, a/c, false",
        "a/+, +/b, true",
        "a/+, +/b/c, false",
        "a/#, +/b/c, true",
        "a/#, a, true",
        "a/+, a, false",
        "a/b/#, a/b, true",
        "a/b/c, a/#, true",
        "b/#, a/#, false",
        "#, $SYS/x, false",
        "+/x, $SYS/x, false",
        "$SYS/+, $SYS/x, true",
    })
    void overlapsAFilterIfSomeTopicMatchesBoth(String filter, String other, boolean overlaps) {
        assertThat(TopicFilter.of(filter).overlaps(TopicFilter.of(other))).isEqualTo(overlaps);
        assertThat(TopicFilter.of(other).overlaps(TopicFilter.of(filter))).isEqualTo(overlaps);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/#/b", "a#", "#a", "a/b+", "+a/b"})
    void refusesWhatTheStandardDoesNotAllow(String filter) {
        assertThatThrownBy(() -> TopicFilter.of(filter))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("topic filter: '" + filter + "' (expected: ");
    }
}
