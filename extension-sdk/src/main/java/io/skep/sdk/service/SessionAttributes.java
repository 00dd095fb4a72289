// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What an extension wants to remember of a session: stored with it, over restarts of the broker, and deleted when it
 * ends, in the same write. Another extension has its own. A session that ends with its connection has attributes for as
 * long.
 *
 * <p>What one thread asks about one session happens in the order of its calls. A name or a value that is too long
 * throws an {@link IllegalArgumentException} at once where it would be stored; what cannot be stored or read fails its
 * stage with a {@link io.skep.sdk.storage.StorageException}.
 */
public interface SessionAttributes {

    /** The most attributes of a session. */
    int ATTRIBUTES_MAX = 64;

    /** The most bytes of a name in UTF-8. */
    int NAME_BYTES_MAX = 256;

    /** The most bytes of a value. */
    int VALUE_BYTES_MAX = 16_384;

    /**
     * Sets an attribute.
     *
     * @param clientId whose session
     * @param name of 1 to {@value #NAME_BYTES_MAX} bytes in UTF-8
     * @param value up to {@value #VALUE_BYTES_MAX} bytes; is copied
     * @return whether there is such a session; completes when it is durable, and fails with an
     *     {@link IllegalArgumentException} if the session has {@value #ATTRIBUTES_MAX} others already
     */
    CompletionStage<Boolean> put(String clientId, String name, byte[] value);

    /**
     * {@return the value of an attribute, if there is one}
     *
     * @param clientId whose session
     * @param name of the attribute
     */
    CompletionStage<Optional<byte[]>> get(String clientId, String name);

    /**
     * {@return all attributes of a session, by name; none if there is no session}
     *
     * @param clientId whose session
     */
    CompletionStage<Map<String, byte[]>> all(String clientId);

    /**
     * Removes an attribute, if there is one.
     *
     * @param clientId whose session
     * @param name of the attribute
     * @return whether there is such a session; completes when that is durable
     */
    CompletionStage<Boolean> remove(String clientId, String name);
}
