// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.auth;

/**
 * Decides who may connect. Runs on the client's event loop, so it must not wait: work that does goes to
 * {@link io.skep.sdk.ExtensionContext#executor} and is answered with {@link Decision#later}. An exception, a null or a
 * missed deadline counts as what {@link io.skep.sdk.HookOptions#fallback} says. Those of all extensions are asked in
 * their {@link io.skep.sdk.Hooks order}, one after the other, until one allows or denies. If every authenticator
 * answers {@link Decision#next}, the client is refused.
 */
@FunctionalInterface
public interface Authenticator {

    /**
     * Decides on one CONNECT.
     *
     * @param login who wants to connect and how they prove it
     * @return the decision
     */
    Decision authenticate(Login login);
}
