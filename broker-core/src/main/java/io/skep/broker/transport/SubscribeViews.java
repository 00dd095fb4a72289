// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.skep.broker.codec.SubscribeFilter;
import io.skep.broker.codec.Topics;
import io.skep.sdk.Qos;
import io.skep.sdk.UserProperty;
import io.skep.sdk.packet.SubscribeRequest;
import io.skep.sdk.packet.SubscribeRequest.Options;
import io.skep.sdk.packet.SubscribeRequest.RetainHandling;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A line of a SUBSCRIBE as extensions see it, and back. */
final class SubscribeViews {

    private static final List<RetainHandling> RETAIN_HANDLINGS = List.of(RetainHandling.values());

    private SubscribeViews() {}

    static SubscribeRequest of(SubscribeFilter filter, int subscriptionId, List<UserProperty> userProperties) {
        Options options = new Options(
                Qos.of(filter.qos()),
                filter.noLocal(),
                filter.retainAsPublished(),
                RETAIN_HANDLINGS.get(filter.retainHandling()));
        String text = new String(filter.filter(), StandardCharsets.UTF_8);
        return new SubscribeRequest(text, options, subscriptionId, userProperties);
    }

    /** {@return the line that a request stands for, with a checked filter} */
    static SubscribeFilter filter(SubscribeRequest request) {
        byte[] filter = request.topicFilter().getBytes(StandardCharsets.UTF_8);
        Topics.checkFilter(filter);
        Options options = request.options();
        return new SubscribeFilter(
                filter,
                options.qos().ordinal(),
                options.noLocal(),
                options.retainAsPublished(),
                options.retainHandling().ordinal());
    }
}
