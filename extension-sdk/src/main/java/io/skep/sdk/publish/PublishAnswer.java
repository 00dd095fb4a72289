// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.publish;

import io.skep.sdk.ReasonCode;
import io.skep.sdk.packet.ReplyType;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** What becomes of an intercepted PUBLISH. A wrong answer cannot be made. */
public sealed interface PublishAnswer {

    /** Goes on as it is, to the next interceptor. */
    enum Pass implements PublishAnswer {
        /** The only one. */
        PASS
    }

    /**
     * Goes on changed, to the next interceptor.
     *
     * @param publish made by a {@code with} method of the intercepted one
     */
    record Change(Publish publish) implements PublishAnswer {

        /** Checks that there is a publish. */
        public Change {
            Objects.requireNonNull(publish, "publish");
        }
    }

    /** Ends here; the publisher gets a positive acknowledgement. */
    enum Drop implements PublishAnswer {
        /** The only one. */
        DROP
    }

    /**
     * Ends here; an MQTT 5.0 publisher gets this code, a 3.x one a positive acknowledgement.
     *
     * @param reason an error that PUBACK may carry
     * @param text for MQTT 5.0 clients that take Reason Strings; empty for none
     */
    record Deny(ReasonCode reason, String text) implements PublishAnswer {

        /**
         * Checks that PUBACK may carry the reason.
         *
         * @throws IllegalArgumentException if it may not, or if the reason is no error
         */
        public Deny {
            Objects.requireNonNull(text, "text");
            if (!reason.isError() || !ReplyType.PUBACK.carries(reason)) {
                throw new IllegalArgumentException("reason: " + reason + " (expected: an error that PUBACK may carry)");
            }
        }
    }

    /**
     * The answer comes later; until then this publisher is not read.
     *
     * @param stage completes on any thread, with any answer but a {@code Later}. One that fails, that completes with
     *     null or a {@code Later}, or that comes after the deadline counts as a failure of the hook
     */
    record Later(CompletionStage<? extends PublishAnswer> stage) implements PublishAnswer {

        /** Checks that there is a stage. */
        public Later {
            Objects.requireNonNull(stage, "stage");
        }
    }

    /** {@return goes on as it is} */
    static PublishAnswer pass() {
        return Pass.PASS;
    }

    /**
     * {@return goes on changed}
     *
     * @param publish made by a {@code with} method of the intercepted one
     */
    static PublishAnswer change(Publish publish) {
        return new Change(publish);
    }

    /** {@return ends here, acknowledged} */
    static PublishAnswer drop() {
        return Drop.DROP;
    }

    /**
     * {@return ends here, refused}
     *
     * @param reason an error that PUBACK may carry
     */
    static PublishAnswer deny(ReasonCode reason) {
        return new Deny(reason, "");
    }

    /**
     * {@return ends here, refused with a text}
     *
     * @param reason an error that PUBACK may carry
     * @param text for MQTT 5.0 clients that take Reason Strings
     */
    static PublishAnswer deny(ReasonCode reason, String text) {
        return new Deny(reason, text);
    }

    /**
     * {@return the answer comes later}
     *
     * @param stage completes on any thread
     */
    static PublishAnswer later(CompletionStage<? extends PublishAnswer> stage) {
        return new Later(stage);
    }
}
