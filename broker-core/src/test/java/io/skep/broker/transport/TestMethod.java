// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.AuthAnswer;
import io.skep.sdk.auth.EnhancedAuthenticator;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permissions;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** A method whose clients say what they want to be answered. */
final class TestMethod implements EnhancedAuthenticator {

    /** What {@code hang} waits for. */
    final CompletableFuture<AuthAnswer> hanging = new CompletableFuture<>();

    @Override
    public String method() {
        return AuthClient.METHOD;
    }

    @Override
    public Exchange begin(Login login) {
        return data -> answer(new String(data, StandardCharsets.UTF_8));
    }

    private AuthAnswer answer(String wish) {
        return switch (wish) {
            case "" -> AuthAnswer.allow(Permissions.ALL);
            case "allow" -> AuthAnswer.allow(Permissions.ALL, utf8("welcome"));
            case "allow a" -> AuthAnswer.allow(Permissions.of(Permission.allow("a", Action.PUBLISH)));
            case "ask" -> AuthAnswer.goOn(utf8("prove"));
            case "ask later" -> AuthAnswer.later(CompletableFuture.supplyAsync(() -> AuthAnswer.goOn(utf8("prove"))));
            case "ban" -> AuthAnswer.deny(ReasonCode.BANNED, "banned");
            case "fail" -> throw new IllegalStateException("broken");
            case "hang" -> AuthAnswer.later(hanging);
            default -> AuthAnswer.deny();
        };
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
