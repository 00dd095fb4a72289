// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Programs of the system that do one thing and end. */
final class Tool {

    private Tool() {}

    /** Runs it; whatever it complains about fails the test. */
    static void run(String name, String debianPackages, String... arguments) throws IOException {
        boolean installed = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .anyMatch(entry -> Files.isExecutable(Path.of(entry, name)));
        if (!installed) {
            throw new IllegalStateException(
                    name + ": none on the PATH (expected: installed; Debian: " + debianPackages + ")");
        }
        List<String> command = new ArrayList<>(List.of(arguments));
        command.add(0, name);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new IllegalStateException(command + ": exit code " + process.exitValue() + "\n" + output);
        }
    }
}
