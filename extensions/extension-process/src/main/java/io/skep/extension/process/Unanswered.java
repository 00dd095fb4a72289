// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

/** A call that the program has not answered as it should; without a stack, for there may be many, and none is ours. */
final class Unanswered extends RuntimeException {

    private static final long serialVersionUID = 1;

    Unanswered(String message) {
        super(message, null, false, false);
    }
}
