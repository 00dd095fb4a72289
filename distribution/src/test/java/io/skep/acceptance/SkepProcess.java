// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A running broker. */
final class SkepProcess implements AutoCloseable {

    private static final Pattern READY =
            Pattern.compile(".* Broker: ready: .*|.* Listeners: listener (\\S+): \\S+ on (.*):(\\d+)");

    private final Program program;
    private final Map<String, Address> addresses = new HashMap<>();

    /** What a listener has bound. */
    record Address(String host, int port) {}

    /** How it ended after SIGTERM. */
    record Ending(int exitCode, Duration duration, List<String> output) {}

    private SkepProcess(Program program) {
        this.program = program;
    }

    /** Waits until clients can connect. */
    static SkepProcess ready(Program program) throws InterruptedException {
        var broker = new SkepProcess(program);
        Matcher line = program.await(READY);
        for (; line.group(1) != null; line = program.await(READY)) {
            broker.addresses.put(line.group(1), new Address(line.group(2), Integer.parseInt(line.group(3))));
        }
        return broker;
    }

    /** {@return where the listener of this name was bound} */
    int port(String listener) {
        return address(listener).port();
    }

    Address address(String listener) {
        return Objects.requireNonNull(addresses.get(listener), listener);
    }

    /** {@return where the listener {@code tcp} was bound} */
    int port() {
        return port("tcp");
    }

    /** Waits for a line of the console log. */
    Matcher await(Pattern line) throws InterruptedException {
        return program.await(line);
    }

    /** SIGKILL: the broker has no time for anything. */
    void kill9() {
        program.kill();
    }

    /** SIGTERM, and waits for the end. */
    Ending terminate() throws InterruptedException {
        long startNanos = System.nanoTime();
        program.terminate();
        int exitCode = program.exitCode();
        return new Ending(exitCode, Duration.ofNanos(System.nanoTime() - startNanos), program.output());
    }

    @Override
    public void close() {
        program.close();
    }
}
