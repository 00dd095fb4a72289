// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.packet;

import io.skep.sdk.UserProperty;
import java.util.List;

/**
 * One topic filter of an UNSUBSCRIBE. Immutable.
 *
 * @param topicFilter of a shared subscription with {@code $share/<name>/}
 * @param userProperties of the packet, in their order
 */
public record UnsubscribeRequest(String topicFilter, List<UserProperty> userProperties) {

    /**
     * Checks the filter.
     *
     * @throws IllegalArgumentException if it is not valid
     */
    public UnsubscribeRequest {
        SharedFilter.check(topicFilter);
        userProperties = List.copyOf(userProperties);
    }

    /** {@return the filter that topics are compared with: that behind the group of a shared subscription} */
    public String matchedFilter() {
        return SharedFilter.behindGroup(topicFilter);
    }

    /**
     * {@return a copy with another filter}
     *
     * @param filter valid
     * @throws IllegalArgumentException if it is not
     */
    public UnsubscribeRequest withTopicFilter(String filter) {
        return new UnsubscribeRequest(filter, userProperties);
    }
}
