// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The sessions of all clients, connected or not, each as it is at one moment; as with {@link Clients} one that was
 * found may have ended, and one that is not there is no failure.
 */
public interface Sessions {

    /**
     * {@return the session of a client, if there is one}
     *
     * @param clientId whose
     */
    CompletionStage<Optional<SessionFacts>> find(String clientId);

    /** {@return all sessions, in no order} */
    Listing<SessionFacts> all();

    /**
     * Ends a session with all that belongs to it. A client that is connected is disconnected for an administrative
     * action; a will that is due is published, as the standard wants it at the end of a session.
     *
     * @param clientId whose
     * @return whether there was one; completes when nothing of it is on disk any more
     */
    CompletionStage<Boolean> end(String clientId);
}
