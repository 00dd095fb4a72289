// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import io.skep.broker.session.Oversight;
import io.skep.broker.session.Session;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.service.Listing;
import io.skep.sdk.service.SessionFacts;
import io.skep.sdk.service.Sessions;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** All sessions. */
final class ExtensionSessions implements Sessions {

    private final Calls calls;

    ExtensionSessions(Calls calls) {
        this.calls = calls;
    }

    @Override
    public CompletionStage<Optional<SessionFacts>> find(String clientId) {
        return calls.ask(core -> {
            Session session = core.sessions().get(clientId);
            return session == null ? CompletableFuture.completedFuture(Optional.empty()) : Oversight.facts(session);
        });
    }

    @Override
    public Listing<SessionFacts> all() {
        return new SessionPages<>(calls, session -> true, Oversight::facts);
    }

    @Override
    public CompletionStage<Boolean> end(String clientId) {
        return calls.ask(core -> {
            Session session = core.sessions().get(clientId);
            return session == null
                    ? CompletableFuture.completedFuture(false)
                    : Oversight.end(session, ReasonCode.ADMINISTRATIVE_ACTION, "the session was ended");
        });
    }
}
