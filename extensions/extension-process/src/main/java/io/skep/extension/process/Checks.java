// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import java.time.Duration;

/** What the records of the configuration check. */
final class Checks {

    private Checks() {}

    static void range(String key, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw wrong(key, value.toMillis() + "ms", min.toMillis() + "ms to " + max.toMillis() + "ms");
        }
    }

    static void range(String key, int value, int min, int max) {
        if (value < min || value > max) {
            throw wrong(key, Integer.toString(value), min + " to " + max);
        }
    }

    static IllegalArgumentException wrong(String key, String found, String expected) {
        return new IllegalArgumentException(key + ": " + found + " (expected: " + expected + ")");
    }
}
