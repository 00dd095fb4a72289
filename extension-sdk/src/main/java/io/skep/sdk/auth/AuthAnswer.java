// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.auth;

import io.skep.sdk.ReasonCode;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The answer of an {@link EnhancedAuthenticator} to what the client said. A wrong one cannot be made. Data is not
 * copied: who answers with an array does not change it any more.
 */
public sealed interface AuthAnswer {

    /**
     * The client has to say more.
     *
     * @param data the Authentication Data for it, at most 65535 bytes
     */
    record Continue(byte[] data) implements AuthAnswer {

        /**
         * Checks that the data fits.
         *
         * @throws IllegalArgumentException if it is longer
         */
        public Continue {
            checkLength(data);
        }
    }

    /**
     * Yes; the exchange is over.
     *
     * @param permissions what the client may do from now on
     * @param data the last Authentication Data for the client, at most 65535 bytes; null if the method needs none
     */
    record Allow(Permissions permissions, byte @Nullable [] data) implements AuthAnswer {

        /**
         * Checks that there are permissions and that the data fits.
         *
         * @throws IllegalArgumentException if the data is longer
         */
        public Allow {
            Objects.requireNonNull(permissions, "permissions");
            if (data != null) {
                checkLength(data);
            }
        }
    }

    /**
     * No; the exchange is over, and the connection too.
     *
     * @param reason for the client, an error
     * @param text for the log, and for the client
     * @param serverReference where to connect instead, told to MQTT 5.0 clients; null if there is nothing to tell
     */
    record Deny(ReasonCode reason, String text, @Nullable String serverReference) implements AuthAnswer {

        /**
         * Checks that the reason is an error, and one that goes with a server reference if there is one.
         *
         * @throws IllegalArgumentException if not, or if the server reference is blank or too long to be sent
         */
        public Deny {
            Denial.check(reason, text, serverReference);
        }
    }

    /** The next extension with this method decides; counts as a deny once the exchange goes on. */
    record Next() implements AuthAnswer {}

    /**
     * The answer comes later. Until then a client that wants to connect waits; one that is connected does not.
     *
     * @param stage completes on any thread, with any answer but a {@code Later}. One that fails, that completes with
     *     null or a {@code Later}, or that comes after the deadline counts as a failure of the hook
     */
    record Later(CompletionStage<? extends AuthAnswer> stage) implements AuthAnswer {

        /** Checks that there is a stage. */
        public Later {
            Objects.requireNonNull(stage, "stage");
        }
    }

    /**
     * {@return the client has to say more}
     *
     * @param data the Authentication Data for it
     */
    static AuthAnswer goOn(byte[] data) {
        return new Continue(data);
    }

    /**
     * {@return yes}
     *
     * @param permissions what the client may do from now on
     */
    static AuthAnswer allow(Permissions permissions) {
        return new Allow(permissions, null);
    }

    /**
     * {@return yes, with a last word}
     *
     * @param permissions what the client may do from now on
     * @param data the last Authentication Data for the client
     */
    static AuthAnswer allow(Permissions permissions, byte[] data) {
        return new Allow(permissions, data);
    }

    /** {@return no: "not authorized"} */
    static AuthAnswer deny() {
        return Constants.DENY_AUTH;
    }

    /**
     * {@return no, with a reason}
     *
     * @param reason an error
     * @param text for the log, and for the client
     */
    static AuthAnswer deny(ReasonCode reason, String text) {
        return new Deny(reason, text, null);
    }

    /**
     * {@return no, go elsewhere: MQTT 5.0 clients learn where, 3.x clients that this server is not available}
     *
     * @param reason {@code USE_ANOTHER_SERVER} for now, or {@code SERVER_MOVED} for good
     * @param serverReference one or more servers with a space between, each a host name or an address and, if need be,
     *     a port: {@code a.example b.example:1884 [2001:db8::1]:1883}
     */
    static AuthAnswer redirect(ReasonCode reason, String serverReference) {
        return new Deny(reason, "redirected", Objects.requireNonNull(serverReference, "serverReference"));
    }

    /** {@return the next extension with this method decides} */
    static AuthAnswer next() {
        return Constants.NEXT_AUTH;
    }

    /**
     * {@return the answer comes later}
     *
     * @param stage completes on any thread
     */
    static AuthAnswer later(CompletionStage<? extends AuthAnswer> stage) {
        return new Later(stage);
    }

    private static void checkLength(byte[] data) {
        if (data.length > 65_535) {
            throw new IllegalArgumentException("data: " + data.length + " bytes (expected: at most 65535)");
        }
    }
}
