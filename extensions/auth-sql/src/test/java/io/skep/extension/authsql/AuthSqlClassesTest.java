// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authsql;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.extension.account.PasswordHash;
import io.skep.extension.postgresql.OwnClasses;
import io.skep.extension.postgresql.PostgresqlServer;
import io.skep.sdk.Client;
import io.skep.sdk.Extension;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.auth.Authenticator;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import io.skep.sdk.testkit.BareContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class AuthSqlClassesTest {

    @RegisterExtension
    static final PostgresqlServer server = new PostgresqlServer();

    @Test
    void aStoppedExtensionLeavesItsClassesToTheGarbageCollector(@TempDir Path folder) throws Exception {
        server.execute("CREATE TABLE users (name text, password text)");
        server.execute("INSERT INTO users VALUES ('ann', '" + PasswordHash.create("secret", 1000) + "')");
        Files.writeString(folder.resolve("auth-sql.yaml"), """
                url: '%s'
                user: %s
                password: '%s'
                user-query: SELECT password FROM users WHERE name = :userName
                permission-query: SELECT 'all' AS topic WHERE :userName = 'ann'
                """.formatted(
                        server.url(), PostgresqlServer.USER, PostgresqlServer.PASSWORD));
        assertThat(OwnClasses.leftAfter(classes -> live(folder, classes))).isZero();
    }

    private static void live(Path folder, ClassLoader classes) throws Exception {
        Extension extension = (Extension)
                classes.loadClass(AuthSql.class.getName()).getConstructor().newInstance();
        assertThat(extension).isNotInstanceOf(AuthSql.class);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
        Client ann = new Client("ann-1", "ann", address, ProtocolVersion.V5_0, "tcp", List.of());
        try (BareContext context = new BareContext("auth-sql", folder)) {
            extension.start(context);
            Decision decision = context.hook(Authenticator.class)
                    .authenticate(new Login(ann, "secret".getBytes(StandardCharsets.UTF_8)));
            Decision answer =
                    ((Decision.Later) decision).stage().toCompletableFuture().get(30, TimeUnit.SECONDS);
            assertThat(answer).isInstanceOf(Decision.Allow.class);
            extension.stop();
        }
    }
}
