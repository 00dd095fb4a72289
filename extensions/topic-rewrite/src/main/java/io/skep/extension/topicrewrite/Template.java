// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.topicrewrite;

import io.skep.extension.topicrewrite.Pattern.Captures;
import io.skep.sdk.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * A topic with places for what wildcards stood for, and for who the client is.
 *
 * @param text as configured
 * @param parts in their order
 */
record Template(String text, List<Part> parts) {

    private static final java.util.regex.Pattern PLACE = java.util.regex.Pattern.compile("\\$([0-9]{1,4})|%c|%u");

    /** A piece of the result. */
    sealed interface Part {}

    /** Stands for itself. */
    record Text(String text) implements Part {}

    /** Stands for what a wildcard stood for; the first is number 1. */
    record Wildcard(int number) implements Part {}

    /** Stands for a name of the client, which nobody may use to get into the topics of others. */
    enum Name implements Part {
        CLIENT_ID,
        USER_NAME;

        @Nullable String textOf(Client client) {
            return this == CLIENT_ID ? client.id() : client.userName();
        }

        String of(Client client) {
            String name = textOf(client);
            if (name == null || name.isEmpty() || name.startsWith("$") || !fitsOneLevel(name)) {
                throw new IllegalArgumentException((this == CLIENT_ID ? "client id: " : "user name: ") + name
                        + " (expected: one without + # / and not after $, for a topic contains it)");
            }
            return name;
        }

        private static boolean fitsOneLevel(String name) {
            return name.chars().noneMatch(c -> "+#/".indexOf(c) >= 0);
        }
    }

    /**
     * {@return the template that a text stands for}
     *
     * @param name what it is called in the configuration
     * @throws IllegalArgumentException if it cannot become a topic
     */
    static Template of(String name, String text) {
        if (text.isEmpty() || text.indexOf('+') >= 0 || text.indexOf('#') >= 0) {
            throw new IllegalArgumentException(name + ": '" + text
                    + "' (expected: a topic without wildcards; $1 is what the first wildcard of from stands for)");
        }
        if (text.startsWith("$share/")) {
            throw new IllegalArgumentException(name + ": " + text + " (expected: no group; that of a client stays)");
        }
        List<Part> parts = new ArrayList<>();
        Matcher place = PLACE.matcher(text);
        int end = 0;
        while (place.find()) {
            addText(parts, text.substring(end, place.start()));
            parts.add(part(place));
            end = place.end();
        }
        addText(parts, text.substring(end));
        return new Template(text, List.copyOf(parts));
    }

    private static void addText(List<Part> parts, String text) {
        if (!text.isEmpty()) {
            parts.add(new Text(text));
        }
    }

    private static Part part(Matcher place) {
        String number = place.group(1);
        if (number != null) {
            return new Wildcard(Integer.parseInt(number));
        }
        return place.group().equals("%c") ? Name.CLIENT_ID : Name.USER_NAME;
    }

    /** {@return the numbers of the wildcards that it names, in their order} */
    List<Integer> wildcards() {
        return parts.stream()
                .filter(Wildcard.class::isInstance)
                .map(part -> ((Wildcard) part).number())
                .toList();
    }

    /**
     * {@return the topic or filter}
     *
     * @throws IllegalArgumentException if the names of the client are not fit for it
     */
    String fill(Captures captures, Client client) {
        StringBuilder result = new StringBuilder();
        for (Part part : parts) {
            if (part instanceof Text fixed) {
                result.append(fixed.text());
            } else if (part instanceof Name name) {
                result.append(name.of(client));
            } else if (part instanceof Wildcard wildcard) {
                append(result, captures, wildcard.number());
            }
        }
        return result.toString();
    }

    /** Where # stood for no level there is none, so the slash before it goes, too. */
    private static void append(StringBuilder result, Captures captures, int number) {
        int last = result.length() - 1;
        if (captures.isMissing(number) && last > 0 && result.charAt(last) == '/') {
            result.setLength(last);
        }
        result.append(captures.values().get(number - 1));
    }

    /** {@return its levels, each one text, one wildcard or one name; null if a level is made of several} */
    @Nullable List<Part> levels() {
        List<Part> levels = new ArrayList<>();
        for (String level : text.split("/", -1)) {
            List<Part> made =
                    level.isEmpty() ? List.of(new Text("")) : of("level", level).parts();
            if (made.size() != 1) {
                return null;
            }
            levels.add(made.get(0));
        }
        return levels;
    }
}
