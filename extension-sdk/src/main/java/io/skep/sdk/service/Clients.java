// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

import io.skep.sdk.ReasonCode;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The clients that are connected, each as it is at one moment on its own event loop: two answers are not of one moment,
 * and who was found may be gone. Nobody with such an id is no failure; when a stage fails is said in
 * {@link io.skep.sdk.ExtensionContext}.
 */
public interface Clients {

    /**
     * {@return a client, if it is connected}
     *
     * @param clientId whose
     */
    CompletionStage<Optional<ConnectedClient>> find(String clientId);

    /** {@return all that are connected, in no order} */
    Listing<ConnectedClient> all();

    /**
     * Ends the connection of a client. MQTT 5.0 clients are told why; the others just see it closed. The session goes
     * on as after any other end of a connection.
     *
     * @param clientId whose
     * @param reason an error; where DISCONNECT cannot say it, the nearest that it can
     * @param text for the log and for MQTT 5.0 clients
     * @param publishWill whether its will is published, or dropped as if the client had said goodbye
     * @return whether it was connected
     * @throws IllegalArgumentException if the reason is no error
     */
    CompletionStage<Boolean> disconnect(String clientId, ReasonCode reason, String text, boolean publishWill);
}
