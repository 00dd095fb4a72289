// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk;

import java.nio.charset.StandardCharsets;

/** What every string of MQTT keeps to. */
final class TextLimit {

    private static final int BYTES_MAX = 65_535;

    private TextLimit() {}

    static void check(String name, String text) {
        boolean maybeLong = text.length() > BYTES_MAX / 3;
        if (text.indexOf(0) >= 0 || (maybeLong && text.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX)) {
            throw new IllegalArgumentException(
                    name + ": (expected: no U+0000, at most " + BYTES_MAX + " bytes)"); // [MQTT-1.5.4-2]
        }
    }
}
