// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

/** A token that is not let in. */
final class Refusal extends Exception {

    private static final long serialVersionUID = 1;
    private static final int FOUND_MAX = 200;

    Refusal(String name, String found, String expected) {
        this(name + ": " + found.substring(0, Math.min(found.length(), FOUND_MAX)) + " (expected: " + expected + ")");
    }

    Refusal(String text) {
        super(text, null, false, false); // the client's fault: nobody looks at the stack
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
