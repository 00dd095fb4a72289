// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.publish;

import io.skep.sdk.Client;

/**
 * Sees, changes or stops what clients publish, before it is authorized, retained and routed. Runs on the publisher's
 * event loop and must not wait; {@link PublishAnswer#later} pauses this publisher alone, so that its order holds. An
 * exception or a missed deadline counts as what {@link io.skep.sdk.HookOptions#fallback} says: refused, or passed.
 */
@FunctionalInterface
public interface PublishInterceptor {

    /**
     * Looks at one PUBLISH.
     *
     * @param client who publishes
     * @param publish valid during this call; {@link Publish#copy} to keep it
     * @return what becomes of it
     */
    PublishAnswer intercept(Client client, Publish publish);
}
