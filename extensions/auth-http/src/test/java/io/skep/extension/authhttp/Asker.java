// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authhttp;

import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.Qos;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Operation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The extension, started in a folder with its configuration, and clients that want in. */
final class Asker implements AutoCloseable {

    final TestContext context;

    Asker(Path folder, String configuration) throws Exception {
        Files.writeString(folder.resolve("auth-http.yaml"), configuration);
        context = new TestContext(folder);
        new AuthHttp().start(context);
    }

    static Client client(String id, @Nullable String userName) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
        return new Client(id, userName, address, ProtocolVersion.V5_0, "tcp", List.of());
    }

    CompletableFuture<Decision> login(Login login) {
        return soon(context.authenticators.get(0).authenticate(login));
    }

    CompletableFuture<Decision> login(String id, String password) {
        return login(new Login(client(id, "anna"), password.getBytes(StandardCharsets.UTF_8)));
    }

    Decision loginNow(String id, String password) {
        return login(id, password).join();
    }

    Decision publish(String topic, int qos) {
        Operation operation = new Operation(Action.PUBLISH, topic, Qos.of(qos), true);
        return soon(context.authorizers.get(0).authorize(client("c", "anna"), operation))
                .join();
    }

    private static CompletableFuture<Decision> soon(Decision decision) {
        return decision instanceof Decision.Later later
                ? later.stage()
                        .<Decision>thenApply(answer -> answer)
                        .toCompletableFuture()
                        .orTimeout(30, TimeUnit.SECONDS)
                : CompletableFuture.completedFuture(decision);
    }

    @Override
    public void close() {
        context.close();
    }
}
