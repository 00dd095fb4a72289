// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.broker.config.ConfigBinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthHttpConfigTest {

    private static final String URL = "authenticate-url: https://auth.example.com/login";
    private static final Path TEMPLATE = Path.of("../../distribution/src/main/dist/conf/extensions/auth-http.yaml");

    @TempDir
    Path folder;

    @Test
    void theShippedFileShowsEveryKeyAndTheDefaults() throws Exception {
        List<String> lines = Files.readAllLines(TEMPLATE);
        assertThat(lines).allMatch(line -> line.isEmpty() || line.startsWith("#"));
        List<String> keys = lines.stream()
                .filter(line -> !line.startsWith("##"))
                .map(line -> line.replaceFirst("#", ""))
                .toList();
        assertThatThrownBy(() -> bind(String.join("\n", keys))).hasMessageContaining("bearer-token: not alone");

        String basic = String.join(
                "\n", keys.stream().filter(line -> !line.startsWith("bearer")).toList());
        assertThat(bind(basic))
                .isEqualTo(new AuthHttpConfig(
                        "https://auth.example.com/login",
                        "https://auth.example.com/operation",
                        Map.of("X-Broker", "plant-7"),
                        new BasicConfig("skep", ""),
                        null,
                        "auth-ca.pem",
                        LimitsConfig.DEFAULT,
                        CacheConfig.DEFAULT));
    }

    @Test
    void secretsAreInNoMessage() throws Exception {
        assertThat(bind(URL + "?key=hunter2\nbearer-token: hunter2").toString()).doesNotContain("hunter2");
        assertThat(bind(URL + "\nbasic: {user: a, password: hunter2}").toString())
                .doesNotContain("hunter2");
        assertThat(new BasicConfig("a", "hunter2").toString()).doesNotContain("hunter2");
        assertThatThrownBy(() -> bind(URL + "\nbearer-token: \"hunter2\\n\"")).hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> bind(URL + "\nheaders: {Key: \"hunter2\\n\"}")).hasMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '|', textBlock = """
            authorize-url: ftp://a/b;              authorize-url: ftp://a/b (expected: such as https://
            authorize-url: "http://u:p@a/b";       authorize-url: http://u:p@a/b (expected: such as
            headers: {Host: a};                    headers: Host (expected: a header that may be set
            headers: {"a b": c};                   headers: a b (expected: a header that may be set
            basic: {user: "a:b", password: c};     user: a:b (expected: a name without a colon)
            basic: {user: a};                      password: none (expected: that of the user)
            limits: {connect-timeout: 1ms};        connect-timeout: 1ms (expected: 100ms to 60000ms)
            limits: {request-timeout: 1h};         request-timeout: 3600000ms (expected: 100ms to 60000ms)
            limits: {deadline: 0};                 deadline: 0ms (expected: 100ms to 300000ms)
            limits: {in-flight-max: 0};            in-flight-max: 0 (expected: 1 to 10000)
            limits: {waiting-max: -1};             waiting-max: -1 (expected: 0 to 1000000)
            limits: {answer-bytes-max: 1};         answer-bytes-max: 1 (expected: 256 to 16777216)
            cache: {time-max: 2d};                 time-max: 172800000ms (expected: 0ms to 86400000ms)
            cache: {bytes-max: 1};                 bytes-max: 1 (expected: 1024 to 1073741824)
            url: https://a/;                       url: unknown key
            """)
    void whatCannotBeMeantIsRefused(String line, String message) {
        assertThatThrownBy(() -> bind(URL + "\n" + line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void withoutAUrlNothingWorks() {
        assertThatThrownBy(() -> bind("")).hasMessageContaining("authenticate-url: none (expected: such as https://");
    }

    private AuthHttpConfig bind(String yaml) throws Exception {
        return ConfigBinder.bind(Files.writeString(folder.resolve("auth-http.yaml"), yaml), AuthHttpConfig.class);
    }
}
