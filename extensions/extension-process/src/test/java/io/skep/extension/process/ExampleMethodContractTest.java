// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.skep.sdk.Extension;
import io.skep.sdk.service.Meters;
import io.skep.sdk.testkit.BareContext;
import io.skep.sdk.testkit.BrokerExtension;
import io.skep.sdk.testkit.contract.EnhancedAuthenticatorContractTest;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The example of the documentation has an authentication method, which is as good as one in Java. */
final class ExampleMethodContractTest extends EnhancedAuthenticatorContractTest {

    private static final AtomicReference<Meters> METERS = new AtomicReference<>();

    @RegisterExtension
    static final BrokerExtension broker =
            BrokerExtension.create().extension("observer", context -> METERS.set(context.meters()));

    private static NodeProgram program;

    @BeforeAll
    static void startProgram() throws Exception {
        program = NodeProgram.start().awaitServing();
    }

    @AfterAll
    static void stopProgram() {
        program.close();
    }

    @Override
    protected String id() {
        return "extension-process";
    }

    @Override
    protected String config() {
        return program.config() + "deadline: 20s\n";
    }

    @Override
    protected Extension extension() {
        return new ExtensionProcess();
    }

    @Override
    protected BareContext context(Path configFolder) {
        return new MeteredContext(configFolder, METERS.get());
    }

    @Override
    protected Speaker right() {
        return client("secret");
    }

    @Override
    protected Speaker wrong() {
        return client("guess");
    }

    private static Speaker client(String password) {
        return heard -> heard.length == 0 ? "ann".getBytes(UTF_8) : proof(password, heard);
    }

    private static byte[] proof(String password, byte[] challenge) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(password.getBytes(UTF_8), "HmacSHA256"));
            return mac.doFinal(challenge);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
