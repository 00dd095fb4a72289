// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authsql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.extension.account.Cache;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthSqlConfigTest {

    @Test
    void twoQueriesAreEnough() {
        AuthSqlConfig config = config(null, "SELECT 1", null, null);

        assertThat(config.url()).isEqualTo("jdbc:postgresql://127.0.0.1:5432/skep");
        assertThat(config.connections()).isEqualTo(4);
        assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.cache()).isEqualTo(Cache.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://x?password=p, SELECT 1, 4, 5000, 'url: ''postgresql://x'' (expected: such as jdbc:'",
        "jdbc:x, , 4, 5000, user-query: none (expected: a SELECT)",
        "jdbc:x, SELECT 1, 0, 5000, connections-max: 0 (expected: 1 to 100)",
        "jdbc:x, SELECT 1, 4, 249, timeout: 249ms (expected: 250ms to 8s)",
        "jdbc:x, SELECT 1, 4, 8001, timeout: 8001ms (expected: 250ms to 8s)",
    })
    void aWrongValueIsNamed(
            String url, @Nullable String query, int connectionsMax, long timeoutMillis, String message) {
        assertThatThrownBy(() -> config(url, query, connectionsMax, Duration.ofMillis(timeoutMillis)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void aUrlWithoutADriverIsNamedWithTheDriversThatThereAre() {
        assertThatThrownBy(() -> new Database(config("jdbc:nosuch:x;password=p", "SELECT 1", null, null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("url: 'jdbc:nosuch:x' (expected: a driver in lib/ of the extension that takes it;"
                        + " there are [org.postgresql.Driver])");
    }

    @Test
    void passwordsStayOutOfLogs() {
        AuthSqlConfig config = new AuthSqlConfig(
                "jdbc:x:y?password=p4ss",
                "skep",
                "s3cret",
                "SELECT 1",
                "SELECT 1",
                1,
                Duration.ofSeconds(1),
                Cache.NONE);

        assertThat(config.toString()).isEqualTo("jdbc:x:y as skep");
    }

    @SuppressWarnings("NullAway") // what a file leaves out is null
    private static AuthSqlConfig config(
            @Nullable String url,
            @Nullable String query,
            @Nullable Integer connectionsMax,
            @Nullable Duration timeout) {
        return new AuthSqlConfig(url, null, null, query, "SELECT 1", connectionsMax, timeout, null);
    }
}
