// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import java.util.HashMap;
import java.util.Map;

/**
 * A subscription of a session.
 *
 * @param filter as it was sent: a shared one with its share name
 * @param id the Subscription Identifier, 0 for none
 */
record Subscription(String filter, int qos, boolean noLocal, boolean retainAsPublished, int id) {

    private static final Map<String, Boolean> MATCHES = new HashMap<>();

    boolean shared() {
        return filter.startsWith("$share/");
    }

    boolean matches(String topic) {
        return MATCHES.computeIfAbsent(filter + '\n' + topic, unknown -> matches(plainFilter(), topic));
    }

    private String plainFilter() {
        return shared() ? filter.substring(filter.indexOf('/', "$share/".length()) + 1) : filter;
    }

    private static boolean matches(String filter, String topic) {
        if (topic.startsWith("$") && (filter.startsWith("+") || filter.startsWith("#"))) {
            return false; // [MQTT-4.7.2-1]
        }
        String[] wanted = filter.split("/", -1);
        String[] levels = topic.split("/", -1);
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].equals("#")) {
                return true; // also for the parent level [MQTT-4.7.1-1]
            }
            if (i == levels.length || !(wanted[i].equals("+") || wanted[i].equals(levels[i]))) {
                return false;
            }
        }
        return wanted.length == levels.length;
    }
}
