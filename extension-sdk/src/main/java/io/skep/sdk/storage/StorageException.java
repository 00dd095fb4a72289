// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.storage;

import org.jspecify.annotations.Nullable;

/** The storage cannot do what it was asked; the message tells the operator what to do. */
public final class StorageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /**
     * Says what failed.
     *
     * @param message for the operator
     * @param cause what the engine said
     */
    public StorageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
