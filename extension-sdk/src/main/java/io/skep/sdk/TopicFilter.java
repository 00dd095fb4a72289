// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk;

import java.util.List;

/**
 * A topic filter, compared with topics and with other filters as the standard says: {@code +} stands for one level,
 * {@code #} at the end for any number of levels with none among them, and neither stands for a first level that begins
 * with {@code $}. Immutable.
 */
public final class TopicFilter {

    private static final String ONE = "+";
    private static final String REST = "#";

    private final String text;
    private final List<String> levels;

    private TopicFilter(String text) {
        this.text = text;
        // every topic has a first level, so both filters match the same topics
        this.levels = List.of((text.equals("+/#") ? REST : text).split("/", -1));
    }

    /**
     * {@return the filter that a text stands for}
     *
     * @param text as in SUBSCRIBE
     * @throws IllegalArgumentException if the standard does not allow it
     */
    public static TopicFilter of(String text) {
        TopicFilter filter = new TopicFilter(text);
        if (text.isEmpty()) {
            throw invalid(text, "at least one character");
        }
        for (int i = 0; i < filter.levels.size(); i++) {
            String level = filter.levels.get(i);
            if (level.indexOf('#') >= 0 && (level.length() > 1 || i < filter.levels.size() - 1)) {
                throw invalid(text, "# alone in the last level"); // [MQTT-4.7.1-1]
            }
            if (level.indexOf('+') >= 0 && level.length() > 1) {
                throw invalid(text, "+ alone in its level"); // [MQTT-4.7.1-2]
            }
        }
        return filter;
    }

    /**
     * {@return whether messages to a topic match this filter}
     *
     * @param topic a topic name
     */
    public boolean matches(String topic) {
        if (isWildcard(levels.get(0)) && topic.startsWith("$")) {
            return false; // [MQTT-4.7.2-1]
        }
        int start = 0; // of the level that is compared; beyond the end when the topic has no more
        for (int i = 0; i < levels.size(); i++) {
            String level = levels.get(i);
            if (level.equals(REST)) {
                return true;
            }
            if (start > topic.length()) {
                return false;
            }
            int slash = topic.indexOf('/', start);
            int end = slash < 0 ? topic.length() : slash;
            if (!level.equals(ONE)
                    && !(level.length() == end - start && topic.regionMatches(start, level, 0, level.length()))) {
                return false;
            }
            start = end + 1;
        }
        return start > topic.length();
    }

    /**
     * {@return whether this filter matches every topic that another one matches}
     *
     * @param other another filter
     */
    public boolean covers(TopicFilter other) {
        if (keepsApart(levels.get(0), other.levels.get(0))) {
            return false;
        }
        for (int i = 0; i < levels.size(); i++) {
            String mine = levels.get(i);
            if (mine.equals(REST)) {
                return true;
            }
            if (i == other.levels.size()) {
                return false;
            }
            String theirs = other.levels.get(i);
            if (theirs.equals(REST) || !(mine.equals(ONE) || mine.equals(theirs))) {
                return false;
            }
        }
        return levels.size() == other.levels.size();
    }

    /**
     * {@return whether some topic matches both filters}
     *
     * @param other another filter
     */
    public boolean overlaps(TopicFilter other) {
        if (keepsApart(levels.get(0), other.levels.get(0))) {
            return false;
        }
        int both = Math.min(levels.size(), other.levels.size());
        for (int i = 0; i < both; i++) {
            String mine = levels.get(i);
            String theirs = other.levels.get(i);
            if (mine.equals(REST) || theirs.equals(REST)) {
                return true;
            }
            if (!mine.equals(ONE) && !theirs.equals(ONE) && !mine.equals(theirs)) {
                return false;
            }
        }
        List<String> longer = levels.size() > both ? levels : other.levels;
        return longer.size() == both || longer.get(both).equals(REST); // x/# matches x, too
    }

    @Override
    public String toString() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TopicFilter filter && levels.equals(filter.levels);
    }

    @Override
    public int hashCode() {
        return levels.hashCode();
    }

    private static boolean keepsApart(String mine, String theirs) {
        return (isWildcard(mine) && theirs.startsWith("$")) || (isWildcard(theirs) && mine.startsWith("$"));
    }

    private static boolean isWildcard(String level) {
        return level.equals(ONE) || level.equals(REST);
    }

    private static IllegalArgumentException invalid(String text, String expected) {
        return new IllegalArgumentException("topic filter: '" + text + "' (expected: " + expected + ")");
    }
}
