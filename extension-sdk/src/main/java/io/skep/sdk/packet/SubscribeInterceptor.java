// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.packet;

import io.skep.sdk.Client;

/**
 * Sees, changes or refuses what clients subscribe to. Called for each topic filter of a SUBSCRIBE in their order,
 * before permissions are looked at; with {@link io.skep.sdk.HookOptions#topicFilter} for those that have a topic in
 * common with it. A deny is the reason code of this filter in SUBACK; the others go on. Runs on the client's event loop
 * and must not wait; {@link Interception#later} pauses this client alone. In the {@link io.skep.sdk.Hooks order} of all
 * extensions each sees what the one before left, until one denies. An exception, a null or a missed deadline counts as
 * what {@link io.skep.sdk.HookOptions#fallback} says: refused, or passed.
 */
@FunctionalInterface
public interface SubscribeInterceptor {

    /**
     * Looks at one filter.
     *
     * @param client who subscribes
     * @param request to what and how
     * @return what becomes of it
     */
    Interception<SubscribeRequest> intercept(Client client, SubscribeRequest request);
}
