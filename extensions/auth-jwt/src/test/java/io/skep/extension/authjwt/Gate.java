// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Permission;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The extension, started in a folder with its configuration. */
final class Gate implements AutoCloseable {

    final TestContext context;
    private final AuthJwt extension = new AuthJwt();

    Gate(Path folder, String configuration) throws Exception {
        Files.writeString(folder.resolve("auth-jwt.yaml"), configuration);
        context = new TestContext(folder);
        extension.start(context);
    }

    Decision login(@Nullable String password) {
        return login("client", null, password);
    }

    Decision login(String clientId, @Nullable String userName, @Nullable String password) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
        Client client = new Client(clientId, userName, address, ProtocolVersion.V3_1_1, "tcp", List.of());
        byte[] bytes = password == null ? null : password.getBytes(StandardCharsets.UTF_8);
        Decision decision = context.authenticators.get(0).authenticate(new Login(client, bytes));
        return decision instanceof Decision.Later later
                ? later.stage()
                        .toCompletableFuture()
                        .orTimeout(20, TimeUnit.SECONDS)
                        .join()
                : decision;
    }

    static List<Permission> rules(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Allow.class);
        return ((Decision.Allow) decision).permissions().rules();
    }

    static void assertRefused(Decision decision, String text) {
        assertThat(decision).isInstanceOfSatisfying(Decision.Deny.class, deny -> {
            assertThat(deny.reason()).isEqualTo(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
            assertThat(deny.text()).startsWith(text);
        });
    }

    static void assertNotAuthorized(Decision decision, String text) {
        assertThat(decision).isInstanceOfSatisfying(Decision.Deny.class, deny -> {
            assertThat(deny.reason()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
            assertThat(deny.text()).startsWith(text);
        });
    }

    @Override
    public void close() {
        extension.stop();
        context.close();
    }
}
