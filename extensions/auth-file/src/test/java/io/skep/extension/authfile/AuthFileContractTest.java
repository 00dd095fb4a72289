// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import io.skep.extension.account.PasswordHash;
import io.skep.sdk.Extension;
import io.skep.sdk.auth.Login;
import io.skep.sdk.testkit.contract.AuthenticatorContractTest;

final class AuthFileContractTest extends AuthenticatorContractTest {

    private static final String SECRET = PasswordHash.create("secret", 1000).toString();

    @Override
    protected String id() {
        return "auth-file";
    }

    @Override
    protected String config() {
        return "users:\n  ann: {password: '" + SECRET + "'}\n";
    }

    @Override
    protected Extension extension() {
        return new AuthFile();
    }

    @Override
    protected Login login() {
        return login("ann-1", "ann", "secret");
    }
}
