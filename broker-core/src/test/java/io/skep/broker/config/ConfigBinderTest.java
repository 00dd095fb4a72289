// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The binder as an extension meets it: records of its own, with defaults in their compact constructors. */
class ConfigBinderTest {

    private enum Mode {
        STRICT,
        VERY_LAX
    }

    private record User(@Nullable String password, List<String> roles) {}

    private record Config(
            Duration every,
            int times,
            @Nullable Long queueBytes,
            double ratio,
            Mode mode,
            @Nullable Path file,
            List<User> users,
            Map<String, User> byName,
            Map<String, List<Integer>> numbers) {

        Config {
            every = every == null ? Duration.ofMinutes(1) : every;
            mode = mode == null ? Mode.STRICT : mode;
            if (times < 0) {
                throw new IllegalArgumentException("times: " + times + " (expected: 0 or more)");
            }
        }
    }

    @TempDir
    Path folder;

    @Test
    void withoutAFileComponentsAreEmptyAndTheConstructorSetsDefaults() {
        Config expected =
                new Config(Duration.ofMinutes(1), 0, null, 0, Mode.STRICT, null, List.of(), Map.of(), Map.of());
        assertThat(ConfigBinder.bind(folder.resolve("none.yaml"), Config.class)).isEqualTo(expected);
    }

    @Test
    void recordsListsAndMapsAreNested() throws IOException {
        Config config = bind("""
                every: 5s
                times: 3
                queue-bytes: 2MiB
                ratio: 0.5
                mode: very-lax
                file: users.yaml
                users:
                  - {password: a, roles: [x, y]}
                  - roles: [z]
                by-name:
                  Ann B.: {password: "1"}
                numbers: {odd: [1, 3], even: [2]}
                """);
        assertThat(config)
                .isEqualTo(new Config(
                        Duration.ofSeconds(5),
                        3,
                        2_097_152L,
                        0.5,
                        Mode.VERY_LAX,
                        Path.of("users.yaml"),
                        List.of(new User("a", List.of("x", "y")), new User(null, List.of("z"))),
                        Map.of("Ann B.", new User("1", List.of())),
                        Map.of("odd", List.of(1, 3), "even", List.of(2))));
    }

    @Test
    void everyMistakeIsNamed() {
        assertThatThrownBy(() -> bind("""
                                evry: 5s
                                times: 3000000000
                                users:
                                  - {passwort: a}
                                  - roles: x
                                numbers: {odd: [1, three]}
                                """))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(inFolder("""
                        own.yaml:1:1: evry: unknown key (expected: one of every, times, queue-bytes, ratio, mode, file, users, by-name, numbers; did you mean 'every'?)
                        own.yaml:2:8: times: 3000000000 (expected: a whole number, at most 2147483647)
                        own.yaml:4:6: users[0].passwort: unknown key (expected: one of password, roles; did you mean 'password'?)
                        own.yaml:5:12: users[1].roles: x (expected: a list)
                        own.yaml:6:20: numbers.odd[1]: three (expected: a whole number)"""));
    }

    @Test
    void whatTheConstructorRefusesIsAMistakeOfTheFile() {
        assertThatThrownBy(() -> bind("every: 1s\ntimes: -1\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessage(inFolder("own.yaml:2:8: times: -1 (expected: 0 or more)"));
    }

    private String inFolder(String message) {
        return message.replace("own.yaml", folder.resolve("own.yaml").toString());
    }

    private Config bind(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("own.yaml"), yaml);
        return ConfigBinder.bind(file, Config.class, Map.of());
    }
}
