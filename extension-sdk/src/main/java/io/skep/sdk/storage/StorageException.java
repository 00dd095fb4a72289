// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.storage;

import org.jspecify.annotations.Nullable;

/** The storage cannot do what it was asked; the message tells the operator what to do. */
public final class StorageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final boolean isFull;

    /**
     * Says what failed.
     *
     * @param message for the operator
     * @param cause what the engine said
     */
    public StorageException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    /**
     * Says what failed, and whether for want of space.
     *
     * @param message for the operator
     * @param cause what the engine said
     * @param isFull whether there is no space left: a publisher is told that its quota is exceeded
     */
    public StorageException(String message, @Nullable Throwable cause, boolean isFull) {
        super(message, cause);
        this.isFull = isFull;
    }

    /** {@return whether there is no space left} */
    public boolean isFull() {
        return isFull;
    }
}
