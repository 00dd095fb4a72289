// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import java.util.Comparator;

/**
 * One mistake in a configuration.
 *
 * @param origin where it is written
 * @param path of the key, such as {@code listeners[0].port}; empty for the file as a whole
 * @param found what is written
 * @param expected what would be right; empty if {@code found} says it all
 */
public record ConfigProblem(Origin origin, String path, String found, String expected) {

    static final Comparator<ConfigProblem> READING_ORDER = Comparator.comparing(ConfigProblem::origin);

    /**
     * Where something is written.
     *
     * @param source name of the file or of the environment variable, {@code --set}, or empty for a value from code
     * @param line from 1, or 0 where there are no lines
     * @param column from 1, or 0
     */
    public record Origin(String source, int line, int column) implements Comparable<Origin> {

        static final Origin CODE = new Origin("", 0, 0);

        /** Files line by line, then what has no lines. */
        @Override
        public int compareTo(Origin other) {
            return Comparator.<Origin>comparingInt(origin -> origin.line == 0 ? Integer.MAX_VALUE : origin.line)
                    .thenComparingInt(Origin::column)
                    .compare(this, other);
        }

        @Override
        public String toString() {
            return line == 0 ? source : source + ":" + line + ":" + column;
        }
    }

    /** {@return the line for the operator: {@code skep.yaml:3:9: listeners[0].port: 70000 (expected: 0 to 65535)}} */
    @Override
    public String toString() {
        var text = new StringBuilder();
        for (String prefix : new String[] {origin.toString(), path}) {
            text.append(prefix).append(prefix.isEmpty() ? "" : ": ");
        }
        text.append(found);
        return expected.isEmpty() ? text.toString() : text + " (expected: " + expected + ")";
    }
}
