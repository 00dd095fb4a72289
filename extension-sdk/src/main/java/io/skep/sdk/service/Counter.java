// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

/** Counts what happens. Thread-safe, and cheap on every thread. */
public interface Counter {

    /**
     * Counts several at once.
     *
     * @param count not negative
     * @throws IllegalArgumentException if it is negative
     */
    void add(long count);

    /** Counts one. */
    default void increment() {
        add(1);
    }

    /** {@return the count so far} */
    long count();
}
