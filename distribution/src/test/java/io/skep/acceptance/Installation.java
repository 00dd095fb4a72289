// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The unpacked distribution in a folder of its own, with its own extensions, configuration, logs and data. */
final class Installation {

    private static final Path UNPACKED = Path.of("target", "skep").toAbsolutePath();

    private final Path home;

    /** Copies the distribution; its libraries are linked, for they are large and only read. */
    Installation(Path folder) throws IOException {
        home = folder.resolve("skep");
        try (Stream<Path> files = Files.walk(UNPACKED)) {
            for (Path file : files.filter(path -> !path.startsWith(UNPACKED.resolve("lib")))
                    .toList()) {
                Files.copy(file, home.resolve(UNPACKED.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        linkLibraries();
    }

    private void linkLibraries() throws IOException {
        Path lib = Files.createDirectory(home.resolve("lib"));
        try (Stream<Path> jars = Files.list(UNPACKED.resolve("lib"))) {
            for (Path jar : jars.toList()) {
                Path link = lib.resolve(jar.getFileName());
                try {
                    Files.createLink(link, jar);
                } catch (FileSystemException | UnsupportedOperationException e) {
                    Files.createSymbolicLink(link, jar); // the temporary folder is on another disk
                }
            }
        }
    }

    Path home() {
        return home;
    }

    /** Replaces a file of the installation. */
    Path write(String name, String content) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    /** {@return the only file of a folder with this beginning} */
    Path find(String folder, String beginning) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve(folder))) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().startsWith(beginning))
                    .toList();
            assertThat(found).as("%s/%s*", folder, beginning).hasSize(1);
            return found.get(0);
        }
    }

    /** Copies a first-party extension to where it is loaded from, as its users do. */
    Installation enable(String extension) throws IOException {
        Path jar = find("extensions-available", "skep-" + extension + "-");
        Files.copy(jar, home.resolve("extensions").resolve(jar.getFileName()));
        return this;
    }

    /** Starts the broker with one listener on any free port; returns when it is ready. */
    SkepProcess start() throws Exception {
        return start("--port", "0");
    }

    /** Starts the broker; returns when it is ready. */
    SkepProcess start(String... arguments) throws Exception {
        return SkepProcess.ready(skep(home, command("start", arguments)));
    }

    /**
     * Runs the command in a working folder. No classes are made ready for the next start: that takes longer than a
     * test's few starts would gain.
     */
    Program skep(Path workingFolder, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(arguments);
        command.add(0, home.resolve("bin/skep").toString());
        return Program.start(workingFolder, Map.of("SKEP_CACHE", ""), command);
    }

    private static List<String> command(String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.add(0, name);
        return command;
    }
}
