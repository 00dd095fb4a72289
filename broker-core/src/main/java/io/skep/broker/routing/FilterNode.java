// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A level of the tree. Its subscribers are one, a small array, or a map, as they grow. Read without a lock; changed
 * under the tree's.
 */
final class FilterNode {

    private static final int ARRAY_MAX = 16;
    private static final FilterNode REMOVED = new FilterNode(new byte[0], -1);

    private final byte[] level;
    private final int hash;
    private volatile @Nullable FilterNode @Nullable [] children; // open addressing; REMOVED keeps a probe going
    private int childrenUsed;
    private int childrenCount;
    private volatile @Nullable FilterNode single;
    private volatile @Nullable FilterNode multi;
    private volatile @Nullable Object subscribers;
    private volatile SharedGroup @Nullable [] groups;

    FilterNode(byte[] level, int hash) {
        this.level = level;
        this.hash = hash;
    }

    @Nullable FilterNode singleLevel() {
        return single;
    }

    @Nullable FilterNode multiLevel() {
        return multi;
    }

    @Nullable FilterNode child(Topic topic, int at) {
        return find(topic.levelHash(at), topic.name(), topic.levelStart(at), topic.levelEnd(at));
    }

    @Nullable FilterNode child(byte[] filter, int start, int end) {
        return switch (wildcard(filter, start, end)) {
            case '+' -> single;
            case '#' -> multi;
            default -> find(Levels.hash(filter, start, end), filter, start, end);
        };
    }

    private static int wildcard(byte[] filter, int start, int end) {
        return end - start == 1 ? filter[start] : 0;
    }

    private @Nullable FilterNode find(int hash, byte[] bytes, int start, int end) {
        @Nullable FilterNode[] table = children;
        if (table == null) {
            return null;
        }
        int mask = table.length - 1;
        for (int i = hash & mask; ; i = i + 1 & mask) {
            FilterNode child = table[i];
            if (child == null) {
                return null;
            }
            if (child.hash == hash && child != REMOVED && Levels.equal(child.level, bytes, start, end)) {
                return child;
            }
        }
    }

    FilterNode childOrNew(byte[] filter, int start, int end) {
        FilterNode child = child(filter, start, end);
        if (child != null) {
            return child;
        }
        byte[] name = Arrays.copyOfRange(filter, start, end);
        FilterNode created = new FilterNode(name, Levels.hash(name, 0, name.length));
        switch (wildcard(filter, start, end)) {
            case '+' -> single = created;
            case '#' -> multi = created;
            default -> addChild(created);
        }
        return created;
    }

    private void addChild(FilterNode child) {
        @Nullable FilterNode[] table = children;
        if (table == null) {
            table = new FilterNode[2];
            childrenUsed = 0;
        }
        if ((childrenUsed + 1) * 4 > table.length * 3) {
            table = rehashed(table);
        }
        insert(table, child);
        childrenUsed++;
        childrenCount++;
        children = table;
    }

    private @Nullable FilterNode[] rehashed(@Nullable FilterNode[] old) {
        @Nullable FilterNode[] table = new FilterNode[Math.max(2, Integer.highestOneBit(childrenCount + 1) * 4)];
        for (FilterNode child : old) {
            if (child != null && child != REMOVED) {
                insert(table, child);
            }
        }
        childrenUsed = childrenCount;
        return table;
    }

    private static void insert(@Nullable FilterNode[] table, FilterNode child) {
        int mask = table.length - 1;
        int i = child.hash & mask;
        while (table[i] != null) {
            i = i + 1 & mask;
        }
        table[i] = child;
    }

    void removeChild(FilterNode child) {
        if (child == single) {
            single = null;
        } else if (child == multi) {
            multi = null;
        } else if (children != null) {
            removeFrom(children, child);
        }
    }

    private void removeFrom(@Nullable FilterNode[] table, FilterNode child) {
        for (int i = child.hash & table.length - 1; ; i = i + 1 & table.length - 1) {
            if (table[i] == child) {
                table[i] = REMOVED;
                childrenCount--;
                children = childrenCount == 0 ? null : table;
                return;
            }
        }
    }

    boolean isEmpty() {
        return subscribers == null && groups == null && children == null && single == null && multi == null;
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
