// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.account;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands for {@code %c} and {@code %u} in a topic filter. Values that would reach beyond their level are refused,
 * so that nobody gains topics by the choice of a name.
 */
record Placeholders(String clientId, String userName) {

    private static final Pattern PLACEHOLDER = Pattern.compile("%[cu]");

    /**
     * {@return the filter with its placeholders replaced, in one pass: a value is not looked into}
     *
     * @throws IllegalArgumentException if a value is not fit for a level of a topic
     */
    String fill(String filter) {
        return PLACEHOLDER
                .matcher(filter)
                .replaceAll(found -> Matcher.quoteReplacement(
                        found.group().equals("%c") ? checked("client id", clientId) : checked("user name", userName)));
    }

    private static String checked(String name, String value) {
        boolean fit = !value.isEmpty() && !value.startsWith("$");
        for (int i = 0; i < value.length(); i++) {
            fit &= "+#/".indexOf(value.charAt(i)) < 0;
        }
        if (!fit) {
            throw new IllegalArgumentException(
                    name + ": '" + value + "' (expected: without + # / and not after $, for a topic contains it)");
        }
        return value;
    }
}
