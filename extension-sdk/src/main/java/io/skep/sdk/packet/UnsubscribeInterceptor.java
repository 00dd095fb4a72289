// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.packet;

import io.skep.sdk.Client;

/**
 * Sees, changes or refuses what clients unsubscribe from. Called for each topic filter of an UNSUBSCRIBE in their
 * order; with {@link io.skep.sdk.HookOptions#topicFilter} for those that have a topic in common with it. A deny keeps
 * the subscription and is the reason code of this filter in UNSUBACK; a 3.x client does not hear of it. Runs on the
 * client's event loop and must not wait; {@link Interception#later} pauses this client alone. In the
 * {@link io.skep.sdk.Hooks order} of all extensions each sees what the one before left, until one denies. An exception,
 * a null or a missed deadline counts as what {@link io.skep.sdk.HookOptions#fallback} says: refused, or passed.
 */
@FunctionalInterface
public interface UnsubscribeInterceptor {

    /**
     * Looks at one filter.
     *
     * @param client who unsubscribes
     * @param request from what
     * @return what becomes of it
     */
    Interception<UnsubscribeRequest> intercept(Client client, UnsubscribeRequest request);
}
