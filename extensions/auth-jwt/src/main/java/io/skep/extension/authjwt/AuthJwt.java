// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import io.skep.sdk.Extension;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.HookOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Lets clients in that show a signed token, as {@code auth-jwt.yaml} says. */
public final class AuthJwt implements Extension {

    private static final Duration SPARE = Duration.ofSeconds(10); // many may wait for the same few processors

    private @Nullable Future<?> polling;

    @Override
    public void start(ExtensionContext context) {
        AuthJwtConfig config = context.config(AuthJwtConfig.class);
        String file = config.keys().file();
        String url = config.keys().url();
        Keys keys = new Keys(
                file == null ? null : new KeysFile(context.configFolder().resolve(file), context.logger()),
                url == null
                        ? null
                        : new KeysUrl(config.keys(), url, context.executor(), System::nanoTime, context.logger()));
        if (config.permissions().isEmpty() && !config.claims().bringPermissions()) {
            context.logger().warn("no permissions and no claims with any, so clients may connect and nothing else");
        }
        polling = context.executor().scheduleWithFixedDelay(keys::poll, 0, 1, TimeUnit.SECONDS);
        context.hooks()
                .authenticator(
                        new JwtAuthenticator(config, keys, InstantSource.system(), context.executor()),
                        HookOptions.DEFAULT.withDeadline(config.keys().timeout().plus(SPARE)));
    }

    @Override
    public void stop() {
        if (polling != null) {
            polling.cancel(false);
        }
    }
}
