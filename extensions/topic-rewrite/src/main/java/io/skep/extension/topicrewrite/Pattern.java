// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.topicrewrite;

import io.skep.sdk.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A topic filter that tells what its wildcards stood for.
 *
 * @param filter compares
 * @param levels of the filter
 */
record Pattern(TopicFilter filter, List<String> levels) {

    private static final String ONE = "+";
    private static final String REST = "#";

    /**
     * {@return the pattern that a text stands for}
     *
     * @param name what it is called in the configuration
     * @throws IllegalArgumentException if it is no topic filter
     */
    static Pattern of(String name, String text) {
        if (text.startsWith("$share/")) {
            throw new IllegalArgumentException(
                    name + ": " + text + " (expected: no group; rules hold for shared subscriptions, too)");
        }
        try {
            return new Pattern(TopicFilter.of(text), List.of(text.split("/", -1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        }
    }

    /** {@return how many wildcards it has} */
    int wildcards() {
        return (int) levels.stream()
                .filter(level -> level.equals(ONE) || level.equals(REST))
                .count();
    }

    /** {@return whether its last level stands for any number of levels} */
    boolean hasRest() {
        return levels.get(levels.size() - 1).equals(REST);
    }

    /** {@return what the wildcards stand for in a topic, or null if it does not match} */
    @Nullable Captures ofTopic(String topic) {
        return filter.matches(topic) ? captures(topic) : null;
    }

    /** {@return what the wildcards stand for in a filter, or null if that matches more than this one} */
    @Nullable Captures ofFilter(String text) {
        return filter.covers(TopicFilter.of(text)) ? captures(text) : null;
    }

    private @Nullable Captures captures(String name) {
        String[] found = name.split("/", -1);
        List<String> values = new ArrayList<>();
        for (int i = 0; i < levels.size(); i++) {
            String level = levels.get(i);
            if (level.equals(REST)) {
                boolean none = i == found.length;
                values.add(none ? "" : String.join("/", List.of(found).subList(i, found.length)));
                return new Captures(values, none);
            }
            if (level.equals(ONE)) {
                if (found[i].equals(REST)) {
                    return null; // as in "#", which is compared with "+/#"
                }
                values.add(found[i]);
            }
        }
        return new Captures(values, false);
    }

    /**
     * What wildcards stand for.
     *
     * @param values one for each, in their order
     * @param withoutRest whether the last is a {@code #} that stands for no level, not even an empty one
     */
    record Captures(List<String> values, boolean withoutRest) {

        boolean isMissing(int number) {
            return withoutRest && number == values.size();
        }
    }
}
