// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.extension.account.PasswordHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadTest {

    private static final String SECRET = PasswordHash.create("secret", 1000).toString();

    @TempDir
    Path folder;

    private FileContext context;
    private Reload reload;
    private final List<Integer> sizes = new ArrayList<>();

    @BeforeEach
    void open() {
        context = new FileContext(folder);
        reload = new Reload(context, directory -> sizes.add(directory.size()));
    }

    @AfterEach
    void close() {
        context.executor.shutdownNow();
    }

    @Test
    void withoutUsersTheLogSaysThatNobodyCanLogIn() {
        reload.first();

        assertThat(context.warnings)
                .containsExactly("no users, so nobody can log in; add some to " + folder.resolve("auth-file.yaml"));
    }

    @Test
    void aChangeIsReadOnceItHasSettled() throws IOException {
        write("auth-file.yaml", "1", config(null, "anna"));
        reload.first();
        poll(3);
        assertThat(sizes).containsExactly(1);

        write("auth-file.yaml", "22", config(null, "anna", "bert"));
        poll(1);
        assertThat(sizes).containsExactly(1);
        poll(3);
        assertThat(sizes).containsExactly(1, 2);
    }

    @Test
    void aBrokenChangeLeavesTheUsersAsTheyWereAndIsReportedOnce() throws IOException {
        write("auth-file.yaml", "1", config(null, "anna"));
        reload.first();

        Path file = folder.resolve("auth-file.yaml");
        Files.writeString(file, "broken");
        context.contents.put(file, () -> {
            throw new IllegalArgumentException("auth-file.yaml:3: users.anna.password: none (expected: a hash)");
        });
        poll(4);
        assertThat(sizes).containsExactly(1);
        assertThat(context.warnings)
                .containsExactly("the change is not used, the users stay as they were: "
                        + "auth-file.yaml:3: users.anna.password: none (expected: a hash)");

        write("auth-file.yaml", "mended", config(null, "anna", "bert", "carl"));
        poll(2);
        assertThat(sizes).containsExactly(1, 3);
    }

    @Test
    void aFileThatVanishesLeavesTheUsersAsTheyWere() throws IOException {
        write("auth-file.yaml", "1", config(null, "anna"));
        reload.first();

        Files.delete(folder.resolve("auth-file.yaml"));
        context.contents.clear();
        poll(4);

        assertThat(sizes).containsExactly(1);
        assertThat(context.warnings).singleElement().asString().contains("auth-file.yaml: gone (expected: ");
    }

    @Test
    void aUsersFileIsWatchedToo() throws IOException {
        write("auth-file.yaml", "1", config("users.yaml"));
        write("users.yaml", "1", new UsersFile(users("anna"), Map.of()));
        reload.first();
        poll(3);
        assertThat(sizes).containsExactly(1);

        write("users.yaml", "22", new UsersFile(users("anna", "bert"), Map.of()));
        poll(2);
        assertThat(sizes).containsExactly(1, 2);
    }

    @Test
    void aUsersFileThatIsNotThereIsNamed() throws IOException {
        write("auth-file.yaml", "1", config("users.yaml"));

        assertThatThrownBy(reload::first)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("users-file: users.yaml (expected: a file; ");
    }

    @Test
    void usersAreInOnePlaceOnly() {
        assertThatThrownBy(() -> config("users.yaml", "anna"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("users-file: users.yaml (expected: users and roles are either here or there)");
    }

    @Test
    void theExtensionPollsByItself() throws Exception {
        write("auth-file.yaml", "1", config(null, "anna"));
        AuthFile extension = new AuthFile();
        extension.start(context);
        assertThat(context.authenticators).hasSize(1);
        assertThat(context.methods).containsExactly("SCRAM-SHA-256");

        Files.writeString(folder.resolve("auth-file.yaml"), "broken");
        context.contents.put(folder.resolve("auth-file.yaml"), () -> {
            throw new IllegalArgumentException("broken");
        });
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (context.warnings.isEmpty()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }

        extension.stop();
        assertThat(context.warnings).hasSize(1);
    }

    private void poll(int times) {
        for (int i = 0; i < times; i++) {
            reload.poll();
        }
    }

    /** Writes a file, of another length each time, and says what it means. */
    private void write(String name, String text, Record meaning) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, text);
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
