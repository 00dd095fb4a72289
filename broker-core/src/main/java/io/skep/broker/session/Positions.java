// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import org.jspecify.annotations.Nullable;

/**
 * A row of places, numbered by position for ever: what is in front of {@code base} is over, what comes is put at
 * {@code tail}. A place holds an entry, or is empty when its exchange is over; base moves over empty places.
 *
 * <p>A position gives a packet identifier, 1 to 65,535. Two positions so far apart share one, so a place is left empty
 * at the tail if its identifier is under way, and what waits in a place waits for its identifier, too.
 */
final class Positions {

    private static final int IDS = 65_535;
    private static final int FIRST_PLACES = 8;
    private static final @Nullable Entry[] NO_PLACES = new Entry[0];

    private @Nullable Entry[] ring = NO_PLACES;
    private long base;
    private long tail;

    long base() {
        return base;
    }

    long tail() {
        return tail;
    }

    static int id(long position) {
        return (int) (position % IDS) + 1;
    }

    /** {@return the position that an identifier under way stands for: an occupied one before {@code next}, or -1} */
    long of(int id, long next) {
        for (long position = base + Math.floorMod(id - 1 - base % IDS, IDS); position < next; position += IDS) {
            if (at(position) != null) {
                return position;
            }
        }
        return -1;
    }

    /** {@return whether no position under way has the identifier of this one} */
    boolean isIdFree(long position) {
        for (long earlier = position - IDS; earlier >= base; earlier -= IDS) {
            if (at(earlier) != null) {
                return false;
            }
        }
        return true;
    }

    boolean contains(long position) {
        return position >= base && position < tail;
    }

    @Nullable Entry at(long position) {
        return ring[(int) position & (ring.length - 1)];
    }

    void set(long position, @Nullable Entry entry) {
        ring[(int) position & (ring.length - 1)] = entry;
    }

    /** Begins at a position, while there is none. */
    void begin(long position) {
        if (base == tail) {
            base = position;
            tail = position;
        }
    }

    /**
     * Leaves places empty at the tail whose identifiers are under way, so that an exchange which does not end holds up
     * none that come later. If most identifiers are, that would find none: then what is appended waits for its own.
     *
     * @param next the first position that is not under way
     */
    void reserve(long next, int underWay) {
        while (underWay < IDS / 2 && isUnderWay(tail, next)) {
            append(null);
        }
    }

    private boolean isUnderWay(long position, long next) {
        for (long earlier = position - IDS; earlier >= base; earlier -= IDS) {
            if (earlier < next && at(earlier) != null) {
                return true;
            }
        }
        return false;
    }

    void append(@Nullable Entry entry) {
        if (tail - base >= ring.length) {
            grow();
        }
        set(tail, entry);
        tail++;
    }

    /** Moves base to the first entry. */
    void trim() {
        while (base < tail && at(base) == null) {
            base++;
        }
    }

    private void grow() {
        @Nullable Entry[] old = ring;
        ring = new Entry[Math.max(FIRST_PLACES, old.length * 2)];
        for (long position = base; position < tail; position++) {
            set(position, old[(int) position & (old.length - 1)]);
        }
    }
}
