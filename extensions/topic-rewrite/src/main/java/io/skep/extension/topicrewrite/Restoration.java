// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.topicrewrite;

import io.skep.extension.topicrewrite.Template.Name;
import io.skep.extension.topicrewrite.Template.Part;
import io.skep.extension.topicrewrite.Template.Text;
import io.skep.extension.topicrewrite.Template.Wildcard;
import io.skep.sdk.Client;
import io.skep.sdk.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A rewriting read backwards: from the topic that a message has to the one that its recipient knows.
 *
 * @param filter every topic that may be meant; a quick look, for most topics are not
 * @param parts the levels that the rewriting makes
 * @param known the levels of the pattern that it compares with
 */
record Restoration(TopicFilter filter, List<Part> parts, List<String> known) {

    /**
     * {@return the opposite of a rewriting}
     *
     * @throws IllegalArgumentException if the old name cannot be told from the new one
     */
    static Restoration of(Pattern from, Template to) {
        List<Part> parts = to.levels();
        List<Integer> numbers = to.wildcards();
        int wildcards = from.wildcards();
        boolean eachOnce = numbers.stream()
                .sorted()
                .toList()
                .equals(IntStream.rangeClosed(1, wildcards).boxed().toList());
        if (parts == null || !eachOnce || (from.hasRest() && !lastIs(parts, wildcards))) {
            throw new IllegalArgumentException(
                    "restore: true (expected: each wildcard of from once in to, as a level of"
                            + " its own, that of # at the end)");
        }
        String filter = parts.stream()
                .map(part -> part instanceof Text text ? text.text() : isRest(part, from) ? "#" : "+")
                .collect(Collectors.joining("/"));
        return new Restoration(TopicFilter.of(filter), parts, from.levels());
    }

    private static boolean lastIs(List<Part> parts, int number) {
        return parts.get(parts.size() - 1).equals(new Wildcard(number));
    }

    private static boolean isRest(Part part, Pattern from) {
        return from.hasRest() && part.equals(new Wildcard(from.wildcards()));
    }

    /** {@return the topic that the recipient knows; null if it knows this one} */
    @Nullable String ofTopic(String topic, Client recipient) {
        if (!filter.matches(topic)) {
            return null;
        }
        List<String> found = List.of(topic.split("/", -1));
        String[] values = new String[parts.size() + 1]; // of wildcards, by their numbers
        for (int i = 0; i < parts.size() && i < found.size(); i++) {
            Part part = parts.get(i);
            if (part instanceof Name name && !found.get(i).equals(name.textOf(recipient))) {
                return null; // of another client
            }
            if (part instanceof Wildcard wildcard) {
                boolean last = i == parts.size() - 1;
                values[wildcard.number()] = last ? String.join("/", found.subList(i, found.size())) : found.get(i);
            }
        }
        String result = known(values);
        return Rewriting.fits(result) ? result : null;
    }

    private String known(@Nullable String[] values) {
        List<String> levels = new ArrayList<>();
        int number = 0;
        for (String level : known) {
            boolean wildcard = level.equals("+") || level.equals("#");
            String value = wildcard ? values[++number] : level;
            if (value != null) {
                levels.add(value); // null: # stands for no level
            }
        }
        return String.join("/", levels);
    }
}
