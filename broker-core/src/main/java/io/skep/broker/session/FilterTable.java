// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.routing.Subscription;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Subscriptions by their filters, in the order in which they came. There may be millions in all, most of them in
 * sessions that have one or two: a few are an array, more have a table of their places beside it. A map of the library
 * takes a hundred bytes for each, this one five to fifteen.
 */
final class FilterTable {

    private static final @Nullable Subscription[] NONE = new Subscription[0];
    private static final int[] NO_TABLE = new int[0];
    private static final int FEW = 8;
    private static final int SEED = ThreadLocalRandom.current().nextInt(); // so that nobody can prepare collisions

    private @Nullable Subscription[] places = NONE; // null where one has gone
    private int used;
    private int size;
    private int[] table = NO_TABLE; // place + 1 at the hash of its filter, or behind; 0: nothing, and none behind

    int size() {
        return size;
    }

    @Nullable Subscription get(byte[] filter) {
        int place = place(filter);
        return place < 0 ? null : places[place];
    }

    private int place(byte[] filter) {
        if (table.length == 0) {
            for (int place = 0; place < used; place++) {
                if (isAt(place, filter)) {
                    return place;
                }
            }
            return -1;
        }
        int mask = table.length - 1;
        for (int i = hash(filter) & mask; table[i] != 0; i = i + 1 & mask) {
            if (isAt(table[i] - 1, filter)) {
                return table[i] - 1;
            }
        }
        return -1;
    }

    private boolean isAt(int place, byte[] filter) {
        Subscription subscription = places[place];
        return subscription != null && Arrays.equals(subscription.filter(), filter);
    }

    /** Adds one, or takes the place of the one with the same filter and returns that. */
    @Nullable Subscription put(Subscription subscription) {
        int place = place(subscription.filter());
        if (place >= 0) {
            Subscription former = places[place];
            places[place] = subscription;
            return former;
        }
        if (used == places.length) {
            makeRoom();
        }
        places[used] = subscription;
        if (table.length > 0) {
            enter(used);
        }
        used++;
        size++;
        return null;
    }

    /** Moves all together, and to a larger array if that leaves little room. */
    private void makeRoom() {
        List<Subscription> all = all();
        int length = size < FEW ? Math.max(1, size * 2) : size + size / 2;
        @Nullable Subscription[] moved = new Subscription[length];
        for (int i = 0; i < all.size(); i++) {
            moved[i] = all.get(i);
        }
        places = moved;
        used = size;
        table = length <= FEW ? NO_TABLE : new int[Integer.highestOneBit(length + length / 3) * 2];
        for (int place = 0; place < used && table.length > 0; place++) {
            enter(place);
        }
    }

    private void enter(int place) {
        Subscription subscription = places[place];
        if (subscription != null) {
            int mask = table.length - 1;
            int i = hash(subscription.filter()) & mask;
            while (table[i] != 0) {
                i = i + 1 & mask;
            }
            table[i] = place + 1;
        }
    }

    private static int hash(byte[] filter) {
        int hash = SEED;
        for (byte b : filter) {
            hash = (hash ^ b) * 0x9E3779B1;
            hash ^= hash >>> 15;
        }
        return hash;
    }

    /** Returns the one that is removed, null if there was none. */
    @Nullable Subscription remove(byte[] filter) {
        int place = place(filter);
        if (place < 0) {
            return null;
        }
        Subscription gone = places[place];
        places[place] = null; // what the table says of the place stays, and is passed over
        size--;
        if (size == 0) {
            clear();
        }
        return gone;
    }

    void clear() {
        places = NONE;
        table = NO_TABLE;
        used = 0;
        size = 0;
    }

    /** {@return all, in the order in which they came} */
    List<Subscription> all() {
        List<Subscription> all = new ArrayList<>(size);
        for (int place = 0; place < used; place++) {
            Subscription subscription = places[place];
            if (subscription != null) {
                all.add(subscription);
            }
        }
        return all;
    }
}
