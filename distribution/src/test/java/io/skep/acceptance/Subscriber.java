// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

/** A connected client that has subscribed. Closing it sends DISCONNECT. */
interface Subscriber extends AutoCloseable {

    /** {@return the next message; fails if none comes in time} */
    Message next() throws InterruptedException;

    @Override
    void close();
}
