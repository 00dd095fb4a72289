// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The retained messages; what has expired is not there. To publish one, so that subscribers get it as well, there is
 * {@link Publisher#publish} with {@link Message#withRetain}.
 *
 * <p>Reading sees what is retained at that moment, page by page; setting and removing happen in the order of the calls
 * of one thread, and of what that publishes. With a topic or filter that is not valid, stages and pages fail with an
 * {@link IllegalArgumentException}, or removing throws it; where it could not be stored, with a
 * {@link io.skep.sdk.storage.StorageException}.
 */
public interface RetainedMessages {

    /**
     * {@return the retained message of a topic, if there is one}
     *
     * @param topic a topic name
     */
    CompletionStage<Optional<Message>> find(String topic);

    /**
     * {@return those whose topic matches a filter, in an order that keeps the topics under one parent together}
     *
     * @param filter a topic filter, not a shared one
     */
    Listing<Message> matching(String filter);

    /**
     * Sets the retained message of a topic without telling subscribers: who subscribes from now on gets it. Completes
     * when that is stored, and fails with a {@link io.skep.sdk.storage.StorageException} if it could not be; with an
     * {@link IllegalArgumentException} if this broker takes no such topic or message. Any thread.
     *
     * @param message with a payload; its retain flag does not matter
     * @return whether there was one, which is replaced
     * @throws IllegalArgumentException if the payload is empty
     */
    CompletionStage<Boolean> set(Message message);

    /**
     * Removes a retained message without telling subscribers, which publishing an empty one would do.
     *
     * @param topic a topic name
     * @return whether there was one; completes when that is stored
     */
    CompletionStage<Boolean> remove(String topic);
}
