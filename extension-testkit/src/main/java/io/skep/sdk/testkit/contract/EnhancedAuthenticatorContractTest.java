// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.auth.AuthAnswer;
import io.skep.sdk.auth.EnhancedAuthenticator;
import io.skep.sdk.auth.EnhancedAuthenticator.Exchange;
import io.skep.sdk.auth.Login;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What the broker, and whoever runs it, relies on in an extension that lets clients in by an authentication method of
 * MQTT 5.0. Inherit it, and say what a client says that has to get in, and one that has not.
 */
public abstract class EnhancedAuthenticatorContractTest extends HookContractTest {

    private static final int STEPS_MAX = 20;
    private static final int ROUNDS = 10; // of what may cost each time what it costs to guess a password

    /** For subclasses. */
    protected EnhancedAuthenticatorContractTest() {}

    /** The client's side of one exchange. */
    @FunctionalInterface
    protected interface Speaker {

        /**
         * {@return the next Authentication Data of the client}
         *
         * @param heard that of the server; empty at the beginning
         */
        byte[] say(byte[] heard);
    }

    /** {@return a new client that has to get in} */
    protected abstract Speaker right();

    /** {@return a new client that keeps to the method too, and knows the wrong secret} */
    protected abstract Speaker wrong();

    /** {@return who wants to connect; the user name is one that {@link #right} proves, or null} */
    protected Login login() {
        return login("ann-1", null);
    }

    private static Login login(String clientId, @Nullable String userName) {
        return new Login(Given.client(clientId, userName), null, Given.PROPERTIES);
    }

    private EnhancedAuthenticator hook() {
        return started.context().hook(EnhancedAuthenticator.class);
    }

    private AuthAnswer answer(Exchange exchange, byte[] data) {
        return settled(
                hook(), exchange.answer(data), given -> given instanceof AuthAnswer.Later later ? later.stage() : null);
    }

    /** {@return the exchange that begins with a client} */
    private Exchange begin(Login login) {
        Exchange exchange = hook().begin(login);
        assertThat(exchange).as("exchange").isNotNull();
        return exchange;
    }

    /** Goes on with an exchange, for as long as the client has to say more. */
    private AuthAnswer end(Exchange exchange, Speaker client, AuthAnswer first) {
        AuthAnswer answer = first;
        for (int i = 0; i < STEPS_MAX && answer instanceof AuthAnswer.Continue more; i++) {
            answer = answer(exchange, client.say(more.data()));
        }
        return answer;
    }

    private AuthAnswer talk(Login login, Speaker client) {
        Exchange exchange = begin(login);
        return end(exchange, client, answer(exchange, client.say(new byte[0])));
    }

    @Override
    final void ask() {
        begin(login()).answer(right().say(new byte[0]));
    }

    /** Exchanges that have begun before others end. */
    @Override
    final List<?> answers() {
        Speaker outer = right();
        Exchange exchange = begin(login());
        AuthAnswer first = answer(exchange, outer.say(new byte[0]));
        AuthAnswer refused = talk(login(), wrong());
        AuthAnswer admitted = talk(login(), right());
        return Stream.of(end(exchange, outer, first), refused, admitted)
                .map(answer -> answer instanceof AuthAnswer.Allow ? "let in" : "not let in")
                .toList();
    }

    @Override
    final int rounds() {
        return ROUNDS;
    }

    @Test
    final void itNamesItsMethodAndStaysWithIt() {
        assertThat(hook().method()).isNotEmpty().isEqualTo(hook().method());
    }

    @Test
    final void theRightClientIsLetInWithinTheDeadlines() {
        assertThat(talk(login(), right())).isInstanceOf(AuthAnswer.Allow.class);
    }

    @Test
    final void aWrongClientIsNotLetInWithinTheDeadlines() {
        assertThat(talk(login(), wrong())).isNotInstanceOf(AuthAnswer.Allow.class);
    }

    @Test
    final void exchangesThatGoOnTogetherDoNotMixUp() {
        assertThat(answers()).isEqualTo(List.of("let in", "not let in", "let in"));
    }

    @Test
    final void aUserNameThatTheExchangeDoesNotProveIsNotLetIn() {
        for (String name : Given.NAMES) {
            assertThat(talk(login("ann-1", name), right()))
                    .as("answer to the right client, with a user name that is not its own in CONNECT")
                    .isNotInstanceOf(AuthAnswer.Allow.class);
        }
    }

    @Test
    final void strangeClientIdsAreAnswered() {
        Given.NAMES.forEach(id -> talk(login(id, login().client().userName()), right()));
    }

    @Test
    final void anyDataIsAnsweredAndNotLetInAtTheBeginningAndLater() {
        byte[] longest = Given.LONGEST.getBytes(StandardCharsets.UTF_8);
        int steps = stepsOf(right());
        for (byte[] data : List.of(new byte[0], new byte[] {0}, new byte[] {(byte) 0xC3, 0x28}, longest)) {
            for (int i = 0; i < steps; i++) {
                assertThat(talk(login(), speaker(right(), i, data)))
                        .as("answer to strange data in step " + (i + 1))
                        .isNotInstanceOf(AuthAnswer.Allow.class);
            }
        }
    }

    private int stepsOf(Speaker client) {
        AtomicInteger steps = new AtomicInteger();
        talk(login(), heard -> {
            steps.incrementAndGet();
            return client.say(heard);
        });
        return steps.get();
    }

    /** {@return a client that says something else after some steps} */
    private static Speaker speaker(Speaker client, int steps, byte[] data) {
        AtomicInteger said = new AtomicInteger();
        return heard -> said.getAndIncrement() < steps ? client.say(heard) : data;
    }
}
