// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.postgresql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real PostgreSQL of its own for the tests of a class: on a free port of loopback, with a fresh cluster in a folder
 * that is deleted afterwards. It refuses to run as root; then it runs as {@code nobody}.
 */
public final class PostgresqlServer implements BeforeAllCallback, AfterAllCallback {

    public static final String USER = "skep";
    public static final String PASSWORD = "hunter2 & co";

    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private @Nullable Path folder;
    private @Nullable Process server;
    private final Socket kept = new Socket(); // bound to the port, for it is nobody's over a restart

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        folder = Files.createTempDirectory("skep-postgresql-");
        if (isRoot()) {
            UserPrincipal nobody =
                    folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
            Files.setOwner(folder, nobody);
        }
        Path password = Files.writeString(Files.createFile(folder.resolve("password")), PASSWORD);
        password.toFile().setReadable(true, false);
        run(
                        "initdb",
                        "-D",
                        data(),
                        "-U",
                        USER,
                        "--pwfile=" + password,
                        "--auth=scram-sha-256",
                        "--locale=C",
                        "--encoding=UTF8",
                        "--no-sync")
                .expectSuccess();
        kept.setReuseAddress(true);
        kept.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        start();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        stop();
        kept.close();
        try (Stream<Path> files = Files.walk(folder())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** {@return the URL of a database in it} */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/postgres";
    }

    /** {@return the port, which stays the same over a restart} */
    public int port() {
        return kept.getLocalPort();
    }

    /** Starts it; returns when it takes connections. */
    public void start(String... settings) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("-D", data(), "-p", Integer.toString(port())));
        for (String setting :
                List.of("listen_addresses=127.0.0.1", "unix_socket_directories=", "log_min_messages=log")) {
            arguments.addAll(List.of("-c", setting));
        }
        for (String setting : settings) {
            arguments.addAll(List.of("-c", setting));
        }
        server = run("postgres", arguments.toArray(String[]::new)).process();
        long begin = System.nanoTime();
        while (!answers()) {
            if (!server.isAlive() || System.nanoTime() - begin > DEADLINE.toNanos()) {
                server.destroyForcibly();
                throw new IllegalStateException("postgres did not start:\n" + Files.readString(log("postgres")));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    /** Ends it in order; clients are disconnected. */
    public void stop() throws Exception {
        end("INT");
    }

    /** Ends it without any order, as a power cut would. */
    public void crash() throws Exception {
        end("QUIT");
    }

    /** Lets a statement run in it. */
    public void execute(String text) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    /** {@return the first column of the first row} */
    public String query(String text) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(text)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private boolean answers() {
        try {
            return query("SELECT 'yes'").equals("yes");
        } catch (SQLException e) {
            return false;
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(url(), USER, PASSWORD);
    }

    private void end(String signal) throws Exception {
        Process running = server;
        if (running == null) {
            return;
        }
        server = null;
        new ProcessBuilder("kill", "-" + signal, Long.toString(running.pid()))
                .start()
                .waitFor();
        if (!running.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
            running.destroyForcibly();
            throw new IllegalStateException("postgres did not end:\n" + Files.readString(log("postgres")));
        }
    }

    private record Running(Process process, Path log) {

        void expectSuccess() throws Exception {
            if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException(Files.readString(log));
            }
        }
    }

    private Running run(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
        }
        command.add(binary(program).toString());
        command.addAll(List.of(arguments));
        Path log = log(program);
        Process process = new ProcessBuilder(command)
                .directory(folder().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        return new Running(process, log);
    }

    private static Path binary(String program) {
        try (Stream<Path> versions = Files.isDirectory(DEBIAN) ? Files.list(DEBIAN) : Stream.empty()) {
            return versions.map(version -> version.resolve("bin").resolve(program))
                    .filter(Files::isExecutable)
                    .max(Comparator.comparing(Path::toString))
                    .orElseThrow(() -> new IllegalStateException(program + ": not in " + DEBIAN
                            + " (expected: the Debian package postgresql is installed)"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private String data() {
        return folder().resolve("data").toString();
    }

    private Path log(String program) {
        return folder().resolve(program + ".log");
    }

    private Path folder() {
        return Objects.requireNonNull(folder, "not started");
    }
}
