// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.allowall;

import io.skep.sdk.Extension;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.HookOptions;
import io.skep.sdk.auth.Decision;

/** Lets everyone in whom no other extension refused, with permission for everything. */
public final class AllowAll implements Extension {

    @Override
    public void start(ExtensionContext context) {
        context.hooks().authenticator(login -> Decision.allow(), HookOptions.DEFAULT.withOrder(Integer.MAX_VALUE));
        context.logger().warn("everyone may connect, publish and subscribe; remove this extension to end that");
    }
}
