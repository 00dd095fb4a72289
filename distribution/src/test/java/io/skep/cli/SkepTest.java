// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.config.ConfigLoader;
import io.skep.broker.config.SkepConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SkepTest {

    @TempDir
    Path home;

    private final Map<String, String> environment = new HashMap<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private String in = "";

    @Test
    void checkPrintsTheListeners() throws IOException {
        Files.writeString(
                Files.createDirectories(home.resolve("conf")).resolve("skep.yaml"),
                "listeners: [{port: 1884}, {type: ws, address: '::1', path: /x}]\n");

        assertThat(run("check", "--set", "listeners[1].port=0")).isZero();
        assertThat(out.toString().lines())
                .contains(
                        "configuration: " + home.resolve("conf").resolve("skep.yaml"),
                        "listener tcp: tcp on 127.0.0.1:1884",
                        "listener ws: ws on [::1]:any free port/x",
                        "data: " + home.resolve("data"));
    }

    @Test
    void aPortAloneStandsForAllListenersOfTheUsualFile() throws IOException {
        Files.writeString(
                Files.createDirectories(home.resolve("conf")).resolve("skep.yaml"),
                "listeners: [{port: 1884, address: 0.0.0.0}, {type: ws}]\n");

        assertThat(run("check", "--port", "1999")).isZero();
        assertThat(out.toString().lines().filter(line -> line.startsWith("listener")))
                .containsExactly("listener tcp: tcp on 127.0.0.1:1999");
    }

    @Test
    void aPortWithAFileIsThatOfItsFirstListener() throws IOException {
        Path file =
                Files.writeString(home.resolve("my.yaml"), "listeners: [{port: 1884, address: 0.0.0.0}, {type: ws}]\n");
        List<String> expected = List.of("listener tcp: tcp on 0.0.0.0:1999", "listener ws: ws on 127.0.0.1:8083/mqtt");

        assertThat(run("check", "--port", "1999", "--config", file.toString())).isZero();
        assertThat(out.toString().lines()).containsAll(expected);

        environment.put("SKEP_CONFIG", file.toString());
        out.getBuffer().setLength(0);
        assertThat(run("check", "--port", "1999")).isZero();
        assertThat(out.toString().lines()).containsAll(expected);
    }

    @Test
    void theDataFolderIsRelativeToTheWorkingFolder() {
        assertThat(run("check", "--data", "here")).isZero();
        assertThat(out.toString()).contains("data: " + Path.of("here").toAbsolutePath());
    }

    @Test
    void wrongUsageIsALineAndTheCode2() {
        Map.of(
                        List.of(),
                                "command: none (expected: start, check, passwd, health, sessions, backup, restore, data, extensions or version)",
                        List.of("chek"), "Unmatched argument at index 0: 'chek'",
                        List.of("check", "--prt", "1"), "Unknown options: '--prt', '1'",
                        List.of("check", "--port", "x"), "Invalid value for option '--port': 'x' is not an int",
                        List.of("check", "--port", "65536"), "--port: 65536 (expected: 0 to 65535)",
                        List.of("check", "--set", "x"), "--set: x (expected: path=value)",
                        List.of("check", "--set", "a=1", "--set", "a=2"), "--set: a=2 (expected: each path once)",
                        List.of("passwd", " "), "USER: ' ' (expected: a name)",
                        List.of("passwd", "a", "--scram", "--iterations", "4095"),
                                "--iterations: 4095 (expected: 4096 to 10000000)")
                .forEach((arguments, message) -> {
                    err.getBuffer().setLength(0);
                    assertThat(run(arguments.toArray(String[]::new))).isEqualTo(2);
                    assertThat(err.toString().lines().findFirst()).contains(message);
                });
    }

    @Test
    void wrongConfigurationIsALinePerMistakeAndTheCode2() {
        environment.put("SKEP_THREADS_LOOPS", "many");
        assertThat(run("start", "--set", "mqtt.receive-maximum=0")).isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactlyInAnyOrder(
                        "SKEP_THREADS_LOOPS: threads.loops: many (expected: a whole number)",
                        "--set: mqtt.receive-maximum: 0 (expected: 1 to 65535)");
    }

    @Test
    void aPasswordIsPrintedAsLinesForTheUsersFile() {
        in = "secret\n";
        assertThat(run("passwd", "ann", "--password-stdin", "--iterations", "1000"))
                .isZero();
        assertThat(out.toString())
                .matches("users:\n  ann:\n    password: \"\\$pbkdf2-sha512\\$i=1000\\$[^$]{22}\\$[^$]{86}\"\n");
    }

    @Test
    void aVerifierForScramIsPrintedAsWell() {
        in = "secret\n";
        assertThat(run("passwd", "ann", "--scram", "--password-stdin")).isZero();
        assertThat(out.toString())
                .matches(
                        "users:\n  ann:\n    scram: \"\\$scram-sha-256\\$i=15000\\$[^$]{22}\\$[^$]{43}\\$[^$]{43}\"\n");

        in = "\u00AD\n";
        assertThat(run("passwd", "ann", "--scram", "--password-stdin")).isEqualTo(2);
        assertThat(err.toString()).startsWith("password: (expected: ");
    }

    @Test
    void anEmptyPasswordIsRefused() {
        in = "\n";
        assertThat(run("passwd", "ann", "--password-stdin")).isEqualTo(2);
        assertThat(err.toString()).startsWith("password: empty");
    }

    @Test
    void aUserIsAddedToAFileAndReplacedThere() throws IOException {
        Path file = home.resolve("users.yaml");
        in = "secret\n";
        assertThat(run("passwd", "ann", "--password-stdin", "--file", file.toString()))
                .isZero();
        assertThat(run("passwd", "ann", "--password-stdin", "--file", file.toString()))
                .isZero();
        assertThat(out.toString().lines()).containsExactly("ann: added in " + file, "ann: replaced in " + file);
        assertThat(Files.readString(file)).containsOnlyOnce("ann:");
    }

    @Test
    void theShippedFileNamesEveryKeyWithItsDefault() throws IOException {
        String shipped = Files.readString(Path.of("src/main/dist/conf/skep.yaml"));
        assertThat(load(shipped)).isEqualTo(SkepConfig.DEFAULT);

        String uncommented = shipped.replaceAll("(?m)^#(?!#)", "");
        assertThat(load(uncommented)).isEqualTo(SkepConfig.DEFAULT);

        assertThat(ConfigLoader.keys()).allSatisfy(key -> {
            String name = key.substring(key.lastIndexOf('.') + 1);
            assertThat(shipped).containsPattern("(?m)^##? .*\\b" + name + ": ");
        });
        assertThat(uncommented.lines().filter(line -> line.matches("[a-z -]+:.*")))
                .as("settings on top of the example")
                .hasSizeGreaterThan(35);
    }

    private SkepConfig load(String yaml) throws IOException {
        Path file = Files.writeString(home.resolve("shipped.yaml"), yaml);
        return new ConfigLoader(home).load(file, Map.of(), Map.of());
    }

    private int run(String... arguments) {
        var surroundings = new Surroundings(
                home,
                environment,
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                new Thread());
        return Skep.run(surroundings, arguments);
    }
}
