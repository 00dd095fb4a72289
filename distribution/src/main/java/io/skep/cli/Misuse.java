// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

/** The command line is wrong; the message says what is expected instead. */
final class Misuse extends RuntimeException {

    private static final long serialVersionUID = 1;

    Misuse(String message) {
        super(message, null, false, false);
    }
}
