// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.publish;

import io.skep.sdk.Client;

/**
 * Sees, changes or stops what clients publish, before it is authorized, retained and routed. Runs on the publisher's
 * event loop and must not wait; {@link PublishAnswer#later} pauses this publisher alone, so that its order holds. In
 * the {@link io.skep.sdk.Hooks order} of all extensions each sees what the one before left; a drop or a deny ends that.
 * An exception, a null or a missed deadline counts as what {@link io.skep.sdk.HookOptions#fallback} says: refused, or
 * passed.
 *
 * <p>Wills are shown, too, when they are published (at CONNECT a {@link io.skep.sdk.packet.ConnectInterceptor} sees
 * them), on the loop that their connection was on. A drop or a deny means that the will is not published. One whose
 * topic, QoS or retain flag was changed is authorized anew, and not published if that is refused. Of a will that
 * outlived a restart of the broker the id of the client is known and nothing else: no user name, no permissions and no
 * certificates, an empty listener, the address {@code 0.0.0.0:0}.
 */
@FunctionalInterface
public interface PublishInterceptor {

    /**
     * Looks at one PUBLISH.
     *
     * @param client who publishes; of a will, who did not disconnect
     * @param publish valid during this call; {@link Publish#copy} to keep it
     * @return what becomes of it
     */
    PublishAnswer intercept(Client client, Publish publish);
}
