// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authhttp;

import io.skep.extension.authhttp.Answer.Subject;
import io.skep.sdk.Extension;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.HookOptions;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import org.slf4j.Logger;

/** Asks an HTTP server who may connect, publish and subscribe, as {@code auth-http.yaml} says. */
public final class AuthHttp implements Extension {

    private static final Duration SPARE = Duration.ofSeconds(2); // the failure before it has a better text

    @Override
    public void start(ExtensionContext context) {
        AuthHttpConfig config = context.config(AuthHttpConfig.class);
        Server server = new Server(config, context.configFolder(), context.executor());
        AnswerCache cache = new AnswerCache(config.cache(), context::nanoTime);
        HookOptions options =
                HookOptions.DEFAULT.withDeadline(config.limits().deadline().plus(SPARE));
        String authorizeUrl = config.authorizeUrl();
        Subject subject = authorizeUrl == null ? Subject.LOGIN_WITH_PERMISSIONS : Subject.LOGIN;
        Webhook logins = new Webhook(URI.create(config.authenticateUrl()), subject, server, cache);
        warnIfReadable(logins.uri(), context.logger());
        context.hooks().authenticator(login -> logins.ask(Questions.login(login)), options);
        if (authorizeUrl != null) {
            Webhook operations = new Webhook(URI.create(authorizeUrl), Subject.OPERATION, server, cache);
            context.hooks()
                    .authorizer((client, operation) -> operations.ask(Questions.operation(client, operation)), options);
        }
    }

    private static void warnIfReadable(URI uri, Logger log) {
        try {
            if (uri.getScheme().equals("http")
                    && !InetAddress.getByName(uri.getHost()).isLoopbackAddress()) {
                log.warn("passwords go to {} unencrypted; make it https, unless the network is trusted", uri.getHost());
            }
        } catch (UnknownHostException e) {
            log.warn("authenticate-url: {} (expected: a host that is known): {}", uri.getHost(), e.getMessage());
        }
    }
}
