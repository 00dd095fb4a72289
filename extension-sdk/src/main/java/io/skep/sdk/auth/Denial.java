// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.auth;

import io.skep.sdk.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What both kinds of deny have to keep to. */
final class Denial {

    private static final int BYTES_MAX = 65_535;

    private Denial() {}

    static void check(ReasonCode reason, String text, @Nullable String serverReference) {
        Objects.requireNonNull(text, "text");
        if (!reason.isError()) {
            throw new IllegalArgumentException("reason: " + reason + " (expected: an error)");
        }
        if (serverReference == null) {
            return;
        }
        if (reason != ReasonCode.USE_ANOTHER_SERVER && reason != ReasonCode.SERVER_MOVED) {
            throw new IllegalArgumentException(
                    "reason: " + reason + " (expected: USE_ANOTHER_SERVER or SERVER_MOVED, with a server reference)");
        }
        int bytes = serverReference.getBytes(StandardCharsets.UTF_8).length;
        if (serverReference.isBlank() || serverReference.indexOf(0) >= 0 || bytes > BYTES_MAX) {
            throw new IllegalArgumentException("server reference: " + bytes
                    + " bytes (expected: servers such as 'a.example b.example:1884', at most " + BYTES_MAX + " bytes)");
        }
    }
}
