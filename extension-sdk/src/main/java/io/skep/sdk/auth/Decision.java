// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.auth;

import io.skep.sdk.ReasonCode;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The answer of a hook that decides. Immutable; a wrong one cannot be made. */
public sealed interface Decision {

    /**
     * Yes; later hooks are not asked.
     *
     * @param permissions what the client may do; looked at for logins only
     */
    record Allow(Permissions permissions) implements Decision {

        /** Checks that there are permissions. */
        public Allow {
            Objects.requireNonNull(permissions, "permissions");
        }
    }

    /**
     * No; later hooks are not asked.
     *
     * @param reason for the client, an error; 3.x clients see the nearest code they know
     * @param text for the log, and for MQTT 5.0 clients
     * @param serverReference where to connect instead, told to MQTT 5.0 clients; null if there is nothing to tell
     */
    record Deny(ReasonCode reason, String text, @Nullable String serverReference) implements Decision {

        /**
         * Checks that the reason is an error, and one that goes with a server reference if there is one.
         *
         * @throws IllegalArgumentException if not, or if the server reference is blank or too long to be sent
         */
        public Deny {
            Denial.check(reason, text, serverReference);
        }
    }

    /** The next hook decides. */
    record Next() implements Decision {}

    /**
     * The answer comes later; until then the client's packets wait, and no other's.
     *
     * @param stage completes on any thread, with any decision but a {@code Later}. One that fails, that completes with
     *     null or a {@code Later}, or that comes after the deadline counts as a failure of the hook
     */
    record Later(CompletionStage<? extends Decision> stage) implements Decision {

        /** Checks that there is a stage. */
        public Later {
            Objects.requireNonNull(stage, "stage");
        }
    }

    /** {@return yes, with permission for everything} */
    static Decision allow() {
        return Constants.ALLOW;
    }

    /**
     * {@return yes, within limits}
     *
     * @param permissions what the client may do
     */
    static Decision allow(Permissions permissions) {
        return new Allow(permissions);
    }

    /** {@return no: for a login "bad user name or password", for an operation "not authorized"} */
    static Decision deny() {
        return Constants.DENY;
    }

    /**
     * {@return no, with a reason}
     *
     * @param reason an error
     * @param text for the log, and for MQTT 5.0 clients
     */
    static Decision deny(ReasonCode reason, String text) {
        return new Deny(reason, text, null);
    }

    /**
     * {@return no, go elsewhere: MQTT 5.0 clients learn where, 3.x clients that this server is not available}
     *
     * @param reason {@code USE_ANOTHER_SERVER} for now, or {@code SERVER_MOVED} for good
     * @param serverReference one or more servers with a space between, each a host name or an address and, if need be,
     *     a port: {@code a.example b.example:1884 [2001:db8::1]:1883}
     */
    static Decision redirect(ReasonCode reason, String serverReference) {
        return new Deny(reason, "redirected", Objects.requireNonNull(serverReference, "serverReference"));
    }

    /** {@return the next hook decides} */
    static Decision next() {
        return Constants.NEXT;
    }

    /**
     * {@return the answer comes later}
     *
     * @param stage completes on any thread
     */
    static Decision later(CompletionStage<? extends Decision> stage) {
        return new Later(stage);
    }
}
