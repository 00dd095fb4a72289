// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

/** The broker cannot start; the message tells the operator why. */
public final class StartException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public StartException(String message) {
        super(message);
    }
}
