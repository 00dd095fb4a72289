// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A child process. Its lines, errors among them, are kept as they come, so that one can wait for each. */
final class Program implements AutoCloseable {

    static final Duration DEADLINE = Duration.ofSeconds(20);

    private static final String END = "the end of the output";

    private final List<String> command;
    private final Process process;
    private final BlockingQueue<String> arriving = new LinkedBlockingQueue<>();
    private final List<String> seen = new ArrayList<>();
    private final List<String> unclaimed = new ArrayList<>();

    private Program(List<String> command, Process process) {
        this.command = command;
        this.process = process;
        var reader = new Thread(this::read, "output of " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts it; what this environment says about Java and Skep does not reach it. */
    static Program start(Path folder, Map<String, String> environment, List<String> command) throws IOException {
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("SKEP_") || name.startsWith("JAVA_"));
        builder.environment().putAll(environment);
        return new Program(command, builder.start());
    }

    /** Starts a tool that has to be installed. */
    static Program tool(String name, String debianPackage, List<String> arguments) throws IOException {
        return tool(name, debianPackage, Path.of("").toAbsolutePath(), arguments);
    }

    static Program tool(String name, String debianPackage, Path folder, List<String> arguments) throws IOException {
        boolean installed = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(entry -> Files.isExecutable(Path.of(entry, name)));
        if (!installed) {
            throw new IllegalStateException(
                    name + ": none on the PATH (expected: the Debian package " + debianPackage + " is installed)");
        }
        List<String> command = new ArrayList<>(List.of("stdbuf", "-oL", name)); // each line as it is written
        command.addAll(arguments);
        return start(folder, Map.of(), command);
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                arriving.add(line);
            }
        } catch (IOException e) {
            arriving.add(new UncheckedIOException(e).toString()); // the process was killed while it wrote
        }
        arriving.add(END);
    }

    /** Writes a line to its input. */
    void tell(String line) throws IOException {
        BufferedWriter in = process.outputWriter();
        in.write(line);
        in.newLine();
        in.flush();
    }

    /** Answers what the program asks for, and says that this was all. */
    Program answer(String line) throws IOException {
        try (var in = process.outputWriter()) {
            in.write(line);
            in.newLine();
        }
        return this;
    }

    /** Waits for a line like this one, wherever it stands among those that nobody has waited for. */
    Matcher await(Pattern wanted) throws InterruptedException {
        for (String line : List.copyOf(unclaimed)) {
            Matcher matcher = wanted.matcher(line);
            if (matcher.matches()) {
                unclaimed.remove(line);
                return matcher;
            }
        }
        long deadlineNanos = System.nanoTime() + DEADLINE.toNanos();
        while (true) {
            String line = arriving.poll(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null || line.equals(END)) {
                fail("%s%nwrote no line '%s' %s, only:%n%s", command, wanted, ending(line), String.join("\n", seen));
            } else {
                seen.add(line);
                Matcher matcher = wanted.matcher(line);
                if (matcher.matches()) {
                    return matcher;
                }
                unclaimed.add(line);
            }
        }
    }

    private static String ending(@Nullable String line) {
        return line == null ? "in time" : "before it ended";
    }

    /** {@return its exit code, once it has ended} */
    int exitCode() {
        return exitCode(DEADLINE);
    }

    int exitCode(Duration deadline) {
        assertThat(process.onExit()).as("ended in time: %s", command).succeedsWithin(deadline);
        return process.exitValue();
    }

    /** {@return all that it wrote, once it has ended} */
    List<String> output() throws InterruptedException {
        exitCode();
        for (String line = arriving.take(); !line.equals(END); line = arriving.take()) {
            seen.add(line);
        }
        arriving.add(END);
        return List.copyOf(seen);
    }

    /** Ends it as the power switch would: SIGKILL. */
    void kill() {
        process.toHandle().destroyForcibly(); // Process's own method would close the output too
        exitCode();
    }

    /** Asks it to end: SIGTERM. */
    void terminate() {
        process.toHandle().destroy();
    }

    @Override
    public void close() {
        kill();
    }
}
