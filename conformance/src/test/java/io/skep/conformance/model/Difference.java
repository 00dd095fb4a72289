// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

/** The broker did what the model does not allow. */
final class Difference extends AssertionError {

    private static final long serialVersionUID = 1;

    Difference(String message) {
        super(message);
    }

    Difference(String message, Throwable cause) {
        super(message, cause);
    }
}
