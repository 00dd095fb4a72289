// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.Client;
import io.skep.sdk.auth.Authenticator;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What the broker, and whoever runs it, relies on in an extension that checks passwords. Inherit it, say who may log
 * in, and run it:
 *
 * <pre>{@code
 * final class GateContractTest extends AuthenticatorContractTest {
 *     protected String id() { return "gate"; }
 *     protected String config() { return "users: {ann: secret}"; }
 *     protected Extension extension() { return new Gate(); }
 *     protected Login login() { return login("ann-1", "ann", "secret"); }
 * }
 * }</pre>
 */
public abstract class AuthenticatorContractTest extends HookContractTest {

    private static final int ROUNDS = 10; // of what may cost each time what it costs to guess a password

    /** For subclasses. */
    protected AuthenticatorContractTest() {}

    /** {@return a login that has to succeed with this configuration} */
    protected abstract Login login();

    /** {@return whether it lets nobody in without its configuration file; else nothing is expected of it then} */
    protected boolean needsConfig() {
        return true;
    }

    /**
     * {@return a login of an MQTT 5.0 client on this machine}
     *
     * @param clientId its id
     * @param userName null for none
     * @param password null for none
     */
    protected static Login login(String clientId, @Nullable String userName, @Nullable String password) {
        byte[] bytes = password == null ? null : password.getBytes(StandardCharsets.UTF_8);
        return new Login(Given.client(clientId, userName), bytes);
    }

    private Decision ask(Login login) {
        Authenticator authenticator = started.context().hook(Authenticator.class);
        return settled(
                authenticator,
                authenticator.authenticate(login),
                given -> given instanceof Decision.Later later ? later.stage() : null);
    }

    @Override
    final void ask() {
        started.context().hook(Authenticator.class).authenticate(login());
    }

    @Override
    final List<?> answers() {
        return Stream.of(login(), login(), login(), with(login(), wrongPassword()))
                .map(login -> ask(login) instanceof Decision.Allow ? "let in" : "not let in")
                .toList();
    }

    @Override
    final int rounds() {
        return ROUNDS;
    }

    private static Login with(Login login, byte @Nullable [] password) {
        return new Login(login.client(), password, login.userProperties());
    }

    private byte[] wrongPassword() {
        byte[] right = login().password();
        byte[] wrong = right == null ? new byte[] {'x'} : Arrays.copyOf(right, right.length + 1);
        wrong[wrong.length - 1] = 'x';
        return wrong;
    }

    @Test
    final void theRightPasswordIsLetInWithinTheDeadline() {
        assertThat(ask(login())).isInstanceOf(Decision.Allow.class);
    }

    @Test
    final void anotherPasswordIsNotLetInWithinTheDeadline() {
        assertThat(ask(with(login(), wrongPassword()))).isNotInstanceOf(Decision.Allow.class);
    }

    @Test
    final void passwordsOfAnyBytesAreAnsweredAndNotLetIn() {
        byte[] large = new byte[65_535];
        Arrays.fill(large, (byte) 'x');
        for (byte[] password :
                Arrays.asList(null, new byte[0], new byte[] {0}, new byte[] {(byte) 0xC3, 0x28}, large)) {
            assertThat(ask(with(login(), password))).isNotInstanceOf(Decision.Allow.class);
        }
    }

    @Test
    final void strangeNamesAndNoneAreAnswered() {
        Client client = login().client();
        for (String name : Given.NAMES) {
            ask(new Login(Given.client(client.id(), name), login().password()));
            ask(new Login(Given.client(name, client.userName()), login().password(), Given.PROPERTIES));
        }
        ask(new Login(Given.client(client.id(), ""), login().password()));
        ask(new Login(Given.client(client.id(), null), login().password()));
    }

    private Path file() {
        return started.context().configFolder().resolve(id() + ".yaml");
    }

    @Test
    final void withoutItsConfigurationNobodyIsLetIn() throws Exception {
        if (!needsConfig()) {
            return;
        }
        Files.delete(file());
        try {
            startAnew();
        } catch (RuntimeException e) {
            return; // which is better still, for the log says why
        }
        assertThat(ask(login())).isNotInstanceOf(Decision.Allow.class);
    }

    @Test
    final void aConfigurationThatCannotBeReadIsRefusedAndOneThatHeldHoldsOn() throws Exception {
        if (!needsConfig()) {
            return;
        }
        Files.writeString(file(), "no-such-key: 1\n");
        assertThatThrownBy(
                        () -> Started.of(extension(), context(started.context().configFolder())))
                .as("a start with an unknown key")
                .isInstanceOf(IllegalArgumentException.class);
        try {
            started.context().configChanged();
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("no-such-key");
        }
        assertThat(ask(login())).isInstanceOf(Decision.Allow.class);
    }
}
