package ${package};

import io.skep.sdk.Extension;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permissions;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** Lets the users of its configuration in, each with a branch of topics of its own. */
public final class ${className} implements Extension {

    private volatile ${className}Config config;

    @Override
    public void start(ExtensionContext context) {
        config = context.config(${className}Config.class);
        context.onConfigChange(${className}Config.class, changed -> config = changed);
        context.hooks().authenticator(this::authenticate);
    }

    /** Runs on the event loop of the client, so it must not wait. What waits answers Decision.later(...). */
    private Decision authenticate(Login login) {
        ${className}Config current = config;
        String user = login.client().userName();
        String password = user == null ? null : current.users().get(user);
        if (password == null) {
            return Decision.next(); // not one of ours: the next extension decides, and without one the broker says no
        }
        if (!isSame(password, login.passwordText())) {
            return Decision.deny();
        }
        return Decision.allow(Permissions.of(
                Permission.allow(current.topicRoot() + "/" + user + "/#", Action.PUBLISH, Action.SUBSCRIBE)));
    }

    /** Takes as long for a wrong password as for the right one. */
    private static boolean isSame(String expected, String found) {
        return MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.UTF_8), found.getBytes(StandardCharsets.UTF_8));
    }
}
