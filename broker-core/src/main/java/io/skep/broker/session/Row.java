// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import org.jspecify.annotations.Nullable;

/** Places in memory, numbered without a gap from {@link #begin} to before {@link #end}: a ring that grows. */
final class Row {

    private static final @Nullable Entry[] NO_PLACES = new Entry[0];
    private static final int FIRST_PLACES = 8;

    private @Nullable Entry[] ring = NO_PLACES;
    private long begin;
    private long end;

    Row(long begin) {
        this.begin = begin;
        end = begin;
    }

    long begin() {
        return begin;
    }

    long end() {
        return end;
    }

    boolean isEmpty() {
        return begin == end;
    }

    @Nullable Entry at(long position) {
        return ring[(int) position & (ring.length - 1)];
    }

    void set(long position, @Nullable Entry entry) {
        ring[(int) position & (ring.length - 1)] = entry;
    }

    void append(@Nullable Entry entry) {
        if (end - begin >= ring.length) {
            resize(Math.max(FIRST_PLACES, ring.length * 2));
        }
        set(end, entry);
        end++;
    }

    void removeFirst() {
        set(begin, null);
        begin++;
    }

    void removeLast() {
        end--;
        set(end, null);
    }

    /** Moves the end, over places that would be empty. */
    void skipTo(long position) {
        if (isEmpty()) {
            begin = position;
            end = position;
        }
        while (end < position) {
            append(null);
        }
    }

    /** Gives memory back that a burst has taken: most sessions are absent, and have nothing under way. */
    void shrink() {
        if (isEmpty()) {
            ring = NO_PLACES;
        }
    }

    private void resize(int places) {
        @Nullable Entry[] old = ring;
        ring = new Entry[places];
        for (long position = begin; position < end; position++) {
            set(position, old[(int) position & (old.length - 1)]);
        }
    }
}
