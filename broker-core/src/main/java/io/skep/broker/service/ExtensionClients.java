// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import io.skep.broker.session.Oversight;
import io.skep.broker.session.Session;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.service.Clients;
import io.skep.sdk.service.ConnectedClient;
import io.skep.sdk.service.Listing;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The clients that are connected, as sessions know them. */
final class ExtensionClients implements Clients {

    private final Calls calls;

    ExtensionClients(Calls calls) {
        this.calls = calls;
    }

    @Override
    public CompletionStage<Optional<ConnectedClient>> find(String clientId) {
        return calls.ask(core -> {
            Session session = core.sessions().get(clientId);
            return session == null ? CompletableFuture.completedFuture(Optional.empty()) : Oversight.client(session);
        });
    }

    @Override
    public Listing<ConnectedClient> all() {
        return new SessionPages<>(calls, Session::isConnected, Oversight::client);
    }

    @Override
    public CompletionStage<Boolean> disconnect(String clientId, ReasonCode reason, String text, boolean publishWill) {
        if (!reason.isError()) {
            throw new IllegalArgumentException("reason: " + reason + " (expected: an error)");
        }
        return calls.ask(core -> {
            Session session = core.sessions().get(clientId);
            return session == null
                    ? CompletableFuture.completedFuture(false)
                    : Oversight.disconnect(session, reason, text, publishWill);
        });
    }
}
