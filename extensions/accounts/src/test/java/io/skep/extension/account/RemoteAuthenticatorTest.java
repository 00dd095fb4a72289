// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.account;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RemoteAuthenticatorTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final List<Runnable> tasks = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private Decision answer = Decision.allow();

    @Test
    void asksOnItsOwnThreadsOnly() {
        RemoteAuthenticator authenticator = authenticator(HOUR, Cache.NONE);

        Decision decision = authenticator.authenticate(login("ann", "secret", "c"));
        assertThat(decision).isInstanceOf(Decision.Later.class);
        assertThat(asked).isEmpty();
        assertThat(join(decision)).isEqualTo(Decision.allow());
        assertThat(asked).containsExactly("ann secret");
    }

    @ParameterizedTest
    @CsvSource({"ann, ''", "ann, ", "'', secret", ", secret"})
    void whoLacksNameOrPasswordIsNotAskedFor(@Nullable String userName, @Nullable String password) {
        RemoteAuthenticator authenticator = authenticator(HOUR, Cache.NONE);

        assertThat(authenticator.authenticate(login(userName, password, "c"))).isEqualTo(Decision.next());
    }

    @Test
    void anAllowIsRememberedForExactlyThisLogin() {
        RemoteAuthenticator authenticator = authenticator(HOUR, new Cache(HOUR, 10));
        join(authenticator.authenticate(login("ann", "secret", "c")));

        assertThat(authenticator.authenticate(login("ann", "secret", "c"))).isEqualTo(Decision.allow());
        assertThat(authenticator.authenticate(login("ann", "secre", "tc"))).isInstanceOf(Decision.Later.class);
        assertThat(authenticator.authenticate(login("ann", "Secret", "c"))).isInstanceOf(Decision.Later.class);
        assertThat(authenticator.authenticate(login("ann", "secret", "d"))).isInstanceOf(Decision.Later.class);
        assertThat(authenticator.authenticate(login("bob", "secret", "c"))).isInstanceOf(Decision.Later.class);
    }

    @Test
    void aRefusalIsNotRemembered() {
        RemoteAuthenticator authenticator = authenticator(HOUR, new Cache(HOUR, 10));
        answer = Decision.deny();
        assertThat(join(authenticator.authenticate(login("ann", "secret", "c"))))
                .isEqualTo(Decision.deny());
        answer = Decision.allow();

        assertThat(join(authenticator.authenticate(login("ann", "secret", "c"))))
                .isEqualTo(Decision.allow());
    }

    @Test
    void whatWaitedForTooLongIsNotAskedAnyMore() {
        RemoteAuthenticator authenticator = authenticator(Duration.ofNanos(1), Cache.NONE);
        Decision decision = authenticator.authenticate(login("ann", "secret", "c"));

        assertThat(join(decision)).isEqualTo(Decision.deny());
        assertThat(asked).isEmpty();
    }

    @Test
    void aFailureIsAFailureForTheBroker() {
        RemoteAuthenticator authenticator = new RemoteAuthenticator(
                (login, userName, password) -> {
                    throw new IOException("away");
                },
                tasks::add,
                HOUR,
                new Cache(HOUR, 10));

        assertThatThrownBy(() -> join(authenticator.authenticate(login("ann", "secret", "c"))))
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("away");
    }

    private RemoteAuthenticator authenticator(Duration deadline, Cache cache) {
        RemoteAuthenticator.Source source = (login, userName, password) -> {
            asked.add(userName + " " + new String(password, UTF_8));
            return answer;
        };
        return new RemoteAuthenticator(source, tasks::add, deadline, cache);
    }

    private Decision join(Decision decision) {
        tasks.forEach(Runnable::run);
        tasks.clear();
        return ((Decision.Later) decision).stage().toCompletableFuture().join();
    }

    private static Login login(@Nullable String userName, @Nullable String password, String clientId) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
        Client client = new Client(clientId, userName, address, ProtocolVersion.V3_1_1, "tcp", List.of());
        return new Login(client, password == null ? null : password.getBytes(UTF_8));
    }
}
