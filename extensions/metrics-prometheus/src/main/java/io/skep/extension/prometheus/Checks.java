// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.prometheus;

/** What the records of the configuration have in common. */
final class Checks {

    private Checks() {}

    static String present(String key, String value, String expected) {
        if (value == null || value.isEmpty()) {
            throw wrong(key, "none", expected);
        }
        return value;
    }

    static IllegalArgumentException wrong(String key, String found, String expected) {
        return new IllegalArgumentException(key + ": " + found + " (expected: " + expected + ")");
    }
}
