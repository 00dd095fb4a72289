// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.broker.loop.Loop;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.packet.Interception;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Shows a request to interceptors, to each as the one before left it.
 *
 * @param <H> the interceptors
 * @param <T> the request
 */
final class RequestWalk<H, T> extends Walk<H, Interception<T>> {

    private final BiFunction<? super Hook<H>, ? super T, @Nullable Interception<T>> question;
    private final ReasonCode failure;
    private T request;
    private Interception<T> outcome = Interception.pass();

    /**
     * A walk along a chain.
     *
     * @param question asks one hook; {@code pass} without asking, if the request does not concern it
     * @param failure what the client hears if a hook fails
     * @param done gets {@code Pass} (nobody changed it), {@code Change} (the last one) or {@code Deny}
     */
    RequestWalk(
            List<Hook<H>> chain,
            T request,
            BiFunction<? super Hook<H>, ? super T, @Nullable Interception<T>> question,
            ReasonCode failure,
            Loop loop,
            Consumer<? super Interception<T>> done) {
        super(chain, loop, done);
        this.request = request;
        this.question = question;
        this.failure = failure;
    }

    @Override
    @Nullable Interception<T> ask(Hook<H> hook) {
        return question.apply(hook, request);
    }

    @Override
    @Nullable CompletionStage<? extends Interception<T>> stage(Interception<T> answer) {
        return answer instanceof Interception.Later<T> later ? later.stage() : null;
    }

    @Override
    @Nullable Interception<T> result(Interception<T> answer) {
        if (answer instanceof Interception.Change<T> change) {
            request = change.request();
            outcome = change;
            return null;
        }
        return answer instanceof Interception.Deny<T> ? answer : null;
    }

    @Override
    Interception<T> resultAtEnd() {
        return outcome;
    }

    @Override
    Interception<T> denied() {
        return Interception.deny(failure, "an extension failed");
    }

    @Override
    Interception<T> passed() {
        return Interception.pass();
    }
}
