// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.broker.json.JsonObject;
import io.skep.sdk.storage.StorageException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AdminServerTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final JsonObject ECHO =
            new JsonObject().put("command", "echo").put("text", "hé\nllo");

    private Path folder;
    private AdminServer server;

    @BeforeEach
    void start(@TempDir Path temporaryFolder) throws IOException {
        folder = temporaryFolder;
        server = open(folder);
    }

    private static AdminServer open(Path folder) throws IOException {
        return AdminServer.open(folder)
                .answer("echo", request -> new JsonObject().put("text", request.text("text")))
                .answer("fail", request -> {
                    throw new StorageException("disk: full (expected: room)", null);
                });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aCommandIsAnswered() throws IOException {
        for (int i = 0; i < 100; i++) {
            assertThat(Objects.requireNonNull(AdminClient.ask(folder, ECHO, SOON))
                            .text("text"))
                    .isEqualTo("hé\nllo");
        }
    }

    @Test
    void whatACommandRefusesIsToldInItsWords() {
        JsonObject request = new JsonObject().put("command", "fail");
        assertThatThrownBy(() -> AdminClient.ask(folder, request, SOON)).hasMessage("disk: full (expected: room)");
    }

    @Test
    void anUnknownCommandIsToldWhichThereAre() {
        JsonObject request = new JsonObject().put("command", "make tea");
        assertThatThrownBy(() -> AdminClient.ask(folder, request, SOON))
                .hasMessage("command: make tea (expected: one of echo, fail)");
    }

    @Test
    void onlyTheBrokersUserMayAsk() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("admin.sock"))))
                .isEqualTo("rw-------");
    }

    @Test
    void garbageIsRefusedAndTheNextIsServed() throws IOException {
        for (String garbage :
                new String[] {"\n", "tea\n", "[]\n", "{}\n", "{\"command\":1}\n", "{\"command\":\"echo\"}{}\n"}) {
            assertThat(JsonObject.parse(exchange(garbage.getBytes(UTF_8))).text("error"))
                    .contains("(expected: ");
        }
        assertThat(exchange(new byte[] {(byte) 0xFF, 0, '{', '\n'})).contains("error");
        assertThat(AdminClient.ask(folder, ECHO, SOON)).isNotNull();
    }

    @Test
    void aRequestWithoutEndIsCutOff() throws IOException {
        try (SocketChannel client = SocketChannel.open(AdminSocket.find(folder))) {
            ByteBuffer chunk = ByteBuffer.allocate(1 << 16);
            int written = 0;
            while (written < 1 << 26) {
                try {
                    written += client.write(chunk.clear());
                } catch (IOException e) {
                    break; // it has closed its end
                }
            }
            assertThat(written).isLessThan(1 << 23);
        }
        assertThat(AdminClient.ask(folder, ECHO, SOON)).isNotNull();
    }

    @Test
    void whoConnectsAndSaysNothingHoldsOthersUpForSecondsOnly() throws IOException {
        try (SocketChannel silent = SocketChannel.open(AdminSocket.find(folder))) {
            assertThat(AdminClient.ask(folder, ECHO, SOON)).isNotNull();
            assertThat(new String(Channels.newInputStream(silent).readAllBytes(), UTF_8))
                    .contains("not whole");
        }
    }

    @Test
    void afterTheStopThereIsNothingToAsk() throws IOException {
        server.close();
        assertThat(folder).isEmptyDirectory();
        assertThat(AdminClient.ask(folder, ECHO, SOON)).isNull();
    }

    @Test
    void theSocketOfAKilledBrokerIsReplaced(@TempDir Path killed) throws IOException {
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(killed.resolve("admin.sock")));
        }
        assertThat(killed.resolve("admin.sock")).exists();
        assertThat(AdminClient.ask(killed, ECHO, SOON)).isNull();
        try (AdminServer next = open(killed)) {
            assertThat(next).isNotNull();
            assertThat(AdminClient.ask(killed, ECHO, SOON)).isNotNull();
        }
    }

    @Test
    void aFolderTooDeepForASocketHasItElsewhere(@TempDir Path top) throws IOException {
        Path deep = Files.createDirectories(top.resolve("a".repeat(60)).resolve("b".repeat(60)));
        AdminServer first = open(deep);
        Path socket = Path.of(Files.readString(deep.resolve("admin.path")));
        assertThat(AdminClient.ask(deep, ECHO, SOON)).isNotNull();
        assertThat(deep).isDirectoryNotContaining("glob:**.sock");
        first.close();
        assertThat(deep).isEmptyDirectory();
        assertThat(socket.getParent()).doesNotExist();
        assertThat(AdminClient.ask(deep, ECHO, SOON)).isNull();
    }

    private String exchange(byte[] request) throws IOException {
        try (SocketChannel client = SocketChannel.open(AdminSocket.find(folder))) {
            client.write(ByteBuffer.wrap(request));
            return new String(Channels.newInputStream(client).readAllBytes(), UTF_8);
        }
    }
}
