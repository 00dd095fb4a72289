// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class JsonObjectTest {

    @Test
    void whatIsWrittenIsReadAgain() {
        JsonObject object = new JsonObject()
                .put("text", "a \"b\"\n\u0001 ü 🐝")
                .put("number", Long.MAX_VALUE)
                .put("flag", false)
                .put("list", List.of("x", 1L, List.of(true), new JsonObject().put("a", 1L)))
                .put("object", new JsonObject())
                .putBytes("bytes", new byte[] {0, -1})
                .put("nothing", null);

        String json = object.toString();
        JsonObject again = JsonObject.parse(json);

        assertThat(again).hasToString(json);
        assertThat(json).isPrintable().doesNotContain("ü").doesNotContain("nothing");
        assertThat(again.text("text")).isEqualTo("a \"b\"\n\u0001 ü 🐝");
        assertThat(again.number("number")).isEqualTo(Long.MAX_VALUE);
        assertThat(again.flag("flag")).isFalse();
        assertThat(again.list("list", Object.class)).hasSize(4);
        assertThat(again.bytes("bytes")).containsExactly(0, -1);
    }

    @Test
    void whatIsNoObjectOfOurKindIsRefused() {
        for (String text : List.of(
                "",
                "x",
                "1",
                "[]",
                "{",
                "{\"a\"}",
                "{\"a\":1}{}",
                "{\"a\":1.5}",
                "{\"a\":1,\"a\":2}",
                "{'a':1}",
                "{\"a\":99999999999999999999}",
                "{\"a\":" + "[".repeat(1000))) {
            assertThatThrownBy(() -> JsonObject.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected: ");
        }
    }

    @Test
    void aMemberOfAnotherKindIsNamed() {
        JsonObject object = JsonObject.parse("{\"a\":1,\"b\":\"?\"}");
        assertThatThrownBy(() -> object.text("a")).hasMessage("a: 1 (expected: a text)");
        assertThatThrownBy(() -> object.text("c")).hasMessage("c: absent (expected: a text)");
        assertThatThrownBy(() -> object.number("a", 2, 3)).hasMessage("a: 1 (expected: 2 to 3)");
        assertThatThrownBy(() -> object.bytes("b")).hasMessage("b: ? (expected: Base64)");
    }
}
