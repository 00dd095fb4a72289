// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

/** Records how long something takes, as a distribution. Thread-safe, and cheap on every thread. */
public interface Timer {

    /**
     * Records one.
     *
     * @param nanos how long it took, not negative
     * @throws IllegalArgumentException if it is negative
     */
    void record(long nanos);
}
