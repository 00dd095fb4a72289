// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The unpacked distribution, as an operator meets it. */
class DistributionIT {

    private static final Path HOME = Path.of("target", "skep").toAbsolutePath();
    private static final long DEADLINE_SECONDS = 60;

    @TempDir
    Path folder;

    private final Map<String, String> environment = new HashMap<>();

    private record Outcome(int exitCode, List<String> out, List<String> err) {}

    /** Other tests copy the distribution meanwhile, so nothing is written into it. */
    @BeforeEach
    void keepTheCacheApart() {
        environment.put("SKEP_CACHE", folder.resolve("cache").toString());
    }

    @Test
    void versionNamesSkepAndItsJava() throws Exception {
        Outcome outcome = skep("version");
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).hasSize(2);
        assertThat(outcome.out().get(0)).matches("skep [0-9]+\\.[0-9]+\\.[0-9]+.*");
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void helpHasExamplesForEveryCommand() throws Exception {
        assertThat(skep("--help").out()).contains("Exit codes:", "Examples:");
        for (String command : List.of("start", "check", "passwd", "health", "sessions", "backup", "restore", "data")) {
            Outcome outcome = skep(command, "--help");
            assertThat(outcome.exitCode()).isZero();
            assertThat(outcome.out())
                    .contains("Examples:")
                    .anyMatch(line -> line.startsWith("  skep " + command + " "));
        }
    }

    @Test
    void theShippedConfigurationIsRight() throws Exception {
        Outcome outcome = skep("check");
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out())
                .contains(
                        "configuration: " + HOME.resolve("conf/skep.yaml"),
                        "listener tcp: tcp on 127.0.0.1:1883",
                        "data: " + HOME.resolve("data"));
    }

    @Test
    void aWrongConfigurationIsNamedAndNothingListens() throws Exception {
        int port = freePort();
        Path file = Files.writeString(folder.resolve("wrong.yaml"), """
                listeners:
                  - port: %d
                  - type: tsl
                mqtt:
                  packet-byte-max: 2MB
                """.formatted(port));
        environment.put("SKEP_SESSIONS_OVERFLOW", "drop");

        Outcome outcome = skep("start", "--config", "wrong.yaml", "--data", "data");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).hasSize(3);
        assertThat(outcome.err().get(0)).startsWith(file.getFileName() + ":3:11: listeners[1].type: tsl (expected: ");
        assertThat(outcome.err().get(1)).contains(":5:3: mqtt.packet-byte-max: unknown key", "'packet-bytes-max'?");
        assertThat(outcome.err().get(2)).startsWith("SKEP_SESSIONS_OVERFLOW: sessions.overflow: drop (expected: ");
        assertThat(folder.resolve("data")).doesNotExist();
        try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(free.isBound()).isTrue();
        }
    }

    @Test
    void itRunsThroughSymbolicLinksInFoldersWithSpaces() throws Exception {
        Path copy = folder.resolve("a broker");
        copy(HOME, copy);
        Path links = Files.createDirectories(folder.resolve("my links"));
        Files.createSymbolicLink(links.resolve("first"), Path.of("..", "a broker", "bin", "skep"));
        Files.createSymbolicLink(links.resolve("skep"), Path.of("first"));

        Outcome outcome = run(links, List.of("./skep", "check", "--data", "my data"));

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out())
                .contains(
                        "configuration: " + copy.toRealPath().resolve("conf/skep.yaml"),
                        "data: " + links.toRealPath().resolve("my data"));
    }

    @Test
    void theJdkIsTheOneThatIsAskedFor() throws Exception {
        String present = System.getProperty("java.home");
        environment.put("SKEP_JAVA_HOME", present);
        environment.put("JAVA_HOME", folder.toString());
        assertThat(skep("version").out().get(1)).endsWith(" in " + present);

        environment.put("SKEP_JAVA_HOME", folder.toString());
        Outcome outcome = skep("version");
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err())
                .containsExactly("SKEP_JAVA_HOME: " + folder + " (expected: the folder of a JDK, 17 or newer)");
    }

    @Test
    void aJavaHomeThatIsTooOldIsPassedOver() throws Exception {
        Path old = folder.resolve("jdk 8");
        Files.createDirectories(old.resolve("bin"));
        Files.writeString(old.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"1.8.0_392\"\n");
        Files.createFile(old.resolve("bin/java")).toFile().setExecutable(true);
        environment.put("JAVA_HOME", old.toString());
        environment.put("PATH", System.getProperty("java.home") + "/bin:" + System.getenv("PATH"));
        Outcome outcome = skep("version");
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out().get(1)).startsWith("java ").doesNotContain("jdk 8");
    }

    @Test
    void javaOptionsAreHonoured() throws Exception {
        environment.put("JAVA_OPTS", "-Xmx64m -XshowSettings:vm");
        assertThat(skep("version").err()).anyMatch(line -> line.contains("Max. Heap Size: 64.00M"));
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void theFirstStartMakesClassesReadyForTheNext(String jdk) throws Exception {
        environment.put("SKEP_JAVA_HOME", jdk);
        Path cache = folder.resolve("cache");
        assertThat(startWithoutConfiguration().err()).hasSize(1);
        assertThat(cache).isDirectoryContaining("glob:**/java-*").isDirectoryNotContaining("glob:**/rehearsal*");
        assertThat(sourceOfClasses()).startsWith("shared objects file");
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void classesThatCannotBeUsedDoNotKeepItFromStarting(String jdk) throws Exception {
        environment.put("SKEP_JAVA_HOME", jdk);
        Path cache = Files.createDirectory(folder.resolve("cache"));
        startWithoutConfiguration();
        Path kept = kept(cache);
        Files.delete(kept);
        Files.writeString(kept, "not what a JVM wrote");
        Outcome outcome = startWithoutConfiguration();
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void otherLibrariesHaveTheirClassesMadeReadyAnew(String jdk) throws Exception {
        environment.put("SKEP_JAVA_HOME", jdk);
        Path cache = Files.createDirectory(folder.resolve("cache"));
        environment.put("SKEP_CACHE", cache.toString());
        startWithoutConfiguration();
        Files.setLastModifiedTime(kept(cache), FileTime.from(Instant.EPOCH));
        startWithoutConfiguration();
        assertThat(Files.getLastModifiedTime(kept(cache)).toInstant()).isAfter(Instant.EPOCH);
        assertThat(sourceOfClasses()).startsWith("shared objects file");
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void whereNothingCanBeKeptItStartsWithoutIt(String jdk) throws Exception {
        environment.put("SKEP_JAVA_HOME", jdk);
        Path file = Files.createFile(folder.resolve("file"));
        for (String cache : List.of(file.resolve("cache").toString(), "")) {
            environment.put("SKEP_CACHE", cache);
            Outcome outcome = startWithoutConfiguration();
            assertThat(outcome.exitCode()).isEqualTo(2);
            assertThat(outcome.out()).isEmpty();
            assertThat(outcome.err()).hasSize(1);
            assertThat(sourceOfClasses()).endsWith(".jar");
        }
    }

    @Test
    void theGarbageCollectorIsTheOneThatIsAskedFor() throws Exception {
        environment.put("JAVA_OPTS", "-XX:+UseParallelGC");
        assertThat(skep("version").exitCode()).isZero();
    }

    /** {@return the JDK of this build, and the one that {@code bin/skep} takes by itself; they may be the same} */
    static Stream<String> jdks() throws Exception {
        Process version = new ProcessBuilder(HOME.resolve("bin/skep").toString(), "version").start();
        try (BufferedReader out = version.inputReader()) {
            String newest = out.lines()
                    .filter(line -> line.contains(" in "))
                    .findFirst()
                    .orElseThrow();
            return Stream.of(System.getProperty("java.home"), newest.substring(newest.indexOf(" in ") + 4))
                    .distinct();
        }
    }

    private static Path kept(Path cache) throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return all.get(0);
        }
    }

    /** {@return what the next start reads our classes from} */
    private String sourceOfClasses() throws Exception {
        environment.put("JAVA_OPTS", "-Xlog:class+load");
        try {
            String line = startWithoutConfiguration().out().stream()
                    .filter(each -> each.contains("io.skep.broker.config.ConfigLoader source: "))
                    .findFirst()
                    .orElseThrow();
            return line.substring(line.indexOf("source: ") + 8);
        } finally {
            environment.remove("JAVA_OPTS");
        }
    }

    /** Comes as far as reading the configuration. */
    private Outcome startWithoutConfiguration() throws Exception {
        return skep("start", "--set", "mqtt.nothing=1");
    }

    @Test
    void withoutAPasswordNothingIsHashed() throws Exception {
        Outcome outcome =
                run(folder, List.of(HOME.resolve("bin/skep").toString(), "passwd", "ann", "--password-stdin"));
        assertThat(outcome.exitCode()).isEqualTo(2); // nothing is piped in
        assertThat(outcome.err().get(0)).startsWith("password: empty");
    }

    @Test
    void archivesLieBesideTheUnpackedDistribution() throws IOException {
        try (Stream<Path> files = Files.list(HOME.getParent())) {
            List<String> names =
                    files.map(path -> String.valueOf(path.getFileName())).toList();
            assertThat(names).anyMatch(name -> name.matches("skep-.*\\.zip"));
            assertThat(names).anyMatch(name -> name.matches("skep-.*\\.tar\\.gz"));
        }
        try (Stream<Path> extensions = Files.list(HOME.resolve("extensions"))) {
            assertThat(extensions).containsExactly(HOME.resolve("extensions/README.md"));
        }
        assertThat(HOME.resolve("bin/skep").toFile().canExecute()).isTrue();
        assertThat(HOME).isDirectoryContaining("glob:**/LICENSE");
    }

    private Outcome skep(String... arguments) throws Exception {
        return run(
                folder,
                Stream.concat(Stream.of(HOME.resolve("bin/skep").toString()), Stream.of(arguments))
                        .toList());
    }

    private Outcome run(Path workingFolder, List<String> command) throws Exception {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(workingFolder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("SKEP_") || name.startsWith("JAVA_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        boolean ended = process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).as("ended in time: %s", command).isTrue();
        return new Outcome(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void copy(Path source, Path target) throws IOException {
        try (Stream<Path> paths = Files.walk(source)) {
            for (Path path : paths.toList()) {
                Files.copy(path, target.resolve(source.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
