// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The subscriptions of sessions. A change is as safe as one that the client made itself: its stage completes when it is
 * stored, if the session is kept, and in effect. It fails with a {@link io.skep.sdk.storage.StorageException} if it
 * could not be stored; whether it holds is open then. Filters and topics that are not valid fail the stage, or the
 * first page, with an {@link IllegalArgumentException}, and then nothing is changed; a client without a session is no
 * failure.
 */
public interface Subscriptions {

    /**
     * {@return what a client has subscribed to, as of the first page; nothing if it has no session}
     *
     * @param clientId whose
     */
    Listing<TopicSubscription> of(String clientId);

    /**
     * {@return who has subscriptions that match a topic, members of shared groups included, as of the first page}
     *
     * @param topic a topic name
     */
    Listing<Subscriber> matching(String topic);

    /**
     * {@return who has subscribed with just this filter, as of the first page}
     *
     * @param filter a topic filter
     */
    Listing<Subscriber> with(String filter);

    /**
     * Subscribes a client, whether it is connected or not. One with the same filter is replaced. Permissions are not
     * looked at, and the client is not told.
     *
     * @param clientId whose
     * @param added in their order
     * @param sendRetained whether the client gets the retained messages that match; if it is away, they are queued
     * @return whether the client has a session
     */
    CompletionStage<Boolean> add(String clientId, List<TopicSubscription> added, boolean sendRetained);

    /**
     * Takes subscriptions from a client.
     *
     * @param clientId whose
     * @param filters as subscribed
     * @return those that there were
     */
    CompletionStage<Set<String>> remove(String clientId, List<String> filters);
}
