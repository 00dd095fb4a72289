// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.extension.account.PasswordHash;
import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.auth.Authenticator;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.EnhancedAuthenticator;
import io.skep.sdk.auth.Login;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of changed files; that changes are seen is the broker's business. */
class ReloadTest {

    private static final String SECRET = PasswordHash.create("secret", 1000).toString();

    @TempDir
    Path folder;

    private FileContext context;

    @BeforeEach
    void open() {
        context = new FileContext(folder);
    }

    @AfterEach
    void close() {
        context.close();
    }

    @Test
    void withoutUsersTheLogSaysThatNobodyCanLogIn() {
        new AuthFile().start(context);

        assertThat(context.warnings())
                .containsExactly("no users, so nobody can log in; add some to " + folder.resolve("auth-file.yaml"));
        assertThat(context.hooks(Authenticator.class)).hasSize(1);
        assertThat(context.hook(EnhancedAuthenticator.class).method()).isEqualTo("SCRAM-SHA-256");
    }

    @Test
    void aChangeHoldsForLoginsAfterIt() throws Exception {
        write("auth-file.yaml", config(null, "anna"));
        new AuthFile().start(context);
        assertThat(mayLogIn("anna")).isTrue();
        assertThat(mayLogIn("bert")).isFalse();

        write("auth-file.yaml", config(null, "bert"));
        context.configChanged();

        assertThat(mayLogIn("anna")).isFalse();
        assertThat(mayLogIn("bert")).isTrue();
    }

    @Test
    void aUsersFileIsReadAgainWithEachChange() throws Exception {
        write("auth-file.yaml", config("users.yaml"));
        write("users.yaml", new UsersFile(users("anna"), Map.of()));
        new AuthFile().start(context);
        assertThat(mayLogIn("anna")).isTrue();

        write("users.yaml", new UsersFile(users("bert"), Map.of()));
        context.configChanged();
        assertThat(mayLogIn("bert")).isTrue();

        Files.delete(folder.resolve("users.yaml"));
        assertThatThrownBy(() -> context.configChanged()).hasMessageStartingWith("users-file: users.yaml");
        assertThat(mayLogIn("bert")).isTrue();
    }

    @Test
    void aUsersFileThatIsNotThereIsNamed() throws IOException {
        write("auth-file.yaml", config("users.yaml"));
        context.contents.put(folder.resolve("users.yaml"), () -> new UsersFile(Map.of(), Map.of()));

        assertThatThrownBy(() -> new AuthFile().start(context))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("users-file: users.yaml (expected: a file; ");
    }

    @Test
    void usersAreInOnePlaceOnly() {
        assertThatThrownBy(() -> config("users.yaml", "anna"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("users-file: users.yaml (expected: users and roles are either here or there)");
    }

    private boolean mayLogIn(String user) throws Exception {
        Client client = new Client(
                "c",
                user,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000),
                ProtocolVersion.V3_1_1,
                "tcp",
                List.of());
        Authenticator authenticator = context.hook(Authenticator.class);
        Decision decision = authenticator.authenticate(new Login(client, "secret".getBytes(UTF_8)));
        if (decision instanceof Decision.Later later) {
            decision = later.stage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
        return decision instanceof Decision.Allow;
    }

    /** Writes a file, and says what it means. */
    private void write(String name, Record meaning) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, "");
        context.contents.put(file, () -> meaning);
    }

    private static AuthFileConfig config(@Nullable String usersFile, String... names) {
        return new AuthFileConfig(usersFile, users(names), Map.of());
    }

    private static Map<String, User> users(String... names) {
        Map<String, User> users = new HashMap<>();
        for (String name : names) {
            users.put(name, new User(SECRET, null, List.of(), null));
        }
        return users;
    }
}
