// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import io.skep.broker.codec.MqttException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one extension has asked and not been answered yet; bounded. Answers are given on a thread of the extension,
 * never on a loop or the journal's thread, whatever the extension does with them.
 */
final class Calls {

    private final Services services;
    private final Executor answers;
    private final int unansweredMax;
    private final AtomicInteger count = new AtomicInteger();
    private final Set<Call<?>> unanswered = ConcurrentHashMap.newKeySet();

    Calls(Services services, Executor answers, int unansweredMax) {
        this.services = services;
        this.answers = answers;
        this.unansweredMax = unansweredMax;
    }

    /** Asks the broker for something; the work answers on any thread. */
    <T> CompletionStage<T> ask(Function<Core, CompletableFuture<T>> work) {
        return ask(work, () -> {});
    }

    /** Asks; a last step runs before the answer is given. */
    <T> CompletionStage<T> ask(Function<Core, CompletableFuture<T>> work, Runnable last) {
        if (count.incrementAndGet() > unansweredMax) {
            count.decrementAndGet();
            last.run();
            return CompletableFuture.failedStage(new IllegalStateException(
                    "calls: " + unansweredMax + " are not answered yet (expected: fewer; wait for some)"));
        }
        Call<T> call = new Call<>(last);
        unanswered.add(call);
        services.whenOpen(core -> run(call, work, core));
        return call.answer.minimalCompletionStage();
    }

    private static <T> void run(Call<T> call, Function<Core, CompletableFuture<T>> work, @Nullable Core core) {
        if (core == null) {
            call.fail();
            return;
        }
        try {
            work.apply(core).whenComplete(call::end);
        } catch (RuntimeException e) {
            call.end(null, e);
        }
    }

    /** The broker has stopped: nobody else answers. */
    void failAll() {
        unanswered.forEach(Call::fail);
    }

    /** One call; answered once. */
    private final class Call<T> {

        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private final AtomicBoolean ended = new AtomicBoolean();
        private final Runnable last;

        Call(Runnable last) {
            this.last = last;
        }

        void fail() {
            end(null, new IllegalStateException("broker: stopped (expected: running)"));
        }

        void end(@Nullable T value, @Nullable Throwable failure) {
            if (!ended.compareAndSet(false, true)) {
                return;
            }
            unanswered.remove(this);
            last.run();
            try {
                answers.execute(() -> give(value, failure));
            } catch (RejectedExecutionException e) {
                count.decrementAndGet(); // the extension has stopped: nobody listens
            }
        }

        private void give(@Nullable T value, @Nullable Throwable failure) {
            count.decrementAndGet();
            if (failure == null) {
                answer.complete(value);
            } else {
                answer.completeExceptionally(cause(failure));
            }
        }

        private Throwable cause(Throwable failure) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            return cause instanceof MqttException ? new IllegalArgumentException(cause.getMessage(), cause) : cause;
        }
    }
}
