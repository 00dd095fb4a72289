// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import org.jspecify.annotations.Nullable;

/**
 * A connection that wants its session, as CONNECT says.
 *
 * @param outlet the way to the client
 * @param cleanStart whether to begin with an empty session
 * @param expirySeconds how long the session outlives the connection; 0: it does not
 * @param window unacknowledged QoS 1 and 2 messages that the client takes
 * @param will to be published if the connection ends ungracefully
 * @param testator whose will it is
 * @param listener hears, on the connection's loop, when all that CONNACK promises is stored
 */
public record Attachment(
        Outlet outlet,
        boolean cleanStart,
        long expirySeconds,
        int window,
        @Nullable Will will,
        @Nullable Testator testator,
        Listener listener) {

    /** {@return whose session} */
    public String clientId() {
        return outlet.client().id();
    }

    /** Who wants the session. */
    public interface Listener {

        /** The session is the connection's from now on. */
        void attached(Session session, boolean sessionPresent);

        /** The session could not be stored. */
        void refused(String text);
    }
}
