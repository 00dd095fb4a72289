// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import io.skep.sdk.Extension;
import io.skep.sdk.testkit.BareContext;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An extension that was started without a broker. */
record Started(Extension extension, BareContext context) {

    /** Knows which answers come later. */
    @FunctionalInterface
    interface Later<A> {
        @Nullable CompletionStage<? extends A> stage(A answer);
    }

    static Started of(Extension extension, BareContext context) {
        try {
            extension.start(context);
        } catch (RuntimeException e) {
            context.close();
            throw e;
        } catch (Exception e) {
            context.close();
            throw new IllegalStateException("extension: does not start", e);
        }
        return new Started(extension, context);
    }

    /** {@return an answer, at the latest when the hook has to have answered} */
    static <A> A settled(@Nullable A answer, Later<A> later, Duration deadline) {
        if (answer == null) {
            throw new AssertionError("answer: null (expected: one)");
        }
        CompletionStage<? extends A> stage = later.stage(answer);
        if (stage == null) {
            return answer;
        }
        A settled = awaited(stage, deadline);
        if (settled == null || later.stage(settled) != null) {
            throw new AssertionError("later: " + settled + " (expected: an answer, and not a later one)");
        }
        return settled;
    }

    private static <A> @Nullable A awaited(CompletionStage<? extends A> stage, Duration deadline) {
        try {
            return stage.toCompletableFuture()
                    .copy()
                    .orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new AssertionError("later: fails (expected: an answer within " + deadline + ")", e.getCause());
        }
    }

    void stop() throws Exception {
        try {
            extension.stop();
        } finally {
            context.close();
        }
    }
}
