// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import java.util.Collection;
import java.util.Comparator;

/** Guesses what somebody meant to write. */
final class Suggestion {

    private Suggestion() {}

    /** {@return {@code ; did you mean 'x'?}, or nothing if no candidate is near} */
    static String hint(String written, Collection<String> candidates) {
        int near = Math.max(1, written.length() / 3);
        return candidates.stream()
                .filter(candidate -> distance(written, candidate) <= near)
                .min(Comparator.comparingInt(candidate -> distance(written, candidate)))
                .map(best -> "; did you mean '" + best + "'?")
                .orElse("");
    }

    /** Counts insertions, deletions, substitutions and swaps of neighbours; row by row, two rows back for the swaps. */
    private static int distance(String left, String right) {
        int[] beforeLast = new int[0];
        int[] last = new int[right.length() + 1];
        for (int j = 0; j < last.length; j++) {
            last[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int[] row = new int[right.length() + 1];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                boolean same = left.charAt(i - 1) == right.charAt(j - 1);
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
                if (i > 1
                        && j > 1
                        && left.charAt(i - 1) == right.charAt(j - 2)
                        && left.charAt(i - 2) == right.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            beforeLast = last;
            last = row;
        }
        return last[right.length()];
    }
}
