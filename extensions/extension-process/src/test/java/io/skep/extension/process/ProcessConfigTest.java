// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.broker.config.ConfigBinder;
import io.skep.sdk.HookOptions.Fallback;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessConfigTest {

    @TempDir
    Path folder;

    private ProcessConfig bind(String yaml) throws IOException {
        return ConfigBinder.bind(
                Files.writeString(folder.resolve("extension-process.yaml"), yaml), ProcessConfig.class);
    }

    @Test
    void whatIsLeftOutFailsClosed() throws Exception {
        assertThat(bind("hooks: [publish, publish]\n"))
                .isEqualTo(new ProcessConfig(
                        "127.0.0.1:7070",
                        List.of(HookKind.PUBLISH),
                        List.of(),
                        0,
                        Duration.ofSeconds(2),
                        "#",
                        OnFailure.DEFAULT,
                        null,
                        Limits.DEFAULT));
    }

    @Test
    void everyKeyIsUnderstood() throws Exception {
        assertThat(bind("""
                address: "[::1]:9000"
                hooks: [authenticate, authorize, publish, events, connect, subscribe, unsubscribe, enhanced-authenticate]
                authentication-methods: [A, B, A]
                order: -5
                deadline: 500ms
                publish-topic-filter: a/+
                on-failure: {authorize: next, unsubscribe: next}
                tls: {trust: t.pem, certificate: c.pem, private-key: k.pem}
                limits:
                  connect-timeout: 1s
                  reconnect-max: 30s
                  silence-max: 1m
                  in-flight-max: 1
                  in-flight-bytes-max: 1MiB
                  message-bytes-max: 16MiB
                  events-max: 2
                """))
                .isEqualTo(new ProcessConfig(
                        "[::1]:9000",
                        List.of(HookKind.values()),
                        List.of("A", "B"),
                        -5,
                        Duration.ofMillis(500),
                        "a/+",
                        new OnFailure(
                                Fallback.DENY,
                                Fallback.NEXT,
                                Fallback.DENY,
                                Fallback.DENY,
                                Fallback.DENY,
                                Fallback.NEXT,
                                Fallback.DENY),
                        new TlsConfig("t.pem", "c.pem", "k.pem"),
                        new Limits(
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(30),
                                Duration.ofMinutes(1),
                                1,
                                1 << 20,
                                16 << 20,
                                2)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            address: 127.0.0.1         | address: '127.0.0.1'
            address: a:0               | address: 'a:0'
            address: http://a:1        | address: 'http://a:1'
            hooks: []                  | hooks: none
            authentication-methods: [A] | authentication-methods: [A]
            deadline: 1ms              | deadline: 1ms
            publish-topic-filter: a#   | topic filter: 'a#'
            tls: {certificate: c.pem}  | private-key: none
            limits: {events-max: 0}    | events-max: 0
            """)
    void whatCannotBeIsRefused(String line, String message) {
        String hooks = line.startsWith("hooks") ? "" : "hooks: [events]\n";
        assertThatThrownBy(() -> bind(hooks + line + "\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
