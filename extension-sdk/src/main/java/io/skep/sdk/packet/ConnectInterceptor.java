// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.packet;

/**
 * Sees, changes or refuses a CONNECT before anybody is asked who the client is. Called once per CONNECT that is
 * well-formed, in the order of {@link io.skep.sdk.HookOptions#order}; each sees what the one before left, and a deny
 * ends the chain with a CONNACK. Runs on the client's event loop and must not wait; {@link Interception#later} pauses
 * this client alone. An exception, a null or a missed deadline counts as what {@link io.skep.sdk.HookOptions#fallback}
 * says: refused, or passed.
 *
 * <p>Nothing of a CONNECT is proven when this is called. An id or user name that is set here is what authenticators are
 * asked about.
 */
@FunctionalInterface
public interface ConnectInterceptor {

    /**
     * Looks at one CONNECT.
     *
     * @param connect the request
     * @return what becomes of it
     */
    Interception<ConnectRequest> intercept(ConnectRequest connect);
}
