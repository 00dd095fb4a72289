// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import io.skep.broker.loop.Loop;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.AuthAnswer;
import io.skep.sdk.auth.EnhancedAuthenticator.Exchange;
import io.skep.sdk.auth.Login;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A conversation between a client and the extension that knows its authentication method. The client's first data is
 * shown to one extension after the other, until one takes it up; it is the partner from then on. Lives on the client's
 * loop.
 */
public final class AuthExchange {

    private final List<Hook<AuthMethod>> chain;
    private final Login login;
    private final Loop loop;
    private @Nullable Hook<AuthMethod> partner;
    private @Nullable Exchange exchange;

    AuthExchange(List<Hook<AuthMethod>> chain, Login login, Loop loop) {
        this.chain = chain;
        this.login = login;
        this.loop = loop;
    }

    /**
     * Says what the client said; not again before the answer is there.
     *
     * @param done gets a {@code Continue}, an {@code Allow} or a {@code Deny}
     */
    public void say(byte[] data, Consumer<? super AuthAnswer> done) {
        boolean first = partner == null;
        new Step(first ? chain : List.of(Objects.requireNonNull(partner)), first, data, done).run();
    }

    private final class Step extends Walk<AuthMethod, AuthAnswer> {

        private final boolean first;
        private final byte[] data;

        Step(List<Hook<AuthMethod>> chain, boolean first, byte[] data, Consumer<? super AuthAnswer> done) {
            super(chain, loop, done);
            this.first = first;
            this.data = data;
        }

        @Override
        @Nullable AuthAnswer ask(Hook<AuthMethod> hook) {
            if (first) {
                partner = hook;
                exchange = hook.call().authenticator().begin(login);
            }
            return Objects.requireNonNull(exchange, "exchange").answer(data);
        }

        @Override
        @Nullable CompletionStage<? extends AuthAnswer> stage(AuthAnswer answer) {
            return answer instanceof AuthAnswer.Later later ? later.stage() : null;
        }

        @Override
        @Nullable AuthAnswer result(AuthAnswer answer) {
            return answer instanceof AuthAnswer.Next ? null : answer;
        }

        @Override
        AuthAnswer resultAtEnd() {
            return AuthAnswer.deny();
        }

        @Override
        AuthAnswer denied() {
            // not the client's fault: it may try again
            return AuthAnswer.deny(ReasonCode.SERVER_UNAVAILABLE, "authentication is not available");
        }

        @Override
        AuthAnswer passed() {
            return AuthAnswer.next();
        }
    }
}
