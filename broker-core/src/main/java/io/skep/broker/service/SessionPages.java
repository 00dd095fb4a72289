// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import io.skep.broker.session.Session;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Something of every session: each is asked on its own loop. Those that have nothing to say are left out. */
final class SessionPages<T> extends Pages<T> {

    private final Predicate<Session> which;
    private final Function<Session, CompletableFuture<Optional<T>>> question;
    private @Nullable Iterator<Session> left;

    SessionPages(Calls calls, Predicate<Session> which, Function<Session, CompletableFuture<Optional<T>>> question) {
        super(calls);
        this.which = which;
        this.question = question;
    }

    @Override
    CompletableFuture<List<T>> page(Core core, int most) {
        Iterator<Session> sessions = left;
        if (sessions == null) {
            sessions = core.sessions().iterator();
            left = sessions;
        }
        List<CompletableFuture<Optional<T>>> asked = new ArrayList<>();
        while (sessions.hasNext() && asked.size() < most) {
            Session session = sessions.next();
            if (which.test(session)) {
                asked.add(question.apply(session));
            }
        }
        boolean isLast = asked.isEmpty();
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenCompose(done -> {
            List<T> page =
                    asked.stream().flatMap(answer -> answer.join().stream()).toList();
            return page.isEmpty() && !isLast ? page(core, most) : CompletableFuture.completedFuture(page);
        });
    }
}
