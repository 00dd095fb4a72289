// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import com.google.inject.Inject;
import io.skep.broker.config.MqttConfig.SharedStrategy;
import io.skep.broker.config.SkepConfig;
import io.skep.broker.metrics.Metric;
import io.skep.broker.metrics.Metrics;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Brings a message to everyone who subscribed to its topic. Used on every loop; holds no lock. */
public final class Router {

    private final SubscriptionTree tree;
    private final RetainedMessages retained;
    private final Metrics metrics;
    private final SharedStrategy strategy;
    private Function<byte[], GroupQueue> queues = filter -> {
        throw new IllegalStateException("group queues: none (expected: set at start)");
    };

    @Inject
    public Router(SubscriptionTree tree, RetainedMessages retained, Metrics metrics, SkepConfig config) {
        this.tree = tree;
        this.retained = retained;
        this.metrics = metrics;
        strategy = config.mqtt().sharedSubscriptionStrategy();
    }

    /** Says where the messages of a shared group wait; before the first message. */
    public void groupQueues(Function<byte[], GroupQueue> ofFilter) {
        queues = ofFilter;
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
    }

    /** Gives a group, if it has members, the queue that was found on disk. At start. */
    public void groupQueue(byte[] sharedFilter, GroupQueue found) {
        SharedGroup group = tree.group(sharedFilter);
        if (group != null) {
            group.queue(found);
        }
    }

    /** {@return whether a shared filter has members} */
    public boolean hasGroup(byte[] sharedFilter) {
        return tree.group(sharedFilter) != null;
    }

    /** {@return the member of a shared group that is to take a message now, null if none can} */
    public @Nullable Subscription ready(byte[] sharedFilter, Topic topic) {
        SharedGroup group = tree.group(sharedFilter);
        Subscription chosen = group == null ? null : group.choose(strategy, topic, null);
        return chosen != null && chosen.recipient().isReady() ? chosen : null;
    }

    /** To the member whose turn it is; a QoS 1 or 2 message that none can take now waits for the first that can. */
    private void deliver(Publication publication, SharedGroup group) {
        GroupQueue queue = group.queue();
        if (publication.qos() > 0 && queue != null && queue.isWaiting()) {
            queue.add(publication, group.isDurable());
            return;
        }
        Subscription chosen = group.choose(strategy, publication.topic(), publication.publisher());
        if (chosen == null) {
            return;
        }
        if (publication.qos() == 0 || chosen.recipient().isReady()) {
            chosen.recipient().deliver(publication, chosen);
            return;
        }
        if (queue == null) {
            queue = queues.apply(chosen.filter());
            group.queue(queue);
        }
        queue.add(publication, group.isDurable());
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

    /** {@return how many a message to a topic goes to: subscribers and shared groups} */
    public int recipients(Topic topic) {
        return topic.matches(tree).size();
    }

    /** Retains, and does nothing else. */
    public void retain(Publication publication) {
        Message message = publication.message();
        retained.put(message); // [MQTT-3.3.1-5]
        @Nullable Receipt receipt = publication.receipt();
        if (receipt != null) {
            receipt.expect();
            receipt.add(retained.part(message.topic(), publication.loop()));
        }
    }
}
