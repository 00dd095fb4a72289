// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.skep.sdk.Extension;
import io.skep.sdk.testkit.contract.EnhancedAuthenticatorContractTest;
import java.util.UUID;

/** Users who prove that they know their password. */
final class ScramContractTest extends EnhancedAuthenticatorContractTest {

    private static final String SECRET = ScramClient.verifier("secret", "0123456789abcdef".getBytes(UTF_8), 4096);

    @Override
    protected String id() {
        return "auth-file";
    }

    @Override
    protected String config() {
        return "users:\n  ann: {scram: '" + SECRET + "'}\n";
    }

    @Override
    protected Extension extension() {
        return new AuthFile();
    }

    @Override
    protected Speaker right() {
        return client("secret");
    }

    @Override
    protected Speaker wrong() {
        return client("Secret");
    }

    private static Speaker client(String password) {
        ScramClient client = new ScramClient("ann", password, UUID.randomUUID().toString());
        return heard -> heard.length == 0 ? client.first() : client.last(heard);
    }
}
