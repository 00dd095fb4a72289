// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.Client;
import io.skep.sdk.Extension;
import io.skep.sdk.auth.Authenticator;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import io.skep.sdk.testkit.BareContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
public abstract class AuthenticatorContractTest {

    private static final int CLIENTS = 40;
    private static final int THREADS = 4;

    private Path folder;
    private Started started;

    /** For subclasses. */
    protected AuthenticatorContractTest() {}

    /** {@return the id of the extension} */
    protected abstract String id();

    /** {@return the content of its configuration file} */
    protected abstract String config();

    /** {@return a new one, which is then started} */
    protected abstract Extension extension();

    /** {@return a login that has to succeed with this configuration} */
    protected abstract Login login();

    /** {@return whether it lets nobody in without its configuration file; else nothing is expected of it then} */
    protected boolean needsConfig() {
        return true;
    }

    /**
     * {@return the context that the extension is started with; one with services, if it uses any}
     *
     * @param configFolder where the configuration is
     */
    protected BareContext context(Path configFolder) {
        return new BareContext(id(), configFolder);
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
        return new Login(Started.client(clientId, userName), bytes);
    }

    @BeforeEach
    final void start(@TempDir Path temporaryFolder) throws IOException {
        folder = temporaryFolder;
        writeConfig(config());
        started = Started.of(extension(), context(folder));
    }

    @AfterEach
    final void stop() throws Exception {
        started.stop();
    }

    private void writeConfig(String text) throws IOException {
        Files.writeString(folder.resolve(id() + ".yaml"), text);
    }

    private Decision ask(Login login) {
        Authenticator authenticator = started.context().hook(Authenticator.class);
        return Started.decided(
                authenticator.authenticate(login),
                started.context().options(authenticator).deadline());
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
        for (String name :
                Arrays.asList(null, "", "no such user", "+/#", "$SYS", "ä".repeat(30_000), "';--", "*)(uid=*")) {
            ask(new Login(Started.client(client.id(), name), login().password()));
            if (name != null && !name.isEmpty()) {
                ask(new Login(Started.client(name, client.userName()), login().password()));
            }
        }
    }

    @Test
    final void theThreadThatAsksIsNotKept() {
        Authenticator authenticator = started.context().hook(Authenticator.class);
        Promptness.check(() -> authenticator.authenticate(login()));
    }

    @Test
    final void whoAsksAtTheSameTimeGetsTheAnswerToItsOwnQuestion() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<Decision>> answers = IntStream.range(0, CLIENTS)
                    .mapToObj(i -> i % 4 == 3 ? with(login(), wrongPassword()) : login())
                    .map(login -> threads.submit(() -> ask(login)))
                    .toList();
            for (int i = 0; i < CLIENTS; i++) {
                assertThat(answers.get(i).get() instanceof Decision.Allow)
                        .as("client " + i)
                        .isEqualTo(i % 4 != 3);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    final void itCanBeStoppedAndStartedAnew() throws Exception {
        started.stop();
        started = Started.of(extension(), context(folder));
        assertThat(ask(login())).isInstanceOf(Decision.Allow.class);
    }

    @Test
    final void withoutItsConfigurationNobodyIsLetIn() throws Exception {
        if (!needsConfig()) {
            return;
        }
        started.stop();
        Files.delete(folder.resolve(id() + ".yaml"));
        try {
            started = Started.of(extension(), context(folder));
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
        writeConfig("no-such-key: 1\n");
        assertThatThrownBy(() -> Started.of(extension(), context(folder)))
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
