// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.hook;

import static io.skep.broker.hook.HookFixture.CLIENT;
import static io.skep.broker.hook.HookFixture.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.HookOptions;
import io.skep.sdk.HookOptions.Fallback;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.AuthAnswer;
import io.skep.sdk.auth.EnhancedAuthenticator;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Permissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AuthExchangeTest {

    private static final AuthAnswer ALLOW = AuthAnswer.allow(Permissions.ALL);
    private static final AuthAnswer ASK = AuthAnswer.goOn(new byte[0]);
    private static final AuthAnswer UNAVAILABLE =
            AuthAnswer.deny(ReasonCode.SERVER_UNAVAILABLE, "authentication is not available");
    private static final HookOptions NEXT = HookOptions.DEFAULT.withFallback(Fallback.NEXT);

    private final HookFixture hooks = new HookFixture();
    private final List<String> heard = new ArrayList<>();

    @AfterEach
    void close() {
        hooks.close();
    }

    @Test
    void anExtensionIsAskedAboutItsOwnMethodOnly() {
        hooks.install("a", a -> a.enhancedAuthenticator(method("OTHER", data -> AuthAnswer.deny())));
        hooks.install("b", b -> b.enhancedAuthenticator(method("M", data -> ALLOW)));

        assertThat(hooks.chains.exchange("m", new Login(CLIENT, null), hooks.loop))
                .isNull();
        assertThat(say(open(), "x")).isEqualTo(ALLOW);
        assertThat(hooks.chains.authenticates()).isTrue();
    }

    @Test
    void whoTakesUpAnExchangeHasItToItsEnd() {
        hooks.install("a", a -> a.enhancedAuthenticator(method("M", hearing("a", AuthAnswer.next()))));
        hooks.install("b", b -> b.enhancedAuthenticator(method("M", hearing("b", ASK))));
        hooks.install("c", c -> c.enhancedAuthenticator(method("M", hearing("c", ALLOW))));
        AuthExchange exchange = open();

        assertThat(say(exchange, "1")).isEqualTo(ASK);
        assertThat(say(exchange, "2")).isEqualTo(ASK);
        assertThat(heard).containsExactly("a1", "b1", "b2");
    }

    @Test
    void whomNobodyTakesUpIsDenied() {
        hooks.install("a", a -> a.enhancedAuthenticator(method("M", data -> AuthAnswer.next())));

        assertThat(say(open(), "x")).isEqualTo(AuthAnswer.deny());
    }

    @Test
    void nextInTheMiddleOfAnExchangeIsADeny() {
        hooks.install(
                "a",
                a -> a.enhancedAuthenticator(method("M", data -> text(data).equals("1") ? ASK : AuthAnswer.next())));
        hooks.install("b", b -> b.enhancedAuthenticator(method("M", data -> ALLOW)));
        AuthExchange exchange = open();

        assertThat(say(exchange, "1")).isEqualTo(ASK);
        assertThat(say(exchange, "2")).isEqualTo(AuthAnswer.deny());
    }

    @Test
    void whatFailsCountsAsItsFallback() {
        hooks.install("a", a -> a.enhancedAuthenticator(failing(), NEXT));
        hooks.install("b", b -> b.enhancedAuthenticator(method("M", data -> ASK)));
        assertThat(say(open(), "x")).isEqualTo(ASK);

        hooks.install("_", first -> first.enhancedAuthenticator(failing()));
        assertThat(say(open(), "x")).isEqualTo(UNAVAILABLE);
        assertThat(hooks.failures()).isEqualTo(2);
    }

    @Test
    void aMissedDeadlineIsAFailure() {
        HookOptions soon = HookOptions.DEFAULT.withDeadline(Duration.ofMillis(20));
        hooks.install(
                "a",
                a -> a.enhancedAuthenticator(method("M", data -> AuthAnswer.later(new CompletableFuture<>())), soon));

        assertThat(say(open(), "x")).isEqualTo(UNAVAILABLE);
    }

    @Test
    void aLaterAnswerComesBackOnTheLoop() {
        hooks.install(
                "a",
                a -> a.enhancedAuthenticator(method(
                        "M", data -> AuthAnswer.later(CompletableFuture.supplyAsync(() -> ASK, hooks.threads)))));

        assertThat(say(open(), "x")).isEqualTo(ASK);
    }

    @Test
    void dataThatDoesNotFitIntoAPacketIsTheExtensionsFault() {
        assertThatThrownBy(() -> AuthAnswer.goOn(new byte[65_536]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("data: 65536 bytes (expected: at most 65535)");
        assertThatThrownBy(() -> AuthAnswer.allow(Permissions.ALL, new byte[65_536]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private AuthExchange open() {
        return Objects.requireNonNull(hooks.chains.exchange("M", new Login(CLIENT, null), hooks.loop));
    }

    private AuthAnswer say(AuthExchange exchange, String text) {
        CompletableFuture<AuthAnswer> answer = new CompletableFuture<>();
        hooks.loop.execute(() -> exchange.say(text.getBytes(UTF_8), given -> {
            assertThat(hooks.loop.inLoop()).isTrue();
            answer.complete(given);
        }));
        return get(answer);
    }

    private EnhancedAuthenticator.Exchange hearing(String name, AuthAnswer answer) {
        return data -> {
            heard.add(name + text(data));
            return answer;
        };
    }

    private static EnhancedAuthenticator failing() {
        return method("M", data -> {
            throw new IllegalStateException("broken");
        });
    }

    private static EnhancedAuthenticator method(String name, EnhancedAuthenticator.Exchange exchange) {
        return new EnhancedAuthenticator() {
            @Override
            public String method() {
                return name;
            }

            @Override
            public Exchange begin(Login login) {
                return exchange;
            }
        };
    }

    private static String text(byte[] data) {
        return new String(data, UTF_8);
    }
}
