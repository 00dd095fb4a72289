// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import org.jspecify.annotations.Nullable;

/**
 * The properties of a PUBLISH to a client of MQTT 5.0.
 *
 * @param expirySeconds what is left of the Message Expiry Interval, -1 if it has none
 * @param forwardable from {@link PublishFrame#forwardableProperties}
 * @param subscriptionIds of the subscriptions that the message matched, null if none of them has one
 * @param topicAlias 0 for none; with an alias that the client knows already the topic is left empty
 */
public record DeliveryProperties(
        long expirySeconds, byte @Nullable [] forwardable, int @Nullable [] subscriptionIds, int topicAlias) {

    public static final DeliveryProperties NONE = new DeliveryProperties(-1, null, null, 0);

    /** {@return the encoded bytes, without their length} */
    int bytes() {
        int bytes = (expirySeconds >= 0 ? 5 : 0) + (topicAlias > 0 ? 3 : 0);
        bytes += forwardable == null ? 0 : forwardable.length;
        if (subscriptionIds != null) {
            for (int id : subscriptionIds) {
                bytes += 1 + VarInt.size(id);
            }
        }
        return bytes;
    }
}
