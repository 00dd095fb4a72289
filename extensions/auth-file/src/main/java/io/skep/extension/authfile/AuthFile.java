// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import io.skep.sdk.Extension;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.HookOptions;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Users and roles from {@code auth-file.yaml}. A change of the file holds for logins that come after it. */
public final class AuthFile implements Extension {

    private static final Duration DEADLINE = Duration.ofSeconds(30); // many may wait for the same few processors

    private @Nullable Future<?> polling;

    @Override
    public void start(ExtensionContext context) {
        FileAuthenticator authenticator = new FileAuthenticator(context.executor());
        ScramAuthenticator scram = new ScramAuthenticator();
        Reload reload = new Reload(context, directory -> {
            authenticator.use(directory);
            scram.use(directory);
        });
        reload.first();
        polling = context.executor().scheduleWithFixedDelay(reload::poll, 1, 1, TimeUnit.SECONDS);
        context.hooks().authenticator(authenticator, HookOptions.DEFAULT.withDeadline(DEADLINE));
        context.hooks().enhancedAuthenticator(scram);
    }

    @Override
    public void stop() {
        if (polling != null) {
            polling.cancel(false);
        }
    }
}
