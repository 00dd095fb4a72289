// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.packet;

import io.skep.sdk.Client;

/**
 * Sees and changes the DISCONNECT of a client, before it takes effect. A connection that just ends has none; that is
 * told by {@link io.skep.sdk.event.Event.ClientDisconnected}. Runs on the client's event loop and must not wait; there
 * is no later answer, for nobody is there to wait. Each sees what the one before left. An exception or a null leaves
 * the packet as it is, whatever {@link io.skep.sdk.HookOptions#fallback} says: a client that goes cannot be refused.
 */
@FunctionalInterface
public interface DisconnectInterceptor {

    /**
     * Looks at one DISCONNECT.
     *
     * @param client who goes
     * @param request why
     * @return the same, or a changed copy
     */
    DisconnectRequest intercept(Client client, DisconnectRequest request);
}
