// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Says in its message why an extension cannot run; its cause is there if its author needs it. */
final class BrokenExtensionException extends RuntimeException {

    private static final long serialVersionUID = 1;

    BrokenExtensionException(String message) {
        this(message, null);
    }

    BrokenExtensionException(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
