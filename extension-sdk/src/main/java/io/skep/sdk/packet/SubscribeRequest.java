// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.packet;

import io.skep.sdk.Qos;
import io.skep.sdk.UserProperty;
import java.util.List;
import java.util.Objects;

/**
 * One topic filter of a SUBSCRIBE. Immutable.
 *
 * @param topicFilter of a shared subscription with {@code $share/<name>/}
 * @param options how it is subscribed
 * @param subscriptionId the Subscription Identifier of the packet; 0 for none
 * @param userProperties of the packet, in their order
 */
public record SubscribeRequest(
        String topicFilter, Options options, int subscriptionId, List<UserProperty> userProperties) {

    private static final int ID_MAX = 268_435_455;

    /**
     * Checks the filter and the identifier.
     *
     * @throws IllegalArgumentException if one is not valid, or if No Local is asked for with a shared subscription
     */
    public SubscribeRequest {
        SharedFilter.check(topicFilter);
        Objects.requireNonNull(options, "options");
        userProperties = List.copyOf(userProperties);
        if (subscriptionId < 0 || subscriptionId > ID_MAX) {
            throw new IllegalArgumentException(
                    "subscription id: " + subscriptionId + " (expected: 0 to " + ID_MAX + ")");
        }
        if (options.noLocal() && SharedFilter.isShared(topicFilter)) {
            throw new IllegalArgumentException("No Local: true (expected: false on a shared subscription)");
        }
    }

    /**
     * Subscription Options; those of 3.x are the ones that give its behaviour in 5.0.
     *
     * @param qos the highest QoS that the client wants
     * @param noLocal whether what this client publishes does not come back to it
     * @param retainAsPublished whether the RETAIN flag stays as published
     * @param retainHandling which retained messages are sent
     */
    public record Options(Qos qos, boolean noLocal, boolean retainAsPublished, RetainHandling retainHandling) {

        /** Checks that all are there. */
        public Options {
            Objects.requireNonNull(qos, "qos");
            Objects.requireNonNull(retainHandling, "retainHandling");
        }
    }

    /** Which retained messages a new subscription brings. */
    public enum RetainHandling {
        /** Those that match. */
        SEND,
        /** Those that match, unless the subscription exists already. */
        SEND_IF_NEW,
        /** None. */
        DO_NOT_SEND
    }

    /** {@return the filter that topics are compared with: that behind the group of a shared subscription} */
    public String matchedFilter() {
        return SharedFilter.behindGroup(topicFilter);
    }

    /**
     * {@return a copy with another filter} UNSUBSCRIBE has to name the filter that is subscribed, see
     * {@link UnsubscribeInterceptor}.
     *
     * @param filter valid
     * @throws IllegalArgumentException if it is not
     */
    public SubscribeRequest withTopicFilter(String filter) {
        return new SubscribeRequest(filter, options, subscriptionId, userProperties);
    }

    /**
     * {@return a copy with other options}
     *
     * @param other options
     * @throws IllegalArgumentException if they ask for No Local and the subscription is shared
     */
    public SubscribeRequest withOptions(Options other) {
        return new SubscribeRequest(topicFilter, other, subscriptionId, userProperties);
    }

    /**
     * {@return a copy with another QoS}
     *
     * @param qos the highest
     */
    public SubscribeRequest withQos(Qos qos) {
        return withOptions(new Options(qos, options.noLocal(), options.retainAsPublished(), options.retainHandling()));
    }

    /**
     * {@return a copy with another Subscription Identifier}
     *
     * @param id 0 for none, at most 268435455
     * @throws IllegalArgumentException if it is out of range
     */
    public SubscribeRequest withSubscriptionId(int id) {
        return new SubscribeRequest(topicFilter, options, id, userProperties);
    }
}
