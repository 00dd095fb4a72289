// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.broker.loop.Loop;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Authenticator;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks who may connect: whom no hook lets in stays out. */
final class AuthenticatorWalk extends DecisionWalk<Authenticator> {

    private final Login login;

    AuthenticatorWalk(List<Hook<Authenticator>> chain, Login login, Loop loop, Consumer<? super Decision> done) {
        super(chain, ReasonCode.BAD_USER_NAME_OR_PASSWORD, loop, done);
        this.login = login;
    }

    @Override
    @Nullable Decision ask(Hook<Authenticator> hook) {
        return hook.call().authenticate(login);
    }

    @Override
    Decision resultAtEnd() {
        return deniedWithoutReason();
    }

    @Override
    Decision denied() {
        // not the client's fault: it may try again with the same password
        return Decision.deny(ReasonCode.SERVER_UNAVAILABLE, "authentication is not available");
    }
}
