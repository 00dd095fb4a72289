// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.admin;

import io.skep.broker.json.JsonObject;
import io.skep.broker.session.Oversight;
import io.skep.broker.session.Session;
import io.skep.broker.session.SessionRegistry;
import io.skep.sdk.service.SessionFacts;
import io.skep.sdk.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What sessions there are: one, by {@code clientId}, or all by client id, a page at a time. A page says with
 * {@code next} what to ask for as {@code after} to get the following one; the last page does not.
 */
public final class SessionsReport implements AdminCommand {

    private static final int PAGE_MAX = 10_000;
    private static final int SECONDS_MAX = 10;

    private final SessionRegistry sessions;

    public SessionsReport(SessionRegistry sessions) {
        this.sessions = sessions;
    }

    @Override
    public JsonObject run(JsonObject request) throws InterruptedException {
        if (request.has("clientId")) {
            Session session = sessions.get(request.text("clientId"));
            return page(session == null ? List.of() : List.of(session));
        }
        int most = request.has("limit") ? (int) request.number("limit", 1, PAGE_MAX) : PAGE_MAX;
        List<Session> page = sessions.after(request.has("after") ? request.text("after") : "", most);
        JsonObject answer = page(page);
        return page.size() < most
                ? answer
                : answer.put("next", page.get(page.size() - 1).clientId());
    }

    private static JsonObject page(List<Session> page) throws InterruptedException {
        List<CompletableFuture<Optional<SessionFacts>>> asked =
                page.stream().map(Oversight::facts).toList();
        try {
            CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).get(SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new StorageException("sessions: no answer within " + SECONDS_MAX + " s (expected: milliseconds)", e);
        }
        List<JsonObject> lines = new ArrayList<>();
        asked.forEach(answer -> answer.join().ifPresent(facts -> lines.add(line(facts))));
        return new JsonObject().put("sessions", lines);
    }

    private static JsonObject line(SessionFacts facts) {
        return new JsonObject()
                .put("clientId", facts.clientId())
                .put("connected", facts.connected())
                .put("expirySeconds", facts.expirySeconds())
                .put("disconnectedAt", facts.disconnectedAt())
                .put("subscriptions", facts.subscriptions())
                .put("queuedMessages", facts.queuedMessages())
                .put("queuedBytes", facts.queuedBytes())
                .put("droppedMessages", facts.droppedMessages());
    }
}
