// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authldap;

import com.unboundid.ldap.sdk.LDAPException;
import io.skep.extension.account.RemoteAuthenticator;
import io.skep.sdk.Extension;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.HookOptions;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Users of the directory of {@code auth-ldap.yaml}. A change there holds for logins after it. */
public final class AuthLdap implements Extension {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private @Nullable Connections lookups;
    private @Nullable Connections logins;

    @Override
    public void start(ExtensionContext context) throws LDAPException {
        AuthLdapConfig config = context.config(AuthLdapConfig.class);
        Path trust = config.trust() == null ? null : context.configFolder().resolve(config.trust());
        SSLSocketFactory tls = Trust.sockets(trust, config.trustPassword());
        lookups = Connections.ofLookups(config, tls);
        logins = Connections.ofLogins(config, tls);
        LdapUsers users = new LdapUsers(config, lookups, logins);
        for (String server : config.servers()) {
            if (Server.parse(server, config.startsTls()).isOpen()) {
                context.logger()
                        .warn(
                                "servers: {} (expected: ldaps, or start-tls: passwords can be read on their way)",
                                server);
            }
        }
        context.executor().execute(() -> probe(users, context.logger()));
        context.hooks()
                .authenticator(
                        new RemoteAuthenticator(users, context.executor(), DEADLINE, config.cache()),
                        HookOptions.DEFAULT.withDeadline(DEADLINE));
    }

    /** A directory that is away for now is waited for: without this extension anybody might be let in. */
    private static void probe(LdapUsers users, Logger logger) {
        try {
            users.probe();
        } catch (LDAPException | RuntimeException e) {
            logger.warn(
                    "users: {} (expected: a directory that can be asked; until it can nobody can log in)",
                    e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the broker stops
        }
    }

    @Override
    public void stop() {
        if (lookups != null) {
            lookups.close();
        }
        if (logins != null) {
            logins.close();
        }
    }
}
