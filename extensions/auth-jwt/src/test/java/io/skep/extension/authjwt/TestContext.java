// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import io.skep.sdk.HookOptions;
import io.skep.sdk.auth.Authenticator;
import io.skep.sdk.testkit.BareContext;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What the broker would give the extension, with real files and threads. */
final class TestContext extends BareContext {

    final List<Authenticator> authenticators = new CopyOnWriteArrayList<>();

    TestContext(Path folder) {
        super("auth-jwt", folder);
    }

    @Override
    public void authenticator(Authenticator authenticator, HookOptions options) {
        authenticators.add(authenticator);
    }
}
