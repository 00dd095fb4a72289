// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.account;

/** Patterns of client ids. Not regular expressions: clients choose the text, and some of those take forever. */
final class Wildcard {

    private Wildcard() {}

    /**
     * {@return whether a text matches}
     *
     * @param pattern {@code *} stands for any characters, {@code %u} for the user name
     */
    static boolean matches(String pattern, String userName, String text) {
        String[] parts = pattern.split("\\*", -1);
        for (int i = 0; i < parts.length; i++) {
            parts[i] = parts[i].replace("%u", userName); // after the split: a * in a name is itself
        }
        String last = parts[parts.length - 1];
        if (parts.length == 1) {
            return text.equals(last);
        }
        if (!text.startsWith(parts[0])) {
            return false;
        }
        int from = parts[0].length();
        for (int i = 1; i < parts.length - 1; i++) {
            int found = text.indexOf(parts[i], from);
            if (found < 0) {
                return false;
            }
            from = found + parts[i].length();
        }
        return text.length() - last.length() >= from && text.endsWith(last);
    }
}
