// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import com.google.inject.Inject;
import io.skep.broker.config.MqttConfig.SharedStrategy;
import io.skep.broker.config.SkepConfig;
import io.skep.broker.metrics.Metric;
import io.skep.broker.metrics.Metrics;
import org.jspecify.annotations.Nullable;

/** Brings a message to everyone who subscribed to its topic. Used on every loop; holds no lock. */
public final class Router {

    private final SubscriptionTree tree;
    private final RetainedMessages retained;
    private final Metrics metrics;
    private final SharedStrategy strategy;

    @Inject
    public Router(SubscriptionTree tree, RetainedMessages retained, Metrics metrics, SkepConfig config) {
        this.tree = tree;
        this.retained = retained;
        this.metrics = metrics;
        strategy = config.mqtt().sharedSubscriptionStrategy();
    }

    /** {@return who subscribed} */
    public SubscriptionTree tree() {
        return tree;
    }

    /** {@return what is kept for those who will subscribe} */
    public RetainedMessages retained() {
        return retained;
    }

    /**
     * Retains, matches and delivers. What of it must be stored joins {@link Publication#receipt}.
     *
     * @return whether anyone subscribed
     */
    public boolean publish(Publication publication) {
        if (publication.retain()) {
            retain(publication);
        }
        Matches matches = publication.topic().matches(tree);
        for (Subscription subscription : matches.direct()) {
            deliver(publication, subscription);
        }
        for (SharedGroup group : matches.groups()) {
            deliver(publication, group);
        }
        if (matches.isEmpty()) {
            metrics.increment(Metric.DROPPED_NO_SUBSCRIBER);
        }
        return !matches.isEmpty();
    }

    /** Delivers to one member of a shared group, if it still has any. */
    public void publishShared(Publication publication, byte[] sharedFilter) {
        SharedGroup group = tree.group(sharedFilter);
        if (group != null) {
            deliver(publication, group);
        }
        Receipt receipt = publication.receiptIfAny();
        if (receipt != null) {
            receipt.routed();
        }
    }

    private void deliver(Publication publication, SharedGroup group) {
        Subscription chosen = group.choose(strategy, publication.topic(), publication.publisher());
        if (chosen != null) {
            chosen.recipient().deliver(publication, chosen);
        }
    }

    private static void deliver(Publication publication, Subscription subscription) {
        Subscription due = subscription;
        if (subscription.noLocal() && subscription.recipient() == publication.publisher()) {
            due = subscription.withoutNoLocal();
            if (due == null) {
                return;
            }
        }
        due.recipient().deliver(publication, due);
    }

    private void retain(Publication publication) {
        Message message = publication.message();
        retained.put(message); // [MQTT-3.3.1-5]
        @Nullable Receipt receipt = publication.receipt();
        if (receipt != null) {
            receipt.expect();
            receipt.add(retained.part(message.topic(), publication.loop()));
        }
    }
}
