// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.concat;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.Seen5;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message with all properties that a PUBLISH of a client may have, to see which of them an extension has changed. */
final class WholeMessage {

    static final byte[] PROPERTIES = concat(
            Props.one(Props.PAYLOAD_FORMAT_INDICATOR, 1),
            Props.four(Props.MESSAGE_EXPIRY_INTERVAL, 1_000),
            Props.text(Props.CONTENT_TYPE, "text/plain"),
            Props.text(Props.RESPONSE_TOPIC, "answers/here"),
            Props.binary(Props.CORRELATION_DATA, new byte[] {1, 2, 3}),
            Props.user("b", "2"),
            Props.user("a", "1"));
    private static final Map<Integer, List<Object>> SEEN = Map.of(
            Props.PAYLOAD_FORMAT_INDICATOR, List.of(1L),
            Props.CONTENT_TYPE, List.of("text/plain"),
            Props.RESPONSE_TOPIC, List.of("answers/here"),
            Props.CORRELATION_DATA, List.of("010203"),
            Props.USER_PROPERTY, List.of("b=2", "a=1"));

    private WholeMessage() {}

    /** Expects all properties, but for these, of which an empty list means that it is gone. */
    static void assertProperties(Seen5 seen, Map<Integer, List<Object>> changed) {
        Map<Integer, List<Object>> expected = new HashMap<>(SEEN);
        expected.putAll(changed);
        expected.values().removeIf(List::isEmpty);
        Map<Integer, List<Object>> found = new HashMap<>(seen.properties());
        if (!changed.containsKey(Props.MESSAGE_EXPIRY_INTERVAL)) {
            assertThat((Long) seen.property(Props.MESSAGE_EXPIRY_INTERVAL)).isBetween(900L, 1_000L);
            found.remove(Props.MESSAGE_EXPIRY_INTERVAL);
        }
        assertThat(found).isEqualTo(expected);
    }

    /** {@return the values of a property that is there once, or not} */
    static List<Object> listOf(@Nullable String value) {
        return value == null ? List.of() : List.of(value);
    }
}
