// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A place in the tree: a level of filters, or, where only one filter goes on, all levels that are left of it. Most
 * filters of many have an end of their own, which so costs one node. What a filter still needs to differ from a new one
 * is split off when that comes.
 *
 * <p>Its subscribers are one, a small array, or a map, as they grow. Read without a lock; changed under the tree's.
 */
final class FilterNode {

    private static final int ARRAY_MAX = 16;

    private final byte[] filter; // that of the first subscriber: its levels before the start are not this node's
    private final int start;
    private final int end; // of the first level; if that is not the end of the filter, this is a node of several
    private final int hash; // of the first level
    private volatile @Nullable Branches branches;
    private volatile @Nullable Object subscribers;
    private volatile SharedGroup @Nullable [] groups;

    /** A node of all levels from a place in a filter. */
    FilterNode(byte[] filter, int start) {
        this.filter = filter;
        this.start = start;
        end = Filters.levelEnd(filter, start);
        hash = Levels.hash(filter, start, end);
    }

    int hash() {
        return hash;
    }

    /** {@return '+' or '#' if its first level is that, else something else} */
    int wildcard() {
        return end - start == 1 ? filter[start] : 0;
    }

    boolean hasLevel(byte[] bytes, int from, int to) {
        return Arrays.equals(filter, start, end, bytes, from, to);
    }

    /** {@return whether it stands for more levels than one; then nothing branches off} */
    boolean isLong() {
        return end < filter.length;
    }

    /** {@return whether the levels after the first are those of a filter from a place on} */
    boolean goesOnAs(byte[] other, int from) {
        return from <= other.length && Arrays.equals(filter, end + 1, filter.length, other, from, other.length);
    }

    /** {@return whether the levels after the first match those of a topic from a level on} */
    boolean goesOnLike(Topic topic, int level) {
        int from = level < topic.levels() ? topic.levelStart(level) : topic.name().length + 1;
        return Filters.matches(filter, end + 1, topic.name(), from);
    }

    @Nullable FilterNode singleLevel() {
        Branches all = branches;
        return all == null ? null : all.single();
    }

    @Nullable FilterNode multiLevel() {
        Branches all = branches;
        return all == null ? null : all.multi();
    }

    @Nullable FilterNode child(Topic topic, int at) {
        Branches all = branches;
        return all == null
                ? null
                : all.find(topic.levelHash(at), topic.name(), topic.levelStart(at), topic.levelEnd(at));
    }

    @Nullable FilterNode child(byte[] bytes, int from, int to) {
        Branches all = branches;
        return all == null ? null : all.get(bytes, from, to);
    }

    /** {@return the child on the way to a filter; it may be the end of that way} */
    FilterNode childOrNew(byte[] bytes, int from, int to) {
        Branches all = branches;
        if (all == null) {
            all = new Branches();
            branches = all;
        }
        FilterNode child = all.get(bytes, from, to);
        if (child == null) {
            child = new FilterNode(bytes, from);
            all.add(child);
        } else if (child.isLong() && !child.goesOnAs(bytes, to + 1)) {
            FilterNode first = child.split();
            all.replace(child, first);
            child = first;
        }
        return child;
    }

    /** {@return a node of the first level alone, with the other levels below it} */
    private FilterNode split() {
        FilterNode rest = new FilterNode(filter, end + 1);
        rest.subscribers = subscribers;
        rest.groups = groups;
        FilterNode first = new FilterNode(Arrays.copyOfRange(filter, start, end), 0);
        Branches below = new Branches();
        below.add(rest);
        first.branches = below;
        return first;
    }

    void removeChild(FilterNode child) {
        Branches all = branches;
        if (all != null) {
            all.remove(child);
            branches = all.isEmpty() ? null : all;
        }
    }

    boolean isEmpty() {
        return subscribers == null && groups == null && branches == null;
    }

    @SuppressWarnings("unchecked")
    void gather(Matches.Gathering gathering) {
        Object all = subscribers;
        SharedGroup[] shared = groups;
        if (all != null) {
            gathering.node();
        }
        if (all instanceof Subscription one) {
            gathering.add(one);
        } else if (all instanceof Subscription[] few) {
            for (Subscription subscription : few) {
                gathering.add(subscription);
            }
        } else if (all != null) {
            ((Map<Recipient, Subscription>) all).values().forEach(gathering::add);
        }
        if (shared != null) {
            for (SharedGroup group : shared) {
                gathering.add(group);
            }
        }
    }

    /** {@return the subscriptions that are not shared} */
    List<Subscription> subscriptions() {
        Matches.Gathering gathering = new Matches.Gathering();
        gather(gathering);
        return List.of(gathering.matches().direct());
    }

    @SuppressWarnings("unchecked")
    void put(Subscription subscription) {
        Object all = subscribers;
        if (all == null) {
            subscribers = subscription;
        } else if (all instanceof Map<?, ?> many) {
            ((Map<Recipient, Subscription>) many).put(subscription.recipient(), subscription);
        } else {
            Subscription[] old = all instanceof Subscription one ? new Subscription[] {one} : (Subscription[]) all;
            subscribers = with(old, subscription);
        }
    }

    private static Object with(Subscription[] old, Subscription added) {
        Recipient recipient = added.recipient();
        for (int i = 0; i < old.length; i++) {
            if (old[i].recipient() == recipient) {
                Subscription[] changed = old.clone();
                changed[i] = added;
                return changed.length == 1 ? added : changed;
            }
        }
        if (old.length < ARRAY_MAX) {
            Subscription[] more = Arrays.copyOf(old, old.length + 1);
            more[old.length] = added;
            return more;
        }
        Map<Recipient, Subscription> many = new ConcurrentHashMap<>();
        for (Subscription subscription : old) {
            many.put(subscription.recipient(), subscription);
        }
        many.put(recipient, added);
        return many;
    }

    void remove(Recipient recipient) {
        Object all = subscribers;
        if (all instanceof Subscription one) {
            subscribers = one.recipient() == recipient ? null : one;
        } else if (all instanceof Subscription[] few) {
            Subscription[] fewer =
                    Arrays.stream(few).filter(s -> s.recipient() != recipient).toArray(Subscription[]::new);
            subscribers = fewer.length == 1 ? fewer[0] : fewer;
        } else if (all instanceof Map<?, ?> many) {
            many.remove(recipient);
            subscribers = many.isEmpty() ? null : many;
        }
    }

    @Nullable SharedGroup existingGroup(String name) {
        SharedGroup[] all = groups;
        for (int i = 0; all != null && i < all.length; i++) {
            if (all[i].name().equals(name)) {
                return all[i];
            }
        }
        return null;
    }

    SharedGroup group(String name) {
        SharedGroup existing = existingGroup(name);
        if (existing != null) {
            return existing;
        }
        SharedGroup[] old = groups == null ? new SharedGroup[0] : groups;
        SharedGroup[] more = Arrays.copyOf(old, old.length + 1);
        more[old.length] = new SharedGroup(name);
        groups = more;
        return more[old.length];
    }

    void removeFromGroup(String name, Recipient recipient) {
        if (groups == null) {
            return;
        }
        group(name).remove(recipient);
        SharedGroup[] left =
                Arrays.stream(groups).filter(group -> !group.isEmpty()).toArray(SharedGroup[]::new);
        groups = left.length == 0 ? null : left;
    }
}
