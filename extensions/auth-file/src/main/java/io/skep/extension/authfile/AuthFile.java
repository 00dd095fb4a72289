// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import io.skep.sdk.Extension;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.HookOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Users and roles from {@code auth-file.yaml}. A change of the file holds for logins that come after it. */
public final class AuthFile implements Extension {

    private static final Duration DEADLINE = Duration.ofSeconds(30); // many may wait for the same few processors

    @Override
    public void start(ExtensionContext context) {
        FileAuthenticator authenticator = new FileAuthenticator(context.executor());
        ScramAuthenticator scram = new ScramAuthenticator();
        Directory first = directory(context, context.config(AuthFileConfig.class));
        if (first.size() == 0) {
            Path file = context.configFolder().resolve(context.id() + ".yaml");
            context.logger().warn("no users, so nobody can log in; add some to {}", file);
        }
        authenticator.use(first);
        scram.use(first);
        context.onConfigChange(AuthFileConfig.class, config -> {
            Directory changed = directory(context, config);
            authenticator.use(changed);
            scram.use(changed);
            context.logger().info("{} users read", changed.size());
        });
        context.hooks().authenticator(authenticator, HookOptions.DEFAULT.withDeadline(DEADLINE));
        context.hooks().enhancedAuthenticator(scram);
    }

    private static Directory directory(ExtensionContext context, AuthFileConfig config) {
        String name = config.usersFile();
        if (name == null) {
            return new Directory(config.users(), config.roles());
        }
        Path file = context.configFolder().resolve(name);
        UsersFile users = context.config(UsersFile.class, file); // also if it is not there: it may come
        if (!Files.exists(file)) {
            throw new IllegalArgumentException("users-file: " + name + " (expected: a file; " + file + " is none)");
        }
        return new Directory(users.users(), users.roles());
    }
}
