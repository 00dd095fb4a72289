// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Grpc;
import io.grpc.ServerCall;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.skep.extension.process.Wire.Answer;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.testkit.BrokerExtension;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TlsTest {

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create();

    @Test
    void bothSidesProveWhoTheyAre() throws Exception {
        certificate("program");
        certificate("broker");
        try (FakeProgram server = new FakeProgram(
                        TlsServerCredentials.newBuilder()
                                .keyManager(file("program.pem"), file("program.key"))
                                .trustManager(file("broker.pem"))
                                .clientAuth(ClientAuth.REQUIRE)
                                .build(),
                        TlsTest::allow);
                Harness harness = Harness.start(
                        broker,
                        server.address(),
                        "tls: {trust: program.pem, certificate: broker.pem, private-key: broker.key}\n")) {
            harness.awaitConnected();
            assertThat(harness.login("a").join()).isInstanceOf(Decision.Allow.class);
            assertThat(server.streams.get(0).getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION))
                    .isNotNull();
        }
    }

    private static void allow(Wire.FromBroker message, ServerCall<Wire.FromBroker, Wire.FromProgram> stream) {
        if (message.hasHello()) {
            FakeProgram.hello(stream, Wire.ProgramHello.newBuilder().addHooks(Wire.Hook.HOOK_AUTHENTICATE));
        } else {
            FakeProgram.answer(
                    stream,
                    message.getCallsList().stream().map(FakeProgram::allow).toArray(Answer.Builder[]::new));
        }
    }

    @Test
    void aStrangerGetsNoPassword() throws Exception {
        certificate("program");
        certificate("stranger");
        try (FakeProgram server = new FakeProgram(
                        TlsServerCredentials.create(file("stranger.pem"), file("stranger.key")), TlsTest::allow);
                Harness harness = Harness.start(broker, server.address(), "tls: {trust: program.pem}\n")) {
            assertThatThrownBy(() -> harness.login("a")).hasMessageContaining("program: not connected");
            assertThat(server.received).isEmpty();
        }
    }

    @Test
    void aFileThatIsNotThereStopsTheStart() {
        assertThatThrownBy(() -> Harness.start(broker, "127.0.0.1:7", "tls: {trust: none.pem}\n"))
                .hasRootCauseInstanceOf(IOException.class)
                .hasStackTraceContaining("tls: files that cannot be read (expected: PEM files)");
    }

    /** Of its own, for 127.0.0.1, with its key. */
    private void certificate(String name) throws Exception {
        Files.createDirectories(folder());
        Process openssl = new ProcessBuilder(
                        ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN="
                                        + name
                                        + " -addext subjectAltName=IP:127.0.0.1 -keyout " + file(name + ".key")
                                        + " -out "
                                        + file(name + ".pem"))
                                .split(" "))
                .redirectErrorStream(true)
                .start();
        String said = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(openssl.waitFor()).as("openssl: %s", said).isZero();
    }

    private File file(String name) {
        return folder().resolve(name).toFile();
    }

    private Path folder() {
        return broker.home().resolve("conf/extensions");
    }
}
