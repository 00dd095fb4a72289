// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.broker.config.ConfigBinder;
import io.skep.extension.authjwt.AuthJwtConfig.TokenIn;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Permission.Effect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthJwtConfigTest {

    private static final Path TEMPLATE = Path.of("../../distribution/src/main/dist/conf/extensions/auth-jwt.yaml");

    @TempDir
    Path folder;

    @Test
    void theShippedFileShowsEveryKeyAndTheDefaults() throws Exception {
        List<String> lines = Files.readAllLines(TEMPLATE);
        assertThat(lines).allMatch(line -> line.isEmpty() || line.startsWith("#"));
        String keys = String.join(
                "\n",
                lines.stream()
                        .filter(line -> !line.startsWith("##"))
                        .map(line -> line.replaceFirst("#", ""))
                        .toList());

        AuthJwtConfig defaults = bind("keys: {file: x}");
        assertThat(bind(keys))
                .isEqualTo(new AuthJwtConfig(
                        new KeysConfig(
                                "jwks.json",
                                "https://id.example.com/.well-known/jwks.json",
                                defaults.keys().refresh(),
                                defaults.keys().refetchMin(),
                                defaults.keys().timeout()),
                        defaults.algorithms(),
                        "https://id.example.com/",
                        List.of("mqtt"),
                        defaults.clockSkew(),
                        defaults.expiryRequired(),
                        defaults.disconnectAtExpiry(),
                        defaults.tokenIn(),
                        defaults.userNameMustMatch(),
                        "%u-*",
                        new ClaimsConfig("sub", "mqtt-permissions", "mqtt-publish", "mqtt-subscribe"),
                        List.of(new Rule(
                                "devices/%u/#", List.of(Action.PUBLISH, Action.SUBSCRIBE), Effect.ALLOW, 2, true))));
    }

    @Test
    void whatIsLeftOutHasADefault() throws Exception {
        AuthJwtConfig config = bind("keys: {url: https://a.example/jwks}");
        assertThat(config.algorithms()).containsExactly("RS256", "ES256");
        assertThat(config.expiryRequired()).isTrue();
        assertThat(config.disconnectAtExpiry()).isTrue();
        assertThat(config.tokenIn()).isEqualTo(TokenIn.PASSWORD);
        assertThat(config.clockSkew()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.claims().user()).isEqualTo("sub");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '|', textBlock = """
            issuer: x;                                   keys: none (expected: a group with file or url)
            keys: {};                                    file: none (expected: a file, or a url
            keys: {url: "ftp://a/b"};                    url: ftp://a/b (expected: such as https://
            keys: {url: "http://"};                      url: http:// (expected: such as https://
            keys: {file: a, refresh: 10ms};              refresh: 10ms (expected: 1000ms to 86400000ms)
            keys: {file: a, refetch-min: 0};             refetch-min: 0ms (expected: 100ms to
            keys: {file: a, timeout: 2m};                timeout: 120000ms (expected: 100ms to 60000ms)
            algorithms: [none];                          algorithms: none (expected: among HS, RS, PS and ES
            algorithms: [rs256];                         algorithms: rs256 (expected:
            clock-skew: 2h;                              clock-skew: 7200000ms (expected: 0ms to
            token-in: header;                            token-in: header (expected: one of password, user-name)
            client-id: "%{}";                            client-id: '%{}' (expected: the name of a claim in %{})
            permissions: [{topic: "a/#/b"}];             topic: topic filter: 'a/#/b'
            permissions: [{topic: "%{}/b"}];             topic: '%{}/b' (expected: the name of a claim
            permissions: [{topic: a, qos-max: 3}];       qos-max: 3 (expected: 0, 1 or 2)
            permissions: [{actions: [publish]}];         topic: none (expected: a topic filter)
            permission: [{topic: a}];                    permission: unknown key
            """)
    void whatCannotBeMeantIsRefused(String line, String message) {
        String keys = line.startsWith("keys") || line.startsWith("issuer") ? "" : "keys: {file: jwks.json}\n";
        assertThatThrownBy(() -> bind(keys + line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aTokenInTheUserNameIsNotComparedWithIt() {
        assertThatThrownBy(() -> bind("keys: {file: a}\ntoken-in: user-name\nuser-name-must-match: true"))
                .hasMessageContaining("user-name-must-match: true (expected: false, for the user name is the token)");
    }

    private AuthJwtConfig bind(String yaml) throws Exception {
        return ConfigBinder.bind(Files.writeString(folder.resolve("auth-jwt.yaml"), yaml), AuthJwtConfig.class);
    }
}
