// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.skep.sdk.storage.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {

    @TempDir
    Path home;

    @Test
    void noFileGivesTheDefaults() {
        assertThat(new ConfigLoader(home).load(null, Map.of(), Map.of())).isEqualTo(SkepConfig.DEFAULT);
    }

    @Test
    void anEmptyFileGivesTheDefaults() throws IOException {
        assertThat(load("")).isEqualTo(SkepConfig.DEFAULT);
        assertThat(load("# nothing\n")).isEqualTo(SkepConfig.DEFAULT);
        assertThat(load("mqtt:\nstorage:\n")).isEqualTo(SkepConfig.DEFAULT);
        assertThat(problems("mqtt:\nstorage: {engine: ''}\n"))
                .containsExactly("skep.yaml:2:19: storage.engine: '' (expected: rocksdb, memory, or the name of an"
                        + " extension's engine)");
    }

    @Test
    void everyKindOfValueIsRead() throws IOException {
        SkepConfig config = load("""
                listeners:
                  - type: tcp
                    address: 0.0.0.0
                    port: 1884
                  - name: browser
                    type: ws
                    path: /chat
                    proxy-protocol: true
                mqtt: {packet-bytes-max: 256KiB, connect-timeout: 500ms, empty-client-ids: false, receive-maximum: 20}
                sessions:
                  expiry-max: never
                  queue-bytes-max: "3GB"
                  overflow: drop-oldest
                storage:
                  folder: /var/lib/skep
                  durability: os
                extensions:
                  disabled: [hello-world, "42"]
                threads:
                  transport: nio
                """);

        assertThat(config.listeners())
                .containsExactly(
                        new ListenerConfig("tcp", ListenerConfig.Type.TCP, "0.0.0.0", 1884, "/mqtt", null, false),
                        new ListenerConfig("browser", ListenerConfig.Type.WS, "127.0.0.1", 8083, "/chat", null, true));
        assertThat(config.mqtt().packetBytesMax()).isEqualTo(262_144);
        assertThat(config.mqtt().connectTimeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.mqtt().emptyClientIds()).isFalse();
        assertThat(config.mqtt().receiveMaximum()).isEqualTo(20);
        assertThat(config.mqtt().inFlightMax()).isEqualTo(MqttConfig.DEFAULT.inFlightMax());
        assertThat(config.sessions())
                .isEqualTo(new SessionConfig(
                        SessionConfig.NEVER,
                        100_000,
                        3_000_000_000L,
                        0,
                        SessionConfig.Overflow.DROP_OLDEST,
                        Duration.ofSeconds(10)));
        assertThat(config.storage()).isEqualTo(new StorageConfig("rocksdb", Path.of("/var/lib/skep"), Durability.OS));
        assertThat(config.extensions().disabled()).containsExactly("hello-world", "42");
        assertThat(config.threads().transport()).isEqualTo(ThreadConfig.Transport.NIO);
    }

    @Test
    void everyMistakeOfTheFileIsNamedWithItsPlaceAndWhatIsExpected() throws IOException {
        assertThat(problems("""
                        listeners:
                          - port: 70000
                          - type: tsl
                            port: 1884
                          - {name: "a b", port: 1885}
                        mqtt:
                          packet-byte-max: 2MB
                          connect-timeout: 10
                          receive-maximum: 0
                          empty-client-ids: "yes"
                        session:
                          overflow: drop-newest
                        sessions:
                          queue-messages-max: many
                        storage: rocksdb
                        extensions:
                          disabled: hello-world
                          threads-max:
                        """))
                .containsExactly(
                        "skep.yaml:2:11: listeners[0].port: 70000 (expected: 0 to 65535)",
                        "skep.yaml:3:11: listeners[1].type: tsl (expected: one of tcp, tls, ws, wss; did you mean 'tls'?)",
                        "skep.yaml:5:12: listeners[2].name: a b (expected: letters, digits, '.', '_' and '-')",
                        "skep.yaml:7:3: mqtt.packet-byte-max: unknown key (expected: one of packet-bytes-max,"
                                + " client-id-bytes-max, topic-bytes-max, topic-levels-max, control-characters,"
                                + " connect-timeout, keep-alive-max, receive-maximum, in-flight-max, topic-alias-maximum,"
                                + " outbound-bytes-max, empty-client-ids, payload-format-check,"
                                + " shared-subscription-strategy, redirect, features; did you mean"
                                + " 'packet-bytes-max'?)",
                        "skep.yaml:8:20: mqtt.connect-timeout: 10 (expected: a duration such as 500ms, 10s, 5m, 12h,"
                                + " 30d or 0)",
                        "skep.yaml:9:20: mqtt.receive-maximum: 0 (expected: 1 to 65535)",
                        "skep.yaml:10:21: mqtt.empty-client-ids: yes (expected: true or false)",
                        "skep.yaml:11:1: session: unknown key (expected: one of listeners, mqtt, sessions, storage,"
                                + " extensions, threads; did you mean 'sessions'?)",
                        "skep.yaml:14:23: sessions.queue-messages-max: many (expected: a whole number)",
                        "skep.yaml:15:10: storage: rocksdb (expected: a group of keys)",
                        "skep.yaml:17:13: extensions.disabled: hello-world (expected: a list)",
                        "skep.yaml:18:15: extensions.threads-max: nothing (expected: a value)");
    }

    @Test
    void aKeyWrittenTwiceIsAMistake() throws IOException {
        assertThat(problems("threads:\n  loops: 1\n  loops: 2\nthreads: {}\n"))
                .containsExactly(
                        "skep.yaml:3:3: threads.loops: the same key again (expected: the key once; it is also in line 2)",
                        "skep.yaml:4:1: threads: the same key again (expected: the key once; it is also in line 1)");
    }

    @Test
    void brokenYamlIsNamedWithItsLine() throws IOException {
        assertThat(problems("mqtt:\n  receive-maximum: 1: 2\n"))
                .containsExactly("skep.yaml:2:21: mapping values are not allowed here (expected: YAML)");
        assertThat(problems("mqtt:\n\treceive-maximum: 1\n").get(0))
                .startsWith("skep.yaml:2:1: found character '\\t(TAB)' that cannot start any token");
        assertThat(problems("- a\n- b\n")).containsExactly("skep.yaml:1:1: a list (expected: keys with values)");
        assertThat(problems("threads: {}\n---\nmqtt: {}\n").get(0)).contains("a second document");
        assertThat(problems("threads: &a {}\nmqtt: *a\n"))
                .containsExactly("skep.yaml:2:7: mqtt: *a (expected: a value; aliases are not understood)");
    }

    @Test
    void bytesThatAreNoTextAreAMistake() throws IOException {
        Path file = Files.write(home.resolve("skep.yaml"), new byte[] {'a', ':', ' ', (byte) 0xff});
        assertThat(problems(file, Map.of(), Map.of()))
                .containsExactly("skep.yaml: bytes that are no text (expected: UTF-8)");
    }

    @Test
    void aMissingFileIsAMistake() {
        assertThat(problems(home.resolve("other.yaml"), Map.of(), Map.of()).get(0))
                .endsWith("other.yaml: not readable (expected: a file that can be read)");
    }

    @Test
    void environmentVariablesAreFilledIn() throws IOException {
        Path file = file("""
                listeners:
                  - port: ${PORT:1999}
                    name: ${PREFIX}
                storage:
                  engine: ${SKEP_ENGINE}-$${x}
                """);
        SkepConfig config = new ConfigLoader(home).load(file, Map.of("PREFIX", "a", "SKEP_ENGINE", "memory"), Map.of());

        assertThat(config.listeners().get(0).port()).isEqualTo(1999);
        assertThat(config.listeners().get(0).name()).isEqualTo("a");
        assertThat(config.storage().engine()).isEqualTo("memory-${x}");
        assertThat(problems(file, Map.of(), Map.of()))
                .contains(
                        "skep.yaml:3:11: listeners[0].name: ${PREFIX} (expected: an environment variable that is set,"
                                + " or ${NAME:default})",
                        "skep.yaml:5:11: storage.engine: ${SKEP_ENGINE} (expected: an environment variable that is"
                                + " set, or ${NAME:default})");
    }

    @Test
    void theCommandLineOutdoesTheEnvironmentAndThatTheFile() throws IOException {
        Path file = file("""
                listeners:
                  - port: 1
                  - {name: second, port: 2}
                threads: {loops: 3}
                mqtt: {receive-maximum: 4}
                """);
        SkepConfig config = new ConfigLoader(home)
                .load(
                        file,
                        Map.of(
                                "SKEP_LISTENERS_1_PORT", "12",
                                "SKEP_LISTENERS_0_PORT", "11",
                                "SKEP_THREADS_LOOPS", "13",
                                "SKEP_EXTENSIONS_DISABLED", "a, b",
                                "SKEP_HOME", "/opt/skep"),
                        Map.of("listeners.0.port", "21", "threads.loops", "23", "sessions.expiry-max", "1d"));

        assertThat(config.listeners()).extracting(ListenerConfig::port).containsExactly(21, 12);
        assertThat(config.threads().loops()).isEqualTo(23);
        assertThat(config.mqtt().receiveMaximum()).isEqualTo(4);
        assertThat(config.extensions().disabled()).containsExactly("a", "b");
        assertThat(config.sessions().expiryMax()).isEqualTo(Duration.ofDays(1));
    }

    @Test
    void anOverrideOfTheFirstListenerChangesTheDefaultOne() {
        SkepConfig config = new ConfigLoader(home).load(null, Map.of(), Map.of("listeners[0].port", "1999"));
        assertThat(config.listeners()).containsExactly(ListenerConfig.tcp(1999));
    }

    @Test
    void mistakesOfTheEnvironmentAndTheCommandLineAreNamedToo() {
        assertThat(problems(
                        null,
                        Map.of("SKEP_MQTT_PACKET_BYTE_MAX", "1", "SKEP_THREADS_LOOPS", "x"),
                        Map.of("thread.loops", "1")))
                .containsExactlyInAnyOrder(
                        "SKEP_MQTT_PACKET_BYTE_MAX: unknown variable (expected: SKEP_ and a path of the configuration;"
                                + " did you mean 'SKEP_MQTT_PACKET_BYTES_MAX'?)",
                        "SKEP_THREADS_LOOPS: threads.loops: x (expected: a whole number)",
                        "--set: thread.loops: unknown key (expected: a path of the configuration; did you mean"
                                + " 'threads.loops'?)");
    }

    @Test
    void variablesThatContainerPlatformsSetForAServiceNamedSkepAreLeftAlone() {
        Map<String, String> links = Map.of(
                "SKEP_SERVICE_HOST", "10.0.0.1",
                "SKEP_SERVICE_PORT_MQTT", "1883",
                "SKEP_PORT", "tcp://10.0.0.1:1883",
                "SKEP_PORT_1883_TCP_ADDR", "10.0.0.1");
        assertThat(new ConfigLoader(home).load(null, links, Map.of())).isEqualTo(SkepConfig.DEFAULT);
    }

    @Test
    void listenersInConflictAreAMistake() throws IOException {
        assertThat(problems("""
                        listeners:
                          - {type: tcp}
                          - {type: tcp, name: other, address: "::"}
                          - {type: ws, name: tcp}
                          - {type: tcp, name: third, port: 0, path: /mqtt}
                        """))
                .containsExactly(
                        "skep.yaml:3:5: listeners[1].port: 1883 (expected: another than that of listeners[0])",
                        "skep.yaml:4:22: listeners[2].name: tcp (expected: another than that of listeners[0])",
                        "skep.yaml:5:45: listeners[3].path: /mqtt (expected: only with type ws or wss)");
        assertThat(problems("listeners: []\n"))
                .containsExactly("skep.yaml:1:12: listeners: a list (expected: at least one)");
    }

    @Test
    void tlsMustBeWholeAndItsFilesMustExist() throws IOException {
        Files.createFile(home.resolve("cert.pem"));
        assertThat(problems("""
                        listeners:
                          - type: tls
                          - type: wss
                            tls:
                              certificate: cert.pem
                              client-certificate: required
                          - name: plain
                            tls: {keystore: store.p12, password: secret}
                        """))
                .containsExactly(
                        "skep.yaml:2:5: listeners[0].tls: nothing (expected: certificate and key, or keystore)",
                        "skep.yaml:5:7: listeners[1].tls.key: nothing (expected: a key for the certificate)",
                        "skep.yaml:5:7: listeners[1].tls.trust: nothing (expected: authorities to check clients with)",
                        "skep.yaml:8:10: listeners[2].tls: a group of keys (expected: only with type tls or wss)",
                        "skep.yaml:8:21: listeners[2].tls.keystore: store.p12 (expected: a file that can be read,"
                                + " relative to " + home + ")");
    }

    @Test
    void aRedirectToNowhereIsAMistake() throws IOException {
        assertThat(problems("mqtt: {redirect: {connect: server-moved}}\n"))
                .containsExactly("skep.yaml:1:18: mqtt.redirect.server-reference: '' (expected: servers such as"
                        + " 'a.example b.example:1884')");
    }

    @Test
    void passwordsAreNotPrinted() throws IOException {
        Files.createFile(home.resolve("store.p12"));
        SkepConfig config = load("listeners: [{type: tls, tls: {keystore: store.p12, password: secret}}]\n");
        assertThat(config.toString()).contains("store.p12").doesNotContain("secret");
    }

    @Test
    void everyKeyIsExplainedInTheDocumentation() throws IOException {
        String documentation = Files.readString(Path.of("../docs/configuration.md"));
        assertThat(ConfigLoader.keys())
                .contains("listeners[].tls.client-certificate", "threads.loops")
                .allSatisfy(key -> assertThat(documentation).contains("| `" + key + "` |"));
    }

    private SkepConfig load(String yaml) throws IOException {
        return new ConfigLoader(home).load(file(yaml), Map.of(), Map.of());
    }

    private List<String> problems(String yaml) throws IOException {
        return problems(file(yaml), Map.of(), Map.of());
    }

    private List<String> problems(@Nullable Path file, Map<String, String> environment, Map<String, String> overrides) {
        ConfigException e = catchThrowableOfType(
                ConfigException.class, () -> new ConfigLoader(home).load(file, environment, overrides));
        return e.problems().stream()
                .map(problem -> problem.toString().replace(home + "/", ""))
                .toList();
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(home.resolve("skep.yaml"), yaml);
    }
}
