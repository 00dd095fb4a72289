// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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

    private static final int ARRAY_MAX = 16;

    private final Node root = new Node(new byte[0], 0);
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
            Node node = root;
            for (int start = filter.start(); start <= filter.bytes().length; ) {
                int end = filter.levelEnd(start);
                node = node.childOrNew(filter.bytes(), start, end);
                start = end + 1;
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
    private static boolean remove(Node node, Filter filter, int start, Recipient recipient) {
        if (start > filter.bytes().length) {
            if (filter.group() == null) {
                node.remove(recipient);
            } else {
                node.removeFromGroup(filter.group(), recipient);
            }
            return node.isEmpty();
        }
        int end = filter.levelEnd(start);
        Node child = node.child(filter.bytes(), start, end);
        if (child != null && remove(child, filter, end + 1, recipient)) {
            node.removeChild(child);
        }
        return node.isEmpty();
    }

    Matches match(Topic topic) {
        Matches.Gathering gathering = new Matches.Gathering();
        match(root, topic, 0, gathering);
        return gathering.matches();
    }

    private static void match(Node node, Topic topic, int level, Matches.Gathering gathering) {
        boolean wildcards = level > 0 || !topic.isDollar(); // [MQTT-4.7.2-1]
        Node multi = node.multiLevel();
        if (multi != null && wildcards) {
            multi.gather(gathering); // at the last level too: a/# matches a
        }
        if (level == topic.levels()) {
            node.gather(gathering);
            return;
        }
        Node single = node.singleLevel();
        if (single != null && wildcards) {
            match(single, topic, level + 1, gathering);
        }
        Node child = node.child(topic, level);
        if (child != null) {
            match(child, topic, level + 1, gathering);
        }
    }

    /** A filter without {@code $share/group/}, and that group. */
    private record Filter(byte[] bytes, int start, @Nullable String group) {

        private static final byte[] SHARE = "$share/".getBytes(StandardCharsets.US_ASCII);

        static Filter of(byte[] bytes) {
            if (!startsWithShare(bytes)) {
                return new Filter(bytes, 0, null);
            }
            int end = SHARE.length;
            while (bytes[end] != '/') {
                end++;
            }
            return new Filter(
                    bytes, end + 1, new String(bytes, SHARE.length, end - SHARE.length, StandardCharsets.UTF_8));
        }

        private static boolean startsWithShare(byte[] bytes) {
            return bytes.length > SHARE.length
                    && java.util.Arrays.equals(bytes, 0, SHARE.length, SHARE, 0, SHARE.length);
        }

        int levelEnd(int from) {
            int end = from;
            while (end < bytes.length && bytes[end] != '/') {
                end++;
            }
            return end;
        }
    }

    /** {@return whether a filter is of a shared subscription} */
    public static boolean isShared(byte[] filter) {
        return Filter.startsWithShare(filter);
    }

    /** A level. Its subscribers are one, a small array, or a map, in this order as they grow. */
    private static final class Node {

        private static final Node REMOVED = new Node(new byte[0], -1);

        private final byte[] level;
        private final int hash;
        private volatile @Nullable Node @Nullable [] children; // open addressing; REMOVED keeps a probe going
        private int childrenUsed;
        private int childrenCount;
        private volatile @Nullable Node single;
        private volatile @Nullable Node multi;
        private volatile @Nullable Object subscribers;
        private volatile SharedGroup @Nullable [] groups;

        Node(byte[] level, int hash) {
            this.level = level;
            this.hash = hash;
        }

        @Nullable Node singleLevel() {
            return single;
        }

        @Nullable Node multiLevel() {
            return multi;
        }

        @Nullable Node child(Topic topic, int at) {
            return find(topic.levelHash(at), topic.name(), topic.levelStart(at), topic.levelEnd(at));
        }

        @Nullable Node child(byte[] filter, int start, int end) {
            return switch (wildcard(filter, start, end)) {
                case '+' -> single;
                case '#' -> multi;
                default -> find(Levels.hash(filter, start, end), filter, start, end);
            };
        }

        private static int wildcard(byte[] filter, int start, int end) {
            return end - start == 1 ? filter[start] : 0;
        }

        private @Nullable Node find(int hash, byte[] bytes, int start, int end) {
            @Nullable Node[] table = children;
            if (table == null) {
                return null;
            }
            int mask = table.length - 1;
            for (int i = hash & mask; ; i = i + 1 & mask) {
                Node child = table[i];
                if (child == null) {
                    return null;
                }
                if (child.hash == hash && child != REMOVED && Levels.equal(child.level, bytes, start, end)) {
                    return child;
                }
            }
        }

        Node childOrNew(byte[] filter, int start, int end) {
            Node child = child(filter, start, end);
            if (child != null) {
                return child;
            }
            byte[] name = java.util.Arrays.copyOfRange(filter, start, end);
            Node created = new Node(name, Levels.hash(name, 0, name.length));
            switch (wildcard(filter, start, end)) {
                case '+' -> single = created;
                case '#' -> multi = created;
                default -> addChild(created);
            }
            return created;
        }

        private void addChild(Node child) {
            @Nullable Node[] table = children;
            if (table == null) {
                table = new Node[2];
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

        private @Nullable Node[] rehashed(@Nullable Node[] old) {
            @Nullable Node[] table = new Node[Math.max(2, Integer.highestOneBit(childrenCount + 1) * 4)];
            for (Node child : old) {
                if (child != null && child != REMOVED) {
                    insert(table, child);
                }
            }
            childrenUsed = childrenCount;
            return table;
        }

        private static void insert(@Nullable Node[] table, Node child) {
            int mask = table.length - 1;
            int i = child.hash & mask;
            while (table[i] != null) {
                i = i + 1 & mask;
            }
            table[i] = child;
        }

        void removeChild(Node child) {
            if (child == single) {
                single = null;
            } else if (child == multi) {
                multi = null;
            } else if (children != null) {
                removeFrom(children, child);
            }
        }

        private void removeFrom(@Nullable Node[] table, Node child) {
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
                Subscription[] more = java.util.Arrays.copyOf(old, old.length + 1);
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
                Subscription[] fewer = java.util.Arrays.stream(few)
                        .filter(s -> s.recipient() != recipient)
                        .toArray(Subscription[]::new);
                subscribers = fewer.length == 1 ? fewer[0] : fewer;
            } else if (all instanceof Map<?, ?> many) {
                many.remove(recipient);
                subscribers = many.isEmpty() ? null : many;
            }
        }

        SharedGroup group(String name) {
            SharedGroup[] old = groups == null ? new SharedGroup[0] : groups;
            for (SharedGroup group : old) {
                if (group.name().equals(name)) {
                    return group;
                }
            }
            SharedGroup[] more = java.util.Arrays.copyOf(old, old.length + 1);
            more[old.length] = new SharedGroup(name);
            groups = more;
            return more[old.length];
        }

        void removeFromGroup(String name, Recipient recipient) {
            if (groups == null) {
                return;
            }
            group(name).remove(recipient);
            SharedGroup[] left = java.util.Arrays.stream(groups)
                    .filter(group -> !group.isEmpty())
                    .toArray(SharedGroup[]::new);
            groups = left.length == 0 ? null : left;
        }
    }
}
