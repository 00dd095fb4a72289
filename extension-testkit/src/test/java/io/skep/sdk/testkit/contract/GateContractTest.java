// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import io.skep.sdk.Extension;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import java.util.concurrent.CompletableFuture;

/** The contract of authenticators, kept by a small one. */
final class GateContractTest extends AuthenticatorContractTest {

    private record Gate(String password) {

        Decision check(Login login) {
            return login.password() != null && login.passwordText().equals(password)
                    ? Decision.allow()
                    : Decision.next();
        }
    }

    @Override
    protected String id() {
        return "gate";
    }

    @Override
    protected String config() {
        return "password: secret\n";
    }

    @Override
    protected Extension extension() {
        return context -> {
            Gate gate = context.config(Gate.class);
            context.hooks()
                    .authenticator(login ->
                            Decision.later(CompletableFuture.supplyAsync(() -> gate.check(login), context.executor())));
        };
    }

    @Override
    protected Login login() {
        return login("ann-1", "ann", "secret");
    }
}
