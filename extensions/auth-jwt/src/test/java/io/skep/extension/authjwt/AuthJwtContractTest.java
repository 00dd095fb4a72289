// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import io.skep.sdk.Extension;
import io.skep.sdk.auth.Login;
import io.skep.sdk.testkit.BareContext;
import io.skep.sdk.testkit.contract.AuthenticatorContractTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

final class AuthJwtContractTest extends AuthenticatorContractTest {

    private static final String TOKEN = Tokens.anna(Map.of());

    @Override
    protected String id() {
        return "auth-jwt";
    }

    @Override
    protected String config() {
        return "keys: {file: jwks.json}\n";
    }

    @Override
    protected BareContext context(Path configFolder) {
        try {
            Files.writeString(configFolder.resolve("jwks.json"), Tokens.set(Tokens.EC.toPublicJWK()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return super.context(configFolder);
    }

    @Override
    protected Extension extension() {
        return new AuthJwt();
    }

    @Override
    protected Login login() {
        return login("ann-1", "anna", TOKEN);
    }
}
