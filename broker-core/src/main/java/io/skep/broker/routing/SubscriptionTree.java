// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * All subscriptions, as a tree of filter levels. Reading takes no lock and may run beside a change: a publisher then
 * sees the subscription or does not, as if it had published a moment earlier or later. Writers take turns.
 *
 * <p>Each change raises the generation, after it was made; who caches a match keeps the generation read before
 * matching, so that a cached match is never older than it seems.
 */
public final class SubscriptionTree {

    private static final int NOWHERE = -1;

    private final FilterNode root = new FilterNode(new byte[0], 0);
    private final ReentrantLock writing = new ReentrantLock();
    private volatile long generation;

    /** {@return a number that grows with each change} */
    public long generation() {
        return generation;
    }

    /** Adds a subscription, or replaces the one that its recipient has with the same filter [MQTT-3.8.4-3]. */
    public void put(Subscription subscription) {
        writing.lock();
        try {
            Filter filter = Filter.of(subscription.filter());
            byte[] path = filter.path();
            FilterNode node = root;
            for (int start = 0; start <= path.length; ) {
                int end = Filters.levelEnd(path, start);
                node = node.childOrNew(path, start, end);
                start = node.isLong() ? path.length + 1 : end + 1;
            }
            if (filter.group() == null) {
                node.put(subscription);
            } else {
                node.group(filter.group()).put(subscription);
            }
            raiseGeneration();
        } finally {
            writing.unlock();
        }
    }

    /** Removes the subscription of a recipient with just this filter [MQTT-3.10.4-1]. */
    public void remove(byte[] filterBytes, Recipient recipient) {
        writing.lock();
        try {
            Filter filter = Filter.of(filterBytes);
            remove(root, filter, filter.start(), recipient);
            raiseGeneration();
        } finally {
            writing.unlock();
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // only under the lock
    private void raiseGeneration() {
        generation++;
    }

    /** Returns whether the node is empty afterwards, so that its parent lets go of it. */
    private static boolean remove(FilterNode node, Filter filter, int start, Recipient recipient) {
        if (start > filter.bytes().length) {
            if (filter.group() == null) {
                node.remove(recipient);
            } else {
                node.removeFromGroup(filter.group(), recipient);
            }
            return node.isEmpty();
        }
        int end = filter.levelEnd(start);
        FilterNode child = node.child(filter.bytes(), start, end);
        int next = child == null ? NOWHERE : next(child, filter, end);
        if (child != null && next != NOWHERE && remove(child, filter, next, recipient)) {
            node.removeChild(child);
        }
        return node.isEmpty();
    }

    /** {@return where a filter goes on behind a node that has its level before {@code end}, NOWHERE if elsewhere} */
    private static int next(FilterNode node, Filter filter, int end) {
        if (!node.isLong()) {
            return end + 1;
        }
        return node.goesOnAs(filter.bytes(), end + 1) ? filter.bytes().length + 1 : NOWHERE;
    }

    /** {@return the group of a shared filter, null if nobody subscribes to it} */
    @Nullable SharedGroup group(byte[] sharedFilter) {
        Filter filter = Filter.of(sharedFilter);
        FilterNode node = node(filter);
        return node == null || filter.group() == null ? null : node.existingGroup(filter.group());
    }

    private @Nullable FilterNode node(Filter filter) {
        FilterNode node = root;
        for (int start = filter.start(); node != null && start <= filter.bytes().length; ) {
            int end = filter.levelEnd(start);
            node = node.child(filter.bytes(), start, end);
            start = node == null ? NOWHERE : next(node, filter, end);
            if (start == NOWHERE) {
                return null;
            }
        }
        return node;
    }

    Matches match(Topic topic) {
        Matches.Gathering gathering = new Matches.Gathering();
        match(root, topic, 0, gathering);
        return gathering.matches();
    }

    private static void match(FilterNode node, Topic topic, int level, Matches.Gathering gathering) {
        boolean wildcards = level > 0 || !topic.isDollar(); // [MQTT-4.7.2-1]
        FilterNode multi = node.multiLevel();
        if (multi != null && wildcards) {
            multi.gather(gathering); // at the last level too: a/# matches a
        }
        if (level == topic.levels()) {
            node.gather(gathering);
            return;
        }
        FilterNode single = node.singleLevel();
        if (single != null && wildcards) {
            enter(single, topic, level + 1, gathering);
        }
        FilterNode child = node.child(topic, level);
        if (child != null) {
            enter(child, topic, level + 1, gathering);
        }
    }

    /** Goes on with a node whose first level matches the one before {@code level}. */
    private static void enter(FilterNode node, Topic topic, int level, Matches.Gathering gathering) {
        if (!node.isLong()) {
            match(node, topic, level, gathering);
        } else if (node.goesOnLike(topic, level)) {
            node.gather(gathering);
        }
    }

    /** {@return all subscriptions that match a topic, those of shared groups' members included} */
    public List<Subscription> matching(byte[] topicName) {
        Matches matches = match(Topic.of(topicName));
        List<Subscription> all = new ArrayList<>();
        for (Subscription subscription : matches.direct()) {
            all.addAll(subscription.parts());
        }
        for (SharedGroup group : matches.groups()) {
            all.addAll(group.members());
        }
        return all;
    }

    /** {@return all subscriptions with just this filter} */
    public List<Subscription> with(byte[] filterBytes) {
        Filter filter = Filter.of(filterBytes);
        FilterNode node = node(filter);
        if (node == null) {
            return List.of();
        }
        if (filter.group() == null) {
            return node.subscriptions();
        }
        SharedGroup group = node.existingGroup(filter.group());
        return group == null ? List.of() : group.members();
    }

    /** {@return whether a filter is of a shared subscription} */
    public static boolean isShared(byte[] filter) {
        return Filter.isShared(filter);
    }
}
