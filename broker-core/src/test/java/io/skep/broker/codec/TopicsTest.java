// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.skep.sdk.ReasonCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "/", "a/b", "/a/", "a//b", "$SYS/x", "$share/g/a", "with space", "\uFEFF", "\u0001"})
    void namesMayBeAlmostAnything(String name) {
        assertThatCode(() -> Topics.checkName(bytes(name))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "'', PROTOCOL_ERROR",
        "+, TOPIC_NAME_INVALID",
        "a/+/b, TOPIC_NAME_INVALID",
        "a#, TOPIC_NAME_INVALID",
        "#, TOPIC_NAME_INVALID"
    })
    void namesAreNotEmptyAndHaveNoWildcard(String name, ReasonCode reason) {
        MqttException refusal = catchThrowableOfType(MqttException.class, () -> Topics.checkName(bytes(name)));

        assertThat(refusal.reason()).isEqualTo(reason);
    }

    @Test
    void namesAreUtf8WithoutNull() {
        assertThat(catchThrowableOfType(MqttException.class, () -> Topics.checkName(Wire.bytes("61 00")))
                        .reason())
                .isEqualTo(ReasonCode.MALFORMED_PACKET);
        assertThat(catchThrowableOfType(MqttException.class, () -> Topics.checkName(Wire.bytes("61 FF 2B")))
                        .reason())
                .isEqualTo(ReasonCode.MALFORMED_PACKET);
    }

    @Test
    void namesAreCheckedWhereTheyLie() {
        ByteBuf in = Unpooled.wrappedBuffer(bytes("#a/b+"));

        assertThatCode(() -> Topics.checkName(in, 1, 3)).doesNotThrowAnyException();
        assertThat(catchThrowableOfType(MqttException.class, () -> Topics.checkName(in, 1, 4)))
                .isNotNull();
        assertThat(in.readerIndex()).isZero();
    }

    @Test
    void aLongNameDoesNotMakeALongMessage() {
        MqttException refusal =
                catchThrowableOfType(MqttException.class, () -> Topics.checkName(bytes("x".repeat(60_000) + "#")));

        assertThat(refusal.getMessage()).hasSizeLessThan(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "/",
                "#",
                "+",
                "/#",
                "+/+",
                "/+",
                "a/#",
                "a/+/b",
                "+/a/#",
                "a//b",
                "$SYS/#",
                "$share/g/a",
                "$share/g/#",
                "$share/g/+",
                "$share/g//",
                "$share/g//a",
                "$shared/x",
                "$share",
                "$queue/a"
            })
    void filtersMayHaveWildcardsThatFillALevel(String filter) {
        assertThatCode(() -> Topics.checkFilter(bytes(filter))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a#",
                "#/",
                "#/a",
                "a/#/b",
                "a/b#",
                "##",
                "#+",
                "+#",
                "a+",
                "+a",
                "+a/b",
                "a/b+/c",
                "++",
                "$share/",
                "$share/g",
                "$share/g/",
                "$share//a",
                "$share/+/a",
                "$share/#/a",
                "$share/g+/a",
                "$share/g/a#",
                "$share/g/a+/b"
            })
    void filtersHaveWildcardsNowhereElse(String filter) {
        MqttException refusal = catchThrowableOfType(MqttException.class, () -> Topics.checkFilter(bytes(filter)));

        assertThat(refusal.reason()).isEqualTo(ReasonCode.MALFORMED_PACKET);
        assertThat(refusal).hasMessageContaining(filter);
    }

    @Test
    void filtersAreNotEmptyAndUtf8() {
        assertThat(catchThrowableOfType(MqttException.class, () -> Topics.checkFilter(new byte[0]))
                        .reason())
                .isEqualTo(ReasonCode.PROTOCOL_ERROR);
        assertThat(catchThrowableOfType(MqttException.class, () -> Topics.checkFilter(Wire.bytes("FF")))
                        .reason())
                .isEqualTo(ReasonCode.MALFORMED_PACKET);
    }

    @Test
    void theLongestFilterWorks() {
        assertThatCode(() -> Topics.checkFilter(bytes("x".repeat(65_533) + "/#")))
                .doesNotThrowAnyException();
    }

    @Test
    void sharedFiltersBeginWithShare() {
        assertThat(Topics.isShared(bytes("$share/g/a"))).isTrue();
        assertThat(Topics.isShared(bytes("$share"))).isFalse();
        assertThat(Topics.isShared(bytes("$shares/g/a"))).isFalse();
        assertThat(Topics.isShared(bytes("a"))).isFalse();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
