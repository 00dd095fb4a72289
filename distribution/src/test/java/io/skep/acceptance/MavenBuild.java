// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Maven as somebody runs it who has Skep in the local repository: as this build runs it, with its settings. Nothing is
 * installed for that. A temporary local repository has what this build has made, and for everything else links to the
 * real one.
 */
final class MavenBuild {

    private static final Duration DEADLINE = Duration.ofMinutes(5); // for a first time, with much to fetch
    private static final String VERSION = System.getProperty("build.version");

    private final Path repository;

    MavenBuild(Path folder) throws IOException {
        Path real = Path.of(System.getProperty("build.repository"));
        repository = Files.createDirectory(folder.resolve("repository"));
        link(real, repository, "io");
        link(real.resolve("io"), Files.createDirectory(repository.resolve("io")), "skep");
    }

    /** Links to what is in a folder, but for one name, which gets its own place. */
    private static void link(Path real, Path copy, String but) throws IOException {
        try (Stream<Path> found = Files.list(real)) {
            for (Path entry : found.filter(Files::isDirectory).toList()) {
                String name = entry.getFileName().toString();
                if (!name.equals(but)) {
                    Files.createSymbolicLink(copy.resolve(name), entry);
                }
            }
        }
    }

    /** Puts what a module of this build has made where {@code mvn install} would. */
    MavenBuild has(String artifact, String module) throws IOException {
        Path folder = Files.createDirectories(
                repository.resolve("io/skep").resolve(artifact).resolve(VERSION));
        String name = artifact + "-" + VERSION;
        Files.copy(Path.of("..", module, "pom.xml"), folder.resolve(name + ".pom"));
        Path jar = Path.of("..", module, "target", name + ".jar");
        if (Files.exists(jar)) {
            Files.copy(jar, folder.resolve(name + ".jar"));
        }
        return this;
    }

    /** Runs it; fails if the build does. */
    void run(Path folder, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("build.maven"), "bin", "mvn").toString(),
                "-B",
                "-ntp",
                "-Dmaven.repo.local=" + repository));
        if (System.getProperty("build.offline").endsWith("true")) {
            command.add("-o");
        }
        Path settings = Path.of(System.getProperty("build.settings").substring("file:".length()));
        if (Files.exists(settings)) {
            command.addAll(List.of("-s", settings.toString()));
        }
        command.addAll(List.of(arguments));
        try (Program maven = Program.start(folder, Map.of("JAVA_HOME", System.getProperty("java.home")), command)) {
            int exitCode = maven.exitCode(DEADLINE);
            assertThat(exitCode).as("%s", String.join("\n", maven.output())).isZero();
        }
    }

    /** {@return the version that this build makes} */
    static String version() {
        return VERSION;
    }
}
