// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The packaged broker as a process. It does not outlive this one. */
final class BrokerProcess implements AutoCloseable {

    private static final Path SKEP = Path.of("..", "distribution", "target", "skep", "bin", "skep");
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final int LINES_MAX = 200;

    private final Process process;
    private final Thread atExit;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final Deque<String> lines = new ArrayDeque<>();

    private BrokerProcess(Process process) {
        this.process = process;
        atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
        Thread reader = new Thread(this::read, "output of " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts it with data in that folder; it is not ready yet. */
    static BrokerProcess start(int port, Path data, Map<String, String> environment, String... settings)
            throws IOException {
        if (!Files.isExecutable(SKEP)) {
            throw new IllegalStateException(SKEP + ": not there (expected: the packaged distribution)");
        }
        List<String> command =
                new ArrayList<>(List.of(SKEP.toAbsolutePath().normalize().toString(), "start"));
        command.addAll(List.of("--port", Integer.toString(port), "--set", "storage.folder=" + data));
        for (String setting : settings) {
            command.addAll(List.of("--set", setting));
        }
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("SKEP_") || name.startsWith("JAVA_"));
        builder.environment().put("JAVA_OPTS", options(data.resolveSibling("logs")));
        builder.environment().putAll(environment);
        return new BrokerProcess(builder.start());
    }

    /** {@return flags for its JVM: it starts often and lives short} */
    static String options(Path logs) {
        return "-Xmx256m -XX:TieredStopAtLevel=1 -Dskep.logs=" + logs;
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                add(line);
                if (line.contains("Broker: ready:")) {
                    ready.countDown();
                }
            }
        } catch (IOException e) {
            add(e.toString()); // it was killed while it wrote
        }
    }

    private synchronized void add(String line) {
        lines.add(line);
        if (lines.size() > LINES_MAX) {
            lines.remove();
        }
    }

    synchronized String output() {
        return String.join("\n", lines);
    }

    /** Waits until clients can connect. */
    BrokerProcess awaitReady() throws InterruptedException {
        long deadlineNanos = System.nanoTime() + START_MAX.toNanos();
        while (!ready.await(50, TimeUnit.MILLISECONDS)) {
            if (!process.isAlive() || System.nanoTime() > deadlineNanos) {
                throw new AssertionError("the broker does not start:\n" + output());
            }
        }
        return this;
    }

    /** {@return whether it became ready within that time} */
    boolean isReadyWithin(Duration patience) throws InterruptedException {
        return ready.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** Waits until it has ended by itself. */
    void awaitEnd() throws InterruptedException {
        if (!process.waitFor(START_MAX.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the broker does not end:\n" + output());
        }
    }

    /** SIGSTOP, SIGCONT or SIGTERM. */
    void signal(String name) throws IOException {
        Tool.run("kill", "procps", "-" + name, Long.toString(process.pid()));
    }

    /** SIGKILL, and waits for its end. */
    @Override
    public void close() {
        process.toHandle().destroyForcibly();
        process.toHandle().onExit().join();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            add(e.toString()); // this process is ending too
        }
    }
}
