// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import io.skep.sdk.Extension;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.HookOptions;
import io.skep.sdk.HookOptions.Fallback;
import io.skep.sdk.Hooks;
import io.skep.sdk.event.Event;
import org.jspecify.annotations.Nullable;

/** Lends the hooks of the broker to a program beside it, as {@code extension-process.yaml} says. */
public final class ExtensionProcess implements Extension {

    private @Nullable Program program;

    @Override
    public void start(ExtensionContext context) {
        ProcessConfig config = context.config(ProcessConfig.class);
        Program fresh = new Program(config, context);
        program = fresh;
        fresh.start();
        ProgramHooks calls = new ProgramHooks(fresh, config);
        Hooks hooks = context.hooks();
        HookOptions options = HookOptions.DEFAULT
                .withOrder(config.order())
                .withDeadline(config.deadline())
                .withFallback(Fallback.DENY);
        OnFailure onFailure = config.onFailure();
        for (HookKind kind : config.hooks()) {
            switch (kind) {
                case AUTHENTICATE ->
                    hooks.authenticator(calls::authenticate, options.withFallback(onFailure.authenticate()));
                case ENHANCED_AUTHENTICATE ->
                    config.authenticationMethods()
                            .forEach(method -> hooks.enhancedAuthenticator(
                                    calls.method(method), options.withFallback(onFailure.enhancedAuthenticate())));
                case AUTHORIZE -> hooks.authorizer(calls::authorize, options.withFallback(onFailure.authorize()));
                case PUBLISH ->
                    hooks.publishInterceptor(
                            calls::intercept,
                            options.withFallback(onFailure.publish()).withTopicFilter(config.publishTopicFilter()));
                case EVENTS -> hooks.listen(Event.class, fresh::tell);
                case CONNECT -> hooks.connectInterceptor(calls::connect, options.withFallback(onFailure.connect()));
                case SUBSCRIBE ->
                    hooks.subscribeInterceptor(calls::subscribe, options.withFallback(onFailure.subscribe()));
                case UNSUBSCRIBE ->
                    hooks.unsubscribeInterceptor(calls::unsubscribe, options.withFallback(onFailure.unsubscribe()));
            }
        }
    }

    @Override
    public void stop() {
        if (program != null) {
            program.stop();
        }
    }
}
