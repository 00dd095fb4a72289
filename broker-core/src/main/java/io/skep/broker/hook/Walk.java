// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.broker.loop.Deadlines;
import io.skep.broker.loop.Loop;
import io.skep.sdk.HookOptions.Fallback;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One walk along a chain: asks hook after hook until one ends it. It stays on the client's loop and keeps to the chain
 * that it began with. While a hook answers later the walk rests, and nothing else does: the answer and the deadline
 * both come back as tasks of the loop, so whichever is first wins without a race.
 *
 * @param <H> the hooks
 * @param <A> their answers
 */
abstract class Walk<H, A> {

    private final List<Hook<H>> chain;
    private final Loop loop;
    private final Consumer<? super A> done;
    private int asked;

    Walk(List<Hook<H>> chain, Loop loop, Consumer<? super A> done) {
        this.chain = chain;
        this.loop = loop;
        this.done = done;
    }

    /** Calls a hook. */
    abstract @Nullable A ask(Hook<H> hook);

    /** {@return what a {@code later} waits for; null for every other answer} */
    abstract @Nullable CompletionStage<? extends A> stage(A answer);

    /** {@return the result, if an answer ends the walk; null if the next hook is to be asked} */
    abstract @Nullable A result(A answer);

    /** {@return the result when every hook was asked} */
    abstract A resultAtEnd();

    /** {@return what the failure of a hook with {@link Fallback#DENY} answers} */
    abstract A denied();

    /** {@return what the failure of a hook with {@link Fallback#NEXT} answers} */
    abstract A passed();

    final void run() {
        while (asked < chain.size()) {
            A answer = call(chain.get(asked++));
            if (answer == null) {
                return; // the walk rests
            }
            A result = result(answer);
            if (result != null) {
                done.accept(result);
                return;
            }
        }
        done.accept(resultAtEnd());
    }

    private @Nullable A call(Hook<H> hook) {
        Breaker.Phase admitted = hook.admit();
        if (admitted == null) {
            return instead(hook.options().fallback());
        }
        Object outer = loop.enter(hook);
        try {
            A answer = ask(hook);
            CompletionStage<? extends A> stage = answer == null ? null : stage(answer);
            if (stage == null) {
                return checked(hook, admitted, answer);
            }
            if (isDone(stage)) {
                return checked(hook, admitted, stage.toCompletableFuture().join());
            }
            if (!hook.owner().enter()) {
                return failed(hook, admitted, "has too many unanswered calls", null);
            }
            return new Rest(hook, admitted).await(stage);
        } catch (Throwable e) { // whatever an extension throws, linkage errors included, is its own failure
            return failed(hook, admitted, "failed", e);
        } finally {
            loop.leave(outer);
        }
    }

    /** A subclass may not let itself be asked: what {@code minimalCompletionStage} returns throws. */
    private static boolean isDone(CompletionStage<?> stage) {
        return stage.getClass() == CompletableFuture.class && ((CompletableFuture<?>) stage).isDone();
    }

    private A checked(Hook<H> hook, Breaker.Phase admitted, @Nullable A answer) {
        if (answer == null) {
            return failed(hook, admitted, "answered null", null);
        }
        if (stage(answer) != null) {
            return failed(hook, admitted, "answered later twice", null);
        }
        hook.answered(admitted);
        return answer;
    }

    private A failed(Hook<H> hook, Breaker.Phase admitted, String how, @Nullable Throwable cause) {
        return instead(hook.failed(admitted, how, cause));
    }

    private A instead(Fallback fallback) {
        return fallback == Fallback.DENY ? denied() : passed();
    }

    /** A hook whose answer is waited for. */
    private final class Rest extends Deadlines.Deadline {

        private final Hook<H> hook;
        private final Breaker.Phase admitted;
        private final int place = asked - 1;
        private boolean over;

        Rest(Hook<H> hook, Breaker.Phase admitted) {
            this.hook = hook;
            this.admitted = admitted;
            loop.deadlines().begin(this, hook.options().deadline().toNanos());
            for (int i = place; i < chain.size(); i++) {
                chain.get(i).owner().hold(); // it is not stopped before the walk has passed it
            }
        }

        @Nullable A await(CompletionStage<? extends A> stage) {
            try {
                stage.whenComplete((answer, failure) -> loop.execute(() -> complete(answer, failure)));
                return null;
            } catch (Throwable e) { // a stage of the extension's own making
                end();
                release();
                return failed(hook, admitted, "failed", e);
            }
        }

        private void complete(@Nullable A answer, @Nullable Throwable failure) {
            if (!over) {
                end();
                proceed(failure == null ? checked(hook, admitted, answer) : failed(hook, admitted, "failed", failure));
            }
        }

        @Override
        protected void expire() {
            if (!over) {
                end();
                proceed(failed(
                        hook,
                        admitted,
                        "missed its deadline of " + hook.options().deadline(),
                        null));
            }
        }

        private void end() {
            over = true;
            meet();
            hook.owner().leave();
        }

        private void proceed(A answer) {
            try {
                A result = result(answer);
                if (result == null) {
                    run();
                } else {
                    done.accept(result);
                }
            } finally {
                release();
            }
        }

        private void release() {
            for (int i = place; i < chain.size(); i++) {
                chain.get(i).owner().release();
            }
        }
    }
}
