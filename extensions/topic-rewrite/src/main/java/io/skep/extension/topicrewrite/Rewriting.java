// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.topicrewrite;

import io.skep.extension.topicrewrite.Pattern.Captures;
import io.skep.sdk.Client;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One name becomes another.
 *
 * @param from compares
 * @param to makes the new name
 */
record Rewriting(Pattern from, Template to) {

    private static final int NAME_BYTES_MAX = 65_535;

    /** Checks that every wildcard that is named is there. */
    Rewriting {
        for (int number : to.wildcards()) {
            if (number < 1 || number > from.wildcards()) {
                throw new IllegalArgumentException("to: $" + number
                        + " (expected: one of the wildcards of from, of which there are " + from.wildcards() + ")");
            }
        }
    }

    /** {@return the new topic, null if the old one does not match} */
    @Nullable String ofTopic(String topic, Client client) {
        Captures captures = from.ofTopic(topic);
        return captures == null ? null : checked(to.fill(captures, client));
    }

    /** {@return the new filter, null if the old one does not match} */
    @Nullable String ofFilter(String filter, Client client) {
        Captures captures = from.ofFilter(filter);
        if (captures == null) {
            return null;
        }
        String result = checked(to.fill(captures, client));
        if (result.startsWith("$share/")) {
            throw new IllegalArgumentException("topic filter: becomes " + result + " (expected: no shared one)");
        }
        return result;
    }

    /** {@return what gives clients the old names back} */
    Restoration reversed() {
        return Restoration.of(from, to);
    }

    static boolean fits(String name) {
        return !name.isEmpty()
                && (name.length() <= NAME_BYTES_MAX / 3
                        || name.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES_MAX);
    }

    private static String checked(String name) {
        if (!fits(name)) {
            throw new IllegalArgumentException(
                    "topic: becomes " + name.length() + " characters long (expected: 1 up to 65535 bytes)");
        }
        return name;
    }
}
