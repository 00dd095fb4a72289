// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

import io.skep.sdk.Qos;

/**
 * A subscription, as SUBSCRIBE asks for it.
 *
 * @param filter a topic filter; that of a shared one begins with {@code $share/name/}
 * @param qos at most
 * @param noLocal whether what the client itself publishes is left out
 * @param retainAsPublished whether messages keep their retain flag
 * @param identifier the Subscription Identifier, 0 for none
 */
public record TopicSubscription(String filter, Qos qos, boolean noLocal, boolean retainAsPublished, int identifier) {

    private static final int IDENTIFIER_MAX = 268_435_455;

    /**
     * Checks the identifier; the filter is looked at by whom it is given to.
     *
     * @throws IllegalArgumentException if the identifier is out of range
     */
    public TopicSubscription {
        if (identifier < 0 || identifier > IDENTIFIER_MAX) {
            throw new IllegalArgumentException(
                    "identifier: " + identifier + " (expected: 0 to " + IDENTIFIER_MAX + ")");
        }
    }

    /**
     * {@return a subscription without options}
     *
     * @param filter a topic filter
     * @param qos at most
     */
    public static TopicSubscription of(String filter, Qos qos) {
        return new TopicSubscription(filter, qos, false, false, 0);
    }
}
