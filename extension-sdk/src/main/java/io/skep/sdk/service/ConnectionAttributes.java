// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

import io.skep.sdk.Client;
import org.jspecify.annotations.Nullable;

/**
 * What an extension wants to remember of a connection, from one hook to the next: set in an authenticator, say, and
 * read in an interceptor. In memory, for as long as a {@link Client} is that a hook or an event of that connection has
 * shown; a connect interceptor may change its names. Another extension has its own. Answers at once, on any thread.
 */
public interface ConnectionAttributes {

    /** The most attributes of a connection. */
    int ATTRIBUTES_MAX = 32;

    /** The most bytes of a value. */
    int VALUE_BYTES_MAX = 4_096;

    /**
     * Sets an attribute.
     *
     * @param client the one that a hook or an event has shown; one that another connection has shown, with the same id,
     *     is not meant
     * @param name any
     * @param value up to {@value #VALUE_BYTES_MAX} bytes; is copied
     * @throws IllegalArgumentException if it is larger, or if the connection has {@value #ATTRIBUTES_MAX} others
     */
    void put(Client client, String name, byte[] value);

    /**
     * {@return the value of an attribute, null if there is none; not to be changed}
     *
     * @param client the one that a hook or an event has shown
     * @param name any
     */
    byte @Nullable [] get(Client client, String name);

    /**
     * Removes an attribute, if there is one.
     *
     * @param client the one that a hook or an event has shown
     * @param name any
     */
    void remove(Client client, String name);
}
