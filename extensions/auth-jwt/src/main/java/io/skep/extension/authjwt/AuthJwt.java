// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import io.skep.sdk.Client;
import io.skep.sdk.Extension;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.HookOptions;
import io.skep.sdk.event.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** Lets clients in that show a signed token, as {@code auth-jwt.yaml} says. */
public final class AuthJwt implements Extension {

    private static final Duration SPARE = Duration.ofSeconds(10); // many may wait for the same few processors

    private final List<Future<?>> repeated = new ArrayList<>();

    @Override
    public void start(ExtensionContext context) {
        AuthJwtConfig config = context.config(AuthJwtConfig.class);
        String file = config.keys().file();
        String url = config.keys().url();
        Keys keys = new Keys(
                file == null ? null : new KeysFile(context.configFolder().resolve(file), context.logger()),
                url == null
                        ? null
                        : new KeysUrl(config.keys(), url, context.executor(), context::nanoTime, context.logger()));
        if (config.permissions().isEmpty() && !config.claims().bringPermissions()) {
            context.logger().warn("no permissions and no claims with any, so clients may connect and nothing else");
        }
        repeated.add(context.executor().scheduleWithFixedDelay(keys::poll, 0, 1, TimeUnit.SECONDS));
        BiConsumer<Client, Instant> admitted =
                config.disconnectAtExpiry() ? expiries(config, context) : (client, expiry) -> {};
        context.hooks()
                .authenticator(
                        new JwtAuthenticator(config, keys, context.clock(), context.executor(), admitted),
                        HookOptions.DEFAULT.withDeadline(config.keys().timeout().plus(SPARE)));
    }

    private Expiries expiries(AuthJwtConfig config, ExtensionContext context) {
        Expiries expiries = new Expiries(config.clockSkew(), context);
        context.hooks().listen(Event.ClientDisconnected.class, event -> expiries.remove(event.client()));
        context.hooks().listen(Event.ClientRefused.class, event -> expiries.remove(event.client()));
        repeated.add(context.executor().scheduleWithFixedDelay(expiries::look, 1, 1, TimeUnit.SECONDS));
        return expiries;
    }

    @Override
    public void stop() {
        repeated.forEach(task -> task.cancel(false));
    }
}
