// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.Extension;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.service.Message;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the documentation says of its examples, with clients that connect. */
class ExamplesAtWorkTest {

    private static final int CONNECTED = 0;
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(30);

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create();

    @TempDir
    Path folder;

    private @Nullable URLClassLoader classes;
    private @Nullable ExtensionContext context;

    @AfterEach
    void close() throws IOException {
        broker.stop();
        if (classes != null) {
            classes.close();
        }
    }

    @Test
    void aClientMayLogInAThousandTimesAlsoOverARestart() throws Exception {
        ExtensionContext quota = start("LoginQuota");
        broker.hooks(hooks -> hooks.authenticator(login -> Decision.allow()));
        byte[] logins = ByteBuffer.allocate(Integer.BYTES).putInt(998).array();
        answer(quota.store().put("logins/lamp", logins));
        assertThat(connect("lamp")).isEqualTo(CONNECTED);
        broker.restart();
        assertThat(connect("lamp")).isEqualTo(CONNECTED);
        assertThat(connect("lamp")).isNotEqualTo(CONNECTED);
        assertThat(connect("door")).isEqualTo(CONNECTED);
    }

    @Test
    void whoIsThereIsRetained() throws Exception {
        ExtensionContext presence = start("Presence");
        try (Socket lamp = open("lamp")) {
            assertThat(connack(lamp)).isEqualTo(CONNECTED);
            await(() -> state(presence, "lamp").equals("online"));
        }
        await(() -> state(presence, "lamp").equals("offline"));
    }

    private static String state(ExtensionContext presence, String clientId) {
        return answer(presence.retained().find("presence/" + clientId))
                .map(Message::text)
                .orElse("");
    }

    /** Compiles an example and runs it as its readers would. */
    private ExtensionContext start(String name) throws Exception {
        String program = WorkedExamplesTest.examples()
                .filter(example -> example.name().equals(name))
                .findFirst()
                .orElseThrow()
                .program();
        Path source = Files.writeString(folder.resolve(name + ".java"), program);
        String classPath = System.getProperty("java.class.path");
        int errors = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "--release",
                        "17",
                        "-proc:none",
                        "-cp",
                        classPath,
                        "-d",
                        folder.toString(),
                        source.toString());
        assertThat(errors).isZero();
        URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()});
        classes = loader;
        Extension example = (Extension) loader.loadClass(name).getConstructor().newInstance();
        broker.extension("example", given -> {
            context = given;
            example.start(given);
        });
        return Objects.requireNonNull(context);
    }

    private int connect(String clientId) throws IOException {
        try (Socket socket = open(clientId)) {
            return connack(socket);
        }
    }

    /** Sends CONNECT of MQTT 3.1.1 with Clean Session. */
    private Socket open(String clientId) throws IOException {
        Socket socket = new Socket(broker.address().getAddress(), broker.port());
        socket.setSoTimeout((int) TimeUnit.NANOSECONDS.toMillis(DEADLINE_NANOS));
        byte[] id = clientId.getBytes(UTF_8);
        ByteBuffer packet = ByteBuffer.allocate(14 + id.length).put((byte) 0x10).put((byte) (12 + id.length));
        packet.putShort((short) 4).put("MQTT".getBytes(UTF_8)).put((byte) 4).put((byte) 2);
        packet.putShort((short) 0).putShort((short) id.length).put(id);
        socket.getOutputStream().write(packet.array());
        return socket;
    }

    /** {@return the return code of CONNACK} */
    private static int connack(Socket socket) throws IOException {
        byte[] packet = new byte[4];
        new DataInputStream(socket.getInputStream()).readFully(packet);
        return packet[3];
    }

    private static <T> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + DEADLINE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
