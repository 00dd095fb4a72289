// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What follows a node: the next levels by name, and the two wildcards. Read without a lock; changed under the tree's.
 */
final class Branches {

    private static final FilterNode REMOVED = new FilterNode(new byte[0], 0);
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(FilterNode[].class);

    private volatile @Nullable FilterNode[] named = new FilterNode[2]; // open addressing; REMOVED keeps a probe going
    private int used;
    private int count;
    private volatile @Nullable FilterNode single;
    private volatile @Nullable FilterNode multi;

    @Nullable FilterNode single() {
        return single;
    }

    @Nullable FilterNode multi() {
        return multi;
    }

    /** {@return the node of a level of a filter} */
    @Nullable FilterNode get(byte[] filter, int start, int end) {
        return switch (wildcard(filter, start, end)) {
            case '+' -> single;
            case '#' -> multi;
            default -> find(Levels.hash(filter, start, end), filter, start, end);
        };
    }

    private static int wildcard(byte[] filter, int start, int end) {
        return end - start == 1 ? filter[start] : 0;
    }

    /** {@return the node of a level that is no wildcard} */
    @Nullable FilterNode find(int hash, byte[] bytes, int start, int end) {
        @Nullable FilterNode[] table = named;
        int mask = table.length - 1;
        for (int i = hash & mask; ; i = i + 1 & mask) {
            FilterNode node = (FilterNode) SLOT.getAcquire(table, i);
            if (node == null) {
                return null;
            }
            if (node.hash() == hash && node != REMOVED && node.hasLevel(bytes, start, end)) {
                return node;
            }
        }
    }

    void add(FilterNode node) {
        switch (node.wildcard()) {
            case '+' -> single = node;
            case '#' -> multi = node;
            default -> addNamed(node);
        }
    }

    private void addNamed(FilterNode node) {
        @Nullable FilterNode[] table = named;
        if ((used + 1) * 4 > table.length * 3) {
            table = rehashed(table);
        }
        insert(table, node);
        used++;
        count++;
        named = table;
    }

    private @Nullable FilterNode[] rehashed(@Nullable FilterNode[] old) {
        int slots = 2;
        while ((count + 1) * 3 > slots * 2) {
            slots *= 2;
        }
        @Nullable FilterNode[] table = new FilterNode[slots];
        for (FilterNode node : old) {
            if (node != null && node != REMOVED) {
                insert(table, node);
            }
        }
        used = count;
        return table;
    }

    private static void insert(@Nullable FilterNode[] table, FilterNode node) {
        int mask = table.length - 1;
        int i = node.hash() & mask;
        while (table[i] != null) {
            i = i + 1 & mask;
        }
        SLOT.setRelease(table, i, node);
    }

    /** Puts a node in the place of another one of the same level. */
    void replace(FilterNode old, FilterNode node) {
        if (old == single) {
            single = node;
        } else {
            SLOT.setRelease(named, slot(old), node);
        }
    }

    void remove(FilterNode node) {
        if (node == single) {
            single = null;
        } else if (node == multi) {
            multi = null;
        } else {
            named[slot(node)] = REMOVED;
            count--;
        }
    }

    private int slot(FilterNode node) {
        @Nullable FilterNode[] table = named;
        int mask = table.length - 1;
        int i = node.hash() & mask;
        while (table[i] != node) {
            i = i + 1 & mask;
        }
        return i;
    }

    boolean isEmpty() {
        return count == 0 && single == null && multi == null;
    }
}
