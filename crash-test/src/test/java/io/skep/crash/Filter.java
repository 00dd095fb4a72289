// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

/** A topic filter, and the name of its group if it is shared. */
record Filter(String group, String filter) {

    private static final String SHARE = "$share/";

    static Filter of(String text) {
        if (!text.startsWith(SHARE)) {
            return new Filter("", text);
        }
        int end = text.indexOf('/', SHARE.length());
        return new Filter(text.substring(SHARE.length(), end), text.substring(end + 1));
    }

    boolean isShared() {
        return !group.isEmpty();
    }

    boolean matches(String topic) {
        String[] wanted = filter.split("/", -1);
        String[] levels = topic.split("/", -1);
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].equals("#")) {
                return true;
            }
            if (i >= levels.length || (!wanted[i].equals("+") && !wanted[i].equals(levels[i]))) {
                return false;
            }
        }
        return wanted.length == levels.length;
    }
}
