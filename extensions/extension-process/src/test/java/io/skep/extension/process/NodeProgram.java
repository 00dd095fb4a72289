// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program of the documentation, run by Node on a free port. */
final class NodeProgram implements AutoCloseable {

    private static final Path DOCUMENTATION = Path.of("..", "..", "docs", "extensions.md");
    private static final Path PROTOCOL = Path.of("src/main/protobuf/skep/extension/v1/extension.proto");
    private static final Path FOLDER = Path.of("target", "js");

    final List<String> output = new CopyOnWriteArrayList<>();
    private final Socket port = new Socket(); // bound, and no more: it keeps the port from others between two launches
    private Process process;

    private NodeProgram() throws Exception {
        port.setReuseAddress(true);
        port.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        process = launch();
    }

    static NodeProgram start() throws Exception {
        install();
        return new NodeProgram();
    }

    /** Puts the example beside its libraries, which npm installs as the lock file says. */
    private static synchronized void install() throws Exception {
        Files.createDirectories(FOLDER);
        Path lock = Path.of("src/test/js/package-lock.json");
        Path done = FOLDER.resolve("node_modules/.package-lock.json");
        boolean fresh =
                !Files.exists(done) || Files.getLastModifiedTime(done).compareTo(Files.getLastModifiedTime(lock)) < 0;
        for (String name : List.of("package.json", "package-lock.json")) {
            Files.copy(lock.resolveSibling(name), FOLDER.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        if (fresh) {
            Process npm = new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
                    .directory(FOLDER.toFile())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(npm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(npm.waitFor()).as("npm: %s", said).isZero();
        }
        Matcher example = Pattern.compile("### extension-process\n.*?```js\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(DOCUMENTATION));
        assertThat(example.find()).as("an example in the documentation").isTrue();
        Files.writeString(FOLDER.resolve("program.mjs"), example.group(1));
    }

    private Process launch() throws IOException {
        Process started = new ProcessBuilder(
                        "node", "program.mjs", PROTOCOL.toAbsolutePath().toString(), address())
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .start();
        Thread reader = new Thread(() -> {
            try (BufferedReader lines = started.inputReader()) {
                lines.lines().forEach(output::add);
            } catch (IOException | UncheckedIOException e) {
                output.add("killed: " + e.getMessage());
            }
        });
        reader.setDaemon(true);
        reader.start();
        return started;
    }

    /** {@return what its configuration says, as far as it has to} */
    String config() {
        return "address: " + address()
                + "\nhooks: [authenticate, enhanced-authenticate, authorize, publish, subscribe, events]"
                + "\nauthentication-methods: [HMAC-SHA-256]\n";
    }

    String address() {
        return "127.0.0.1:" + port.getLocalPort();
    }

    /** Waits until it serves; {@return this} */
    NodeProgram awaitServing() {
        awaitLine("serves " + address());
        return this;
    }

    void awaitLine(String line) {
        Harness.await(line, () -> output.contains(line));
    }

    /** As the kernel does when there is no memory left. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    void restart() throws Exception {
        output.clear();
        process = launch();
        awaitServing();
    }

    /** It keeps its connections, and does nothing more until it goes on. */
    void freeze() throws Exception {
        signal("STOP");
    }

    void goOn() throws Exception {
        signal("CONT");
    }

    private void signal(String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            port.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
