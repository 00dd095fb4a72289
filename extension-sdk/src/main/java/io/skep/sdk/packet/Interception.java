// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.packet;

import io.skep.sdk.ReasonCode;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/**
 * What becomes of an intercepted request. Immutable.
 *
 * @param <T> the request
 */
public sealed interface Interception<T> {

    /**
     * Goes on as it is, to the next interceptor.
     *
     * @param <T> the request
     */
    record Pass<T>() implements Interception<T> {}

    /**
     * Goes on changed, to the next interceptor.
     *
     * @param request made by a {@code with} method of the intercepted one
     * @param <T> the request
     */
    record Change<T>(T request) implements Interception<T> {

        /** Checks that there is a request. */
        public Change {
            Objects.requireNonNull(request, "request");
        }
    }

    /**
     * Ends here, refused.
     *
     * @param reason an error; told to MQTT 5.0 clients, or the nearest that the answering packet may carry
     * @param text for the log, and for MQTT 5.0 clients that take Reason Strings
     * @param <T> the request
     */
    record Deny<T>(ReasonCode reason, String text) implements Interception<T> {

        /**
         * Checks that the reason is an error.
         *
         * @throws IllegalArgumentException if it is none
         */
        public Deny {
            Objects.requireNonNull(text, "text");
            if (!reason.isError()) {
                throw new IllegalArgumentException("reason: " + reason + " (expected: an error)");
            }
        }
    }

    /**
     * The answer comes later; until then this client is not read.
     *
     * @param stage completes on any thread, with any answer but a {@code Later}. One that fails, that completes with
     *     null or a {@code Later}, or that comes after the deadline counts as a failure of the hook
     * @param <T> the request
     */
    record Later<T>(CompletionStage<? extends Interception<T>> stage) implements Interception<T> {

        /** Checks that there is a stage. */
        public Later {
            Objects.requireNonNull(stage, "stage");
        }
    }

    /**
     * {@return goes on as it is}
     *
     * @param <T> the request
     */
    static <T> Interception<T> pass() {
        return new Pass<>();
    }

    /**
     * {@return goes on changed}
     *
     * @param request made by a {@code with} method of the intercepted one
     * @param <T> the request
     */
    static <T> Interception<T> change(T request) {
        return new Change<>(request);
    }

    /**
     * {@return ends here, refused}
     *
     * @param reason an error
     * @param text for the log, and for MQTT 5.0 clients that take Reason Strings
     * @param <T> the request
     */
    static <T> Interception<T> deny(ReasonCode reason, String text) {
        return new Deny<>(reason, text);
    }

    /**
     * {@return the answer comes later}
     *
     * @param stage completes on any thread
     * @param <T> the request
     */
    static <T> Interception<T> later(CompletionStage<? extends Interception<T>> stage) {
        return new Later<>(stage);
    }
}
