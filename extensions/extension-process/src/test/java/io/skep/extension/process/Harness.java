// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.Client;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.Qos;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Operation;
import io.skep.sdk.service.Reading;
import io.skep.sdk.testkit.BrokerExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The inside of the extension with the context of a real broker, asked directly. */
final class Harness implements AutoCloseable {

    static final long DEADLINE_MILLIS = 20_000;

    final ExtensionContext context;
    final Program program;
    final ProgramHooks hooks;

    private Harness(ExtensionContext context, ProcessConfig config) {
        this.context = context;
        this.program = new Program(config, context);
        this.hooks = new ProgramHooks(program, config);
        program.start();
    }

    /** Offers all hooks to the program at this address. */
    static Harness start(BrokerExtension broker, String address, String more) throws IOException {
        String deadline = more.contains("deadline:") ? "" : "deadline: 20s\n";
        configure(
                broker,
                "address: " + address + "\nhooks: [authenticate, authorize, publish, events,"
                        + " enhanced-authenticate]\nauthentication-methods: [PROOF]\n" + deadline + more);
        CompletableFuture<Harness> started = new CompletableFuture<>();
        broker.extension(
                "extension-process",
                context -> started.complete(new Harness(context, context.config(ProcessConfig.class))));
        return started.join();
    }

    static void configure(BrokerExtension broker, String yaml) throws IOException {
        Path folder = Files.createDirectories(broker.home().resolve("conf/extensions"));
        Files.writeString(folder.resolve("extension-process.yaml"), yaml);
    }

    CompletableFuture<Decision> login(String clientId) {
        Login login = new Login(client(clientId), "secret".getBytes(StandardCharsets.UTF_8));
        return future(hooks.authenticate(login));
    }

    CompletableFuture<Decision> publishing(String topic) {
        return future(hooks.authorize(client("c"), new Operation(Action.PUBLISH, topic, Qos.AT_LEAST_ONCE, false)));
    }

    CompletableFuture<Decision> subscribing(String filter) {
        return future(hooks.authorize(client("c"), new Operation(Action.SUBSCRIBE, filter, Qos.AT_LEAST_ONCE, false)));
    }

    private static CompletableFuture<Decision> future(Decision decision) {
        return decision instanceof Decision.Later later
                ? later.stage().<Decision>thenApply(answer -> answer).toCompletableFuture()
                : CompletableFuture.completedFuture(decision);
    }

    static Client client(String id) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
        return new Client(id, "ann", address, ProtocolVersion.V5_0, "tcp", List.of());
    }

    double meter(String name) {
        return context.meters().read().stream()
                .filter(reading -> reading.source().equals("extension-process")
                        && reading.name().equals(name))
                .mapToDouble(Reading::value)
                .findFirst()
                .orElseThrow();
    }

    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + DEADLINE_MILLIS * 1_000_000;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
    }

    void awaitConnected() {
        await("connected", () -> meter("connected") == 1);
    }

    @Override
    public void close() {
        program.stop();
    }
}
