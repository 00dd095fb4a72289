// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

/**
 * What became of a message that an extension published.
 *
 * @param outcome how it ended
 * @param recipients how many matched: subscribers, each once however many of its subscriptions match, and shared groups
 */
public record Published(Outcome outcome, int recipients) {

    /** How it ended. */
    public enum Outcome {
        /** On its way to all who matched, and stored for those who keep it. */
        DELIVERED,
        /** The same, but for one or more whose queue is full and rejects. */
        QUEUE_FULL,
        /** An interceptor dropped it. */
        DROPPED,
        /** An interceptor refused it. */
        DENIED
    }
}
