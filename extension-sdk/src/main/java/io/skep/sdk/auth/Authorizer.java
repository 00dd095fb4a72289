// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.auth;

import io.skep.sdk.Client;

/**
 * Decides who may publish and subscribe where. Asked after the {@link Permissions} of the login, and only where these
 * allow. Runs on the client's event loop and must not wait; {@link Decision#later} pauses this client alone. Those of
 * all extensions are asked in their {@link io.skep.sdk.Hooks order}, until one allows or denies. If every authorizer
 * answers {@link Decision#next}, the operation is allowed: there was a login that allowed it. An exception, a null or a
 * missed deadline counts as what {@link io.skep.sdk.HookOptions#fallback} says: denied, or the next is asked.
 */
@FunctionalInterface
public interface Authorizer {

    /**
     * Decides on one operation. An answer about a publish may be remembered, for as long as
     * {@link io.skep.sdk.HookOptions#allowsFor} and {@link io.skep.sdk.HookOptions#deniesFor} say; answers about
     * subscriptions and wills are not.
     *
     * @param client who wants to
     * @param operation what it wants
     * @return the decision; permissions in it are ignored. The reason of a deny reaches MQTT 5.0 clients if the
     *     answering packet may carry it, else they see "not authorized"
     */
    Decision authorize(Client client, Operation operation);
}
