// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.auth;

import io.skep.sdk.Client;

/**
 * Decides who may publish and subscribe where. Asked after the {@link Permissions} of the login, and only where these
 * allow. Runs on the client's event loop and must not wait; {@link Decision#later} pauses this client alone. If every
 * authorizer answers {@link Decision#next}, the operation is allowed: there was a login that allowed it.
 */
@FunctionalInterface
public interface Authorizer {

    /**
     * Decides on one operation. Asked once per client, action and topic; the answer may be remembered for the life of
     * the connection.
     *
     * @param client who wants to
     * @param operation what it wants
     * @return the decision; permissions in it are ignored
     */
    Decision authorize(Client client, Operation operation);
}
