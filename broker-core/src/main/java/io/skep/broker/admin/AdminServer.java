// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.admin;

import io.skep.broker.json.JsonObject;
import io.skep.sdk.storage.StorageException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers tools on the same machine, through a Unix domain socket that only the broker's user can open: for each
 * connection one line of JSON in, with the name of a command, and one line of JSON out. An answer with {@code error} is
 * a refusal.
 */
public final class AdminServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AdminServer.class);

    private static final int REQUEST_BYTES_MAX = 64 << 10;
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);

    private final Path folder;
    private final ServerSocketChannel server;
    private final Map<String, AdminCommand> commands = new ConcurrentHashMap<>();
    private final Thread thread = new Thread(this::run, "skep-admin");

    /**
     * Opens the socket of a data folder and begins to answer.
     *
     * @param folder the data folder, which no other broker has
     * @throws IOException if there can be no socket
     */
    public static AdminServer open(Path folder) throws IOException {
        UnixDomainSocketAddress address = AdminSocket.prepare(folder);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(address);
            Path socket = address.getPath();
            if (Files.getFileAttributeView(socket, PosixFileAttributeView.class) != null) {
                Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            }
            return new AdminServer(folder, server);
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    private AdminServer(Path folder, ServerSocketChannel server) {
        this.folder = folder;
        this.server = server;
        thread.setDaemon(true);
        thread.start();
    }

    /** Adds a command. Any thread. */
    public AdminServer answer(String name, AdminCommand command) {
        commands.put(name, command);
        return this;
    }

    private void run() {
        while (server.isOpen()) {
            try (SocketChannel client = server.accept()) {
                serve(client);
            } catch (ClosedChannelException e) {
                return; // the broker stops
            } catch (IOException | RuntimeException e) {
                log.debug("who asked something did not get an answer", e);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10)); // if nobody can be accepted, do not spin
            }
        }
    }

    private void serve(SocketChannel client) throws IOException {
        Line line = new Line(client, REQUEST_TIMEOUT);
        JsonObject answer;
        try {
            answer = answer(JsonObject.parse(line.read(REQUEST_BYTES_MAX)));
        } catch (IllegalArgumentException | IOException e) {
            answer = refusal(e);
        }
        line.write(answer.toString());
    }

    private JsonObject answer(JsonObject request) {
        String name = request.text("command");
        AdminCommand command = commands.get(name);
        if (command == null) {
            throw JsonObject.wrong("command", name, "one of " + String.join(", ", new TreeSet<>(commands.keySet())));
        }
        try {
            return command.run(request);
        } catch (IllegalArgumentException | StorageException | IOException e) {
            return refusal(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return refusal(e);
        } catch (RuntimeException e) {
            log.error("the command {} failed", name, e);
            return refusal(e);
        }
    }

    private static JsonObject refusal(Exception why) {
        String message = why.getMessage();
        return new JsonObject().put("error", message == null ? why.getClass().getSimpleName() : message);
    }

    /** Answers nobody any more. */
    @Override
    public void close() {
        try {
            server.close();
            thread.interrupt();
            thread.join(STOP_TIMEOUT.toMillis());
            AdminSocket.remove(folder);
        } catch (IOException e) {
            log.warn("the socket in '{}' could not be removed", folder, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
