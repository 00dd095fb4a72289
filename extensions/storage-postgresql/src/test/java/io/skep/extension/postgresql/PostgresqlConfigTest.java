// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.broker.config.ConfigBinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresqlConfigTest {

    @TempDir
    Path folder;

    @Test
    void everyKeyMayBeLeftOut() throws Exception {
        assertThat(bind(""))
                .isEqualTo(new PostgresqlConfig(
                        "jdbc:postgresql://127.0.0.1:5432/skep",
                        "skep",
                        null,
                        "skep",
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(60)));
    }

    @Test
    void everyKeyIsRead() throws Exception {
        assertThat(bind("""
                url: jdbc:postgresql://a,b/d?targetServerType=primary
                user: u
                password: ${NOT_SET_ANYWHERE:from the environment}
                schema: s
                connect-timeout: 1s
                lock-timeout: 2s
                statement-timeout: 3s
                """))
                .isEqualTo(new PostgresqlConfig(
                        "jdbc:postgresql://a,b/d?targetServerType=primary",
                        "u",
                        "from the environment",
                        "s",
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3)));
    }

    @Test
    void thePasswordIsInNoMessage() throws Exception {
        assertThat(bind("password: hunter2").toString()).doesNotContain("hunter2");
        PostgresqlConfig inUrl = bind("url: jdbc:postgresql://a/d?sslpassword=hunter2");
        assertThat(inUrl.address()).isEqualTo("jdbc:postgresql://a/d");
        assertThat(inUrl.toString()).doesNotContain("hunter2");
        assertThatThrownBy(() -> bind("url: jdbc:mysql://a/d?password=hunter2"))
                .message()
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '|', textBlock = """
            url: mysql://a/b;            url: mysql://a/b (expected: such as jdbc:postgresql://db.example.com:5432/skep)
            user: " ";                   user: ' ' (expected: a role of the database)
            schema: Skep;                schema: 'Skep' (expected: up to 63 of a-z, 0-9 and _, not beginning with a digit)
            schema: a"b;                 schema: 'a"b' (expected: up to 63 of a-z, 0-9 and _
            connect-timeout: 10ms;       connect-timeout: 10ms (expected: 1000ms to 1h)
            lock-timeout: 0;             lock-timeout: 0ms (expected: 1ms to 1h)
            statement-timeout: 2h;       statement-timeout: 7200000ms (expected: 100ms to 1h)
            """)
    void whatCannotBeMeantIsRefused(String line, String message) {
        assertThatThrownBy(() -> bind(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private PostgresqlConfig bind(String yaml) throws Exception {
        return ConfigBinder.bind(
                Files.writeString(folder.resolve("storage-postgresql.yaml"), yaml), PostgresqlConfig.class);
    }
}
