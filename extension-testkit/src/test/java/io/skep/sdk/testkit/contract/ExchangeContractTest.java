// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.Extension;
import io.skep.sdk.auth.AuthAnswer;
import io.skep.sdk.auth.EnhancedAuthenticator;
import io.skep.sdk.auth.EnhancedAuthenticator.Exchange;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Permissions;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of authentication methods, with one in which ann has to say back what she heard. */
class ExchangeContractTest {

    @TempDir
    Path folder;

    private static AuthAnswer ask(int number) {
        return AuthAnswer.goOn(Integer.toString(number).getBytes(UTF_8));
    }

    private static AuthAnswer judge(Login login, boolean echoed) {
        String claimed = login.client().userName();
        return echoed && (claimed == null || claimed.equals("ann"))
                ? AuthAnswer.allow(Permissions.ALL)
                : AuthAnswer.deny();
    }

    /** As it should be, with a state of its own. */
    private static final class Echo implements Exchange {

        private final Login login;
        private final int number = ThreadLocalRandom.current().nextInt();
        private boolean asked;

        Echo(Login login) {
            this.login = login;
        }

        @Override
        public AuthAnswer answer(byte[] data) {
            if (!asked) {
                asked = true;
                return ask(number);
            }
            return judge(login, new String(data, UTF_8).equals(Integer.toString(number)));
        }
    }

    private record Method(Function<Login, Exchange> exchanges) implements EnhancedAuthenticator {

        @Override
        public String method() {
            return "ECHO";
        }

        @Override
        public Exchange begin(Login login) {
            return exchanges.apply(login);
        }
    }

    private Map<String, String> failures(Function<Login, Exchange> exchanges) throws Exception {
        return failuresOf(context -> context.hooks().enhancedAuthenticator(new Method(exchanges)));
    }

    private Map<String, String> failuresOf(Extension extension) throws Exception {
        return Kept.failures(
                new EnhancedAuthenticatorContractTest() {
                    @Override
                    protected String id() {
                        return "echo";
                    }

                    @Override
                    protected Extension extension() {
                        return extension;
                    }

                    @Override
                    protected Speaker right() {
                        return heard -> heard.length == 0 ? "ann".getBytes(UTF_8) : heard;
                    }

                    @Override
                    protected Speaker wrong() {
                        return heard -> "ann".getBytes(UTF_8);
                    }
                },
                folder);
    }

    @Test
    void aMethodThatKeepsToItPasses() throws Exception {
        assertThat(failures(Echo::new)).isEmpty();
        assertThat(failuresOf(context -> context.hooks()
                        .enhancedAuthenticator(new Method(login -> later(new Echo(login), context.executor())))))
                .isEmpty();
    }

    private static Exchange later(Exchange exchange, Executor executor) {
        return data -> AuthAnswer.later(CompletableFuture.supplyAsync(() -> exchange.answer(data), executor));
    }

    @Test
    void oneThatKnowsASingleExchangeIsFound() throws Exception {
        Echo[] latest = new Echo[1];
        assertThat(failures(login -> {
                    latest[0] = new Echo(login);
                    return data -> latest[0].answer(data);
                }))
                .containsKey("exchangesThatGoOnTogetherDoNotMixUp");
    }

    @Test
    void oneThatLetsInWhoKnowsNothingIsFound() throws Exception {
        assertThat(failures(login -> {
                    AtomicInteger steps = new AtomicInteger();
                    return data -> steps.getAndIncrement() == 0 ? ask(1) : AuthAnswer.allow(Permissions.ALL);
                }))
                .containsOnlyKeys(
                        "aUserNameThatTheExchangeDoesNotProveIsNotLetIn",
                        "aWrongClientIsNotLetInWithinTheDeadlines",
                        "anyDataIsAnsweredAndNotLetInAtTheBeginningAndLater",
                        "exchangesThatGoOnTogetherDoNotMixUp");
    }

    @Test
    void oneThatBelievesTheUserNameOfConnectIsFound() throws Exception {
        assertThat(failures(login -> new Echo(new Login(Given.ANN, null))))
                .containsOnlyKeys("aUserNameThatTheExchangeDoesNotProveIsNotLetIn");
    }

    @Test
    void oneThatFailsOnWhatClientsMaySendIsFound() throws Exception {
        assertThat(failures(login -> {
                    Exchange echo = new Echo(login);
                    return data -> data[0] == 0 ? Kept.none() : echo.answer(data);
                }))
                .containsOnlyKeys("anyDataIsAnsweredAndNotLetInAtTheBeginningAndLater");
    }
}
