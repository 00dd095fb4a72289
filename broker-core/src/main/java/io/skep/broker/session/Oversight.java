// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.routing.Subscription;
import io.skep.sdk.Client;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.service.ConnectedClient;
import io.skep.sdk.service.SessionAttributes;
import io.skep.sdk.service.SessionFacts;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.WriteBatch;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What others than its client see of a session and do to it: extensions and tools. Any thread asks; the work is done on
 * the session's loop, where the answers complete, too. A session that has ended meanwhile answers as if there were
 * none.
 */
public final class Oversight {

    private Oversight() {}

    /** {@return what there is to say of a session} */
    public static CompletableFuture<Optional<SessionFacts>> facts(Session session) {
        return ask(session, Optional.empty(), (tenancy, answer) -> answer.complete(Optional.of(factsOf(session))));
    }

    /** {@return who is connected with a session, if anyone is} */
    public static CompletableFuture<Optional<ConnectedClient>> client(Session session) {
        return ask(session, Optional.empty(), (tenancy, answer) -> {
            Outlet outlet = session.outlet();
            Client client = outlet == null ? null : outlet.client();
            answer.complete(
                    outlet == null || client == null
                            ? Optional.empty()
                            : Optional.of(new ConnectedClient(
                                    client, Instant.ofEpochMilli(outlet.connectedAtMillis()), factsOf(session))));
        });
    }

    private static SessionFacts factsOf(Session session) {
        long endedAtMillis = session.tenancy().endedAtMillis();
        QueueBounds bounds = session.outbox().bounds();
        return new SessionFacts(
                session.clientId(),
                session.isConnected(),
                session.expirySeconds(),
                endedAtMillis == 0 ? null : Instant.ofEpochMilli(endedAtMillis),
                session.subscriptions().size(),
                bounds.messages(),
                bounds.bytes(),
                session.droppedMessages());
    }

    /** {@return whether there was a connection to end} */
    public static CompletableFuture<Boolean> disconnect(
            Session session, ReasonCode reason, String text, boolean publishWill) {
        return ask(session, false, (tenancy, answer) -> answer.complete(tenancy.dismiss(reason, text, publishWill)));
    }

    /** {@return whether there was a session to end, when nothing of it is on disk any more} */
    public static CompletableFuture<Boolean> end(Session session, ReasonCode reason, String text) {
        return ask(session, false, (tenancy, answer) -> tenancy.terminate(reason, text, () -> answer.complete(true)));
    }

    /** {@return what the client has subscribed to} */
    public static CompletableFuture<List<Subscription>> subscriptions(Session session) {
        return ask(
                session,
                List.of(),
                (tenancy, answer) -> answer.complete(session.subscriptions().all()));
    }

    /** {@return whether there is a session, when it has these subscriptions, too} */
    public static CompletableFuture<Boolean> subscribe(
            Session session, List<Subscription> added, boolean sendRetained) {
        return ask(session, false, (tenancy, answer) -> {
            Subscriptions all = session.subscriptions();
            Runnable then = () -> {
                if (sendRetained) {
                    added.forEach(all::sendOrQueueRetained);
                }
                answer.complete(true);
            };
            all.add(added, then, answer::completeExceptionally);
        });
    }

    /** {@return for each filter whether there was such a subscription; nothing if there is no session} */
    public static CompletableFuture<boolean[]> unsubscribe(Session session, List<byte[]> filters) {
        return ask(
                session,
                new boolean[0],
                (tenancy, answer) ->
                        session.subscriptions().remove(filters, answer::complete, answer::completeExceptionally));
    }

    /**
     * {@return the number under which extensions keep something with a session, 0 if there is none; comes when all that
     * was kept before is on disk}
     */
    public static CompletableFuture<Long> number(Session session) {
        return ask(
                session,
                0L,
                (tenancy, answer) -> session.write(
                        batch -> {}, () -> answer.complete(session.number()), answer::completeExceptionally));
    }

    /** {@return whether there is a session, when an extension keeps something else with it; null: nothing} */
    public static CompletableFuture<Boolean> changeAttribute(
            Session session, String extension, String name, byte @Nullable [] value) {
        return ask(session, false, (tenancy, answer) -> {
            int most = SessionAttributes.ATTRIBUTES_MAX;
            byte[] key = new SessionAttribute(session.number(), extension, name).key();
            Consumer<WriteBatch> change;
            if (value == null) {
                tenancy.attributes().remove(extension, name);
                change = batch -> batch.delete(Keyspace.EXTENSIONS, key);
            } else if (tenancy.attributes().add(extension, name, most)) {
                change = batch -> batch.put(Keyspace.EXTENSIONS, key, value);
            } else {
                answer.completeExceptionally(new IllegalArgumentException("attributes: more than " + most
                        + " of session '" + session.clientId() + "' (expected: fewer)"));
                return;
            }
            session.write(change, () -> answer.complete(true), answer::completeExceptionally);
        });
    }

    private static <T> CompletableFuture<T> ask(
            Session session, T none, BiConsumer<Tenancy, CompletableFuture<T>> work) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        session.execute(() -> {
            Tenancy tenancy = session.tenancy();
            if (tenancy.exists()) {
                work.accept(tenancy, answer);
            } else {
                answer.complete(none);
            }
        });
        return answer;
    }
}
