// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.topicrewrite;

import io.skep.sdk.Client;
import io.skep.sdk.Extension;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.packet.ConnectRequest;
import io.skep.sdk.packet.Interception;
import io.skep.sdk.packet.SubscribeRequest;
import io.skep.sdk.packet.UnsubscribeRequest;
import io.skep.sdk.publish.DeliveryAnswer;
import io.skep.sdk.publish.Publish;
import io.skep.sdk.publish.PublishAnswer;
import org.jspecify.annotations.Nullable;

/**
 * Gives clients other topics than those that they name: in what they publish, subscribe to and unsubscribe from, and,
 * if a rule says so, back in what they receive. What a rule makes of a name has to be valid; if it is not, the packet
 * is refused.
 */
public final class TopicRewrite implements Extension {

    private volatile Rules rules = Rules.NONE;

    @Override
    public void start(ExtensionContext context) {
        rules = Rules.of(context.config(TopicRewriteConfig.class));
        boolean restores = rules.restores();
        context.onConfigChange(TopicRewriteConfig.class, config -> {
            Rules changed = Rules.of(config);
            if (changed.restores() && !restores) {
                throw new IllegalArgumentException("restore: true (expected: false, as in all rules at the start;"
                        + " 'skep extensions reload topic-rewrite' takes it)");
            }
            rules = changed;
            context.logger().info("{} rules", config.rules().size());
        });
        context.hooks().connectInterceptor(this::connect);
        context.hooks().publishInterceptor(this::publish);
        context.hooks().subscribeInterceptor(this::subscribe);
        context.hooks().unsubscribeInterceptor(this::unsubscribe);
        if (restores) { // it costs something for each message to each client
            context.hooks().deliveryInterceptor(this::deliver);
        }
    }

    /** A will gets its topic here, where it is authorized, and not when it is published. */
    private Interception<ConnectRequest> connect(ConnectRequest request) {
        Publish will = request.will();
        if (will == null) {
            return Interception.pass();
        }
        try {
            String topic = rules.topic(will.topic(), request.client());
            return topic == null
                    ? Interception.pass()
                    : Interception.change(request.withWill(will.withTopic(topic), request.willDelaySeconds()));
        } catch (IllegalArgumentException e) {
            return Interception.deny(ReasonCode.TOPIC_NAME_INVALID, String.valueOf(e.getMessage()));
        }
    }

    private PublishAnswer publish(Client client, Publish publish) {
        if (publish.isWill()) {
            return PublishAnswer.pass();
        }
        try {
            String topic = rules.topic(publish.topic(), client);
            return topic == null ? PublishAnswer.pass() : PublishAnswer.change(publish.withTopic(topic));
        } catch (IllegalArgumentException e) {
            return PublishAnswer.deny(ReasonCode.TOPIC_NAME_INVALID);
        }
    }

    private Interception<SubscribeRequest> subscribe(Client client, SubscribeRequest request) {
        try {
            String filter = rewriteFilter(request.topicFilter(), request.matchedFilter(), client);
            return filter == null ? Interception.pass() : Interception.change(request.withTopicFilter(filter));
        } catch (IllegalArgumentException e) {
            return Interception.deny(ReasonCode.TOPIC_FILTER_INVALID, String.valueOf(e.getMessage()));
        }
    }

    private Interception<UnsubscribeRequest> unsubscribe(Client client, UnsubscribeRequest request) {
        try {
            String filter = rewriteFilter(request.topicFilter(), request.matchedFilter(), client);
            return filter == null ? Interception.pass() : Interception.change(request.withTopicFilter(filter));
        } catch (IllegalArgumentException e) {
            return Interception.deny(ReasonCode.TOPIC_FILTER_INVALID, String.valueOf(e.getMessage()));
        }
    }

    /** The group of a shared subscription stays; what is behind it is compared and changed. */
    private @Nullable String rewriteFilter(String whole, String matched, Client client) {
        String filter = rules.filter(matched, client);
        return filter == null ? null : whole.substring(0, whole.length() - matched.length()) + filter;
    }

    private DeliveryAnswer deliver(Client recipient, Publish publish) {
        String topic = rules.restored(publish.topic(), recipient);
        return topic == null ? DeliveryAnswer.pass() : DeliveryAnswer.change(publish.withTopic(topic));
    }
}
