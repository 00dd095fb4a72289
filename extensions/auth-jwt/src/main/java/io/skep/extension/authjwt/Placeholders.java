// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What stands for {@code %c} (the client id), {@code %u} (who the token says it is) and <code>%{name}</code> (a claim).
 *
 * @param user null if the token does not say
 */
record Placeholders(String clientId, @Nullable String user, Map<String, Object> claims) {

    private static final Pattern PLACEHOLDER = Pattern.compile("%(?:c|u|\\{([^{}]*)})");

    /**
     * {@return a text with something in the place of each placeholder}
     *
     * @throws IllegalArgumentException if a placeholder is none
     */
    static String check(String key, String text) {
        return PLACEHOLDER.matcher(text).replaceAll(found -> {
            if (found.group(1) != null && found.group(1).isEmpty()) {
                throw new IllegalArgumentException(key + ": '" + text + "' (expected: the name of a claim in %{})");
            }
            return "x";
        });
    }

    /**
     * {@return the text with its placeholders replaced, in one pass: a value is not looked into}
     *
     * @throws IllegalArgumentException if there is no such value
     */
    String fill(String text) {
        return replace(text, false);
    }

    /**
     * {@return the filter with its placeholders replaced. Values that would reach beyond their level are refused, so
     * that nobody gains topics by the choice of a name}
     *
     * @throws IllegalArgumentException if there is no such value, or it is not fit for a level of a topic
     */
    String fillTopic(String filter) {
        return replace(filter, true);
    }

    private String replace(String text, boolean topic) {
        return PLACEHOLDER.matcher(text).replaceAll(found -> {
            String name = name(found.group(), found.group(1));
            String value = value(found.group(), found.group(1));
            if (value == null) {
                throw new IllegalArgumentException(name + ": none (expected: a text or a number)");
            }
            if (topic && !isLevel(value)) {
                throw new IllegalArgumentException(
                        name + ": '" + value + "' (expected: without + # / and not after $, for a topic contains it)");
            }
            return Matcher.quoteReplacement(value);
        });
    }

    private static String name(String placeholder, @Nullable String claim) {
        return claim != null ? "claim " + claim : placeholder.equals("%c") ? "client id" : "user";
    }

    private @Nullable String value(String placeholder, @Nullable String claim) {
        if (claim != null) {
            Object value = claims.get(claim);
            return value instanceof String || value instanceof Number ? value.toString() : null;
        }
        return placeholder.equals("%c") ? clientId : user;
    }

    private static boolean isLevel(String value) {
        boolean fit = !value.isEmpty() && !value.startsWith("$");
        for (int i = 0; i < value.length(); i++) {
            fit &= "+#/".indexOf(value.charAt(i)) < 0;
        }
        return fit;
    }
}
