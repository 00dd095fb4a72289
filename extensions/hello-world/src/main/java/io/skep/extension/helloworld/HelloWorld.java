// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.helloworld;

import io.skep.sdk.Extension;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Permission;
import io.skep.sdk.auth.Permissions;

/** Lets user {@code hello} in with password {@code world}, and only to topics below {@code hello}. */
public final class HelloWorld implements Extension {

    @Override
    public void start(ExtensionContext context) {
        context.hooks().authenticator(HelloWorld::authenticate);
    }

    static Decision authenticate(Login login) {
        if ("hello".equals(login.client().userName()) && login.passwordText().equals("world")) {
            return Decision.allow(Permissions.of(Permission.allow("hello/#", Action.PUBLISH, Action.SUBSCRIBE)));
        }
        return Decision.next(); // not our user: the next extension decides, and if there is none the broker says no
    }
}
