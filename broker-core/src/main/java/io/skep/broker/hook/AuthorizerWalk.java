// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.broker.loop.Loop;
import io.skep.sdk.Client;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Authorizer;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Operation;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks whether a client may do something: what no hook minds is allowed. */
final class AuthorizerWalk extends DecisionWalk<Authorizer> {

    private final Client client;
    private final Operation operation;

    AuthorizerWalk(
            List<Hook<Authorizer>> chain,
            Client client,
            Operation operation,
            Loop loop,
            Consumer<? super Decision> done) {
        super(chain, ReasonCode.NOT_AUTHORIZED, loop, done);
        this.client = client;
        this.operation = operation;
    }

    @Override
    @Nullable Decision ask(Hook<Authorizer> hook) {
        return hook.call().authorize(client, operation);
    }

    @Override
    Decision resultAtEnd() {
        return Decision.allow();
    }

    @Override
    Decision denied() {
        return deniedWithoutReason();
    }
}
