// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.benchmarks.logins;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A broker and the client that is connected to it all the time.
 *
 * @param pauses of its JVM
 */
record Tested(Process broker, int port, Child probe, GcPauses pauses) implements AutoCloseable {

    /**
     * Starts both.
     *
     * @param home an unpacked distribution
     * @param folder of this broker alone
     * @param server the port that its {@code auth-http} asks; 0 for none, and no extension
     */
    static Tested start(Path home, Path folder, int server) throws IOException {
        Path extensions = Files.createDirectories(folder.resolve("extensions"));
        if (server != 0) {
            try (DirectoryStream<Path> archives =
                    Files.newDirectoryStream(home.resolve("extensions-available"), "skep-auth-http-*")) {
                for (Path archive : archives) {
                    Files.copy(archive, extensions.resolve(archive.getFileName()));
                }
            }
            Files.writeString(
                    folder.resolve("auth-http.yaml"), "authenticate-url: http://127.0.0.1:" + server + "/login\n");
        }
        int port = freePort();
        GcPauses pauses = new GcPauses(folder.resolve("gc"));
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(List.of(
                home.resolve("bin/skep").toString(),
                "start",
                "--port=" + port,
                "--data=" + folder.resolve("data"),
                "--set=extensions.folder=" + extensions,
                "--set=extensions.config-folder=" + folder));
        builder.environment().merge("JAVA_OPTS", pauses.option(), (given, more) -> given + " " + more);
        Process broker = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        awaitReady(broker, output);
        return new Tested(broker, port, Child.start(0, Probe.class, port), pauses);
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitReady(Process broker, Path output) throws IOException {
        while (!Files.readString(output).contains("Broker: ready")) {
            if (!broker.isAlive()) {
                throw new IOException("broker: ended (expected: ready): " + Files.readString(output));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    /** {@return the largest memory that it has had resident, in MB} */
    double residentMax() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(broker.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                .sum();
    }

    @Override
    public void close() {
        probe.close();
        broker.destroy();
        broker.onExit().join();
    }
}
