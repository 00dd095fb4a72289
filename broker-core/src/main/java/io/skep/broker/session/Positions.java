// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import org.jspecify.annotations.Nullable;

/**
 * A row of places, numbered by position for ever: what is in front of {@code base} is over, what comes is put at
 * {@code tail}. A place holds an entry, or is empty when its exchange is over; base moves over empty places.
 *
 * <p>A long row is in memory at its front and at its back only: of the places between them nothing is known but that
 * they are on disk, or empty. What is under way is at the front, what is not stored yet at the back.
 *
 * <p>A position gives a packet identifier, 1 to 65,535. Two positions so far apart share one, so a place is left empty
 * at the tail if its identifier is under way, and what waits in a place waits for its identifier, too.
 */
final class Positions {

    private static final int IDS = 65_535;

    private Row front = new Row(0);
    private @Nullable Row back; // if there is something between
    private long emptyBefore; // maybe, of what is on disk only

    long base() {
        return front.begin();
    }

    long tail() {
        return back == null ? front.end() : back.end();
    }

    /** {@return whether there are places that are on disk only} */
    boolean isSplit() {
        return back != null;
    }

    /** {@return the first position that is on disk only, or would be} */
    long diskFrom() {
        return front.end();
    }

    /** {@return the position behind the last that is on disk only} */
    long diskTo() {
        return back == null ? front.end() : back.begin();
    }

    static int id(long position) {
        return (int) (position % IDS) + 1;
    }

    /** {@return the position that an identifier under way stands for: an occupied one before {@code next}, or -1} */
    long of(int id, long next) {
        long first = base();
        for (long position = first + Math.floorMod(id - 1 - first % IDS, IDS); position < next; position += IDS) {
            if (at(position) != null) {
                return position;
            }
        }
        return -1;
    }

    /** {@return whether no position under way has the identifier of this one} */
    boolean isIdFree(long position) {
        for (long earlier = position - IDS; earlier >= base(); earlier -= IDS) {
            if (at(earlier) != null) {
                return false;
            }
        }
        return true;
    }

    boolean contains(long position) {
        return position >= base() && position < tail();
    }

    @Nullable Entry at(long position) {
        if (back == null || position < front.end()) {
            return front.at(position);
        }
        return position < back.begin() ? Entry.ON_DISK : back.at(position);
    }

    /** Changes a place in memory. */
    void set(long position, @Nullable Entry entry) {
        (back == null || position < front.end() ? front : back).set(position, entry);
    }

    /** {@return the next position in memory} */
    long after(long position) {
        return back != null && position + 1 == front.end() ? back.begin() : position + 1;
    }

    /** {@return the first position in memory} */
    long first() {
        return back != null && front.isEmpty() ? back.begin() : front.begin();
    }

    /** Begins with a part that is on disk, while there is nothing. */
    void begin(long first, long end) {
        front = new Row(first);
        back = new Row(end);
        emptyBefore = end;
    }

    /** {@return whether nothing may be left of a position that is on disk only} */
    boolean mayBeEmpty(long position) {
        return position < emptyBefore;
    }

    /**
     * Leaves places empty at the tail whose identifiers are under way, so that an exchange which does not end holds up
     * none that come later. If most identifiers are, that would find none: then what is appended waits for its own.
     *
     * @param next the first position that is not under way
     */
    void reserve(long next, int underWay) {
        while (underWay < IDS / 2 && isUnderWay(tail(), next)) {
            append(null);
        }
    }

    private boolean isUnderWay(long position, long next) {
        for (long earlier = position - IDS; earlier >= base(); earlier -= IDS) {
            if (earlier < next && at(earlier) != null) {
                return true;
            }
        }
        return false;
    }

    void append(@Nullable Entry entry) {
        (back == null ? front : back).append(entry);
    }

    /** Moves base to the first entry. */
    void trim() {
        while (!front.isEmpty() && front.at(front.begin()) == null) {
            front.removeFirst();
        }
    }

    /**
     * Lets go of what the disk has, from a position on. The first gap that is made reaches from the first such entry to
     * the next that has to stay; then it grows to both sides.
     */
    void sink(long from) {
        Row rest = back;
        if (rest == null) {
            open(from);
            return;
        }
        while (front.end() > Math.max(from, front.begin()) && canSink(front.at(front.end() - 1))) {
            sinks(front, front.end() - 1);
            front.removeLast();
        }
        while (!rest.isEmpty() && canSink(rest.at(rest.begin()))) {
            sinks(rest, rest.begin());
            rest.removeFirst();
        }
    }

    private void open(long from) {
        long first = from;
        while (first < front.end() && (front.at(first) == null || !canSink(front.at(first)))) {
            first++;
        }
        long end = first;
        while (end < front.end() && canSink(front.at(end))) {
            sinks(front, end);
            end++;
        }
        if (end == first) {
            return;
        }
        Row rest = new Row(end);
        for (long position = end; position < front.end(); position++) {
            rest.append(front.at(position));
        }
        while (front.end() > first) {
            front.removeLast();
        }
        back = rest;
    }

    private void sinks(Row row, long position) {
        if (row.at(position) == null) {
            emptyBefore = Math.max(emptyBefore, position + 1);
        }
    }

    /** Gives memory back that is not needed while the client is away. */
    void shrink() {
        front.shrink();
        if (back != null) {
            back.shrink();
        }
    }

    private static boolean canSink(@Nullable Entry entry) {
        return entry == null || entry.isOnDiskToo();
    }

    /** Takes a message from the disk into memory again; places before it that were not read are empty. */
    void load(long position, Entry entry) {
        fill(position);
        front.append(entry);
        join();
    }

    /** Says that places on disk before a position are empty. */
    void fill(long position) {
        front.skipTo(Math.min(position, diskTo()));
        join();
    }

    private void join() {
        Row rest = back;
        if (rest != null && front.end() == rest.begin()) {
            back = null;
            for (long position = rest.begin(); position < rest.end(); position++) {
                front.append(rest.at(position));
            }
        }
    }
}
