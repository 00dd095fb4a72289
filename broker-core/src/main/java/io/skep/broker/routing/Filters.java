// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

/** Matching of one filter against one topic, by bytes. */
final class Filters {

    private Filters() {}

    static boolean matches(byte[] filter, byte[] topic) {
        if (topic.length > 0 && topic[0] == '$' && filter[0] != '$') {
            return false; // [MQTT-4.7.2-1]
        }
        return matches(filter, 0, topic, 0);
    }

    /**
     * {@return whether the levels of a filter from a place on match those of a topic from a place on}
     *
     * @param filterStart start of a level
     * @param topicStart start of a level, or one past the end if none is left
     */
    static boolean matches(byte[] filter, int filterStart, byte[] topic, int topicStart) {
        int f = filterStart;
        int t = topicStart;
        while (f <= filter.length) {
            int filterEnd = levelEnd(filter, f);
            int length = filterEnd - f;
            if (length == 1 && filter[f] == '#') {
                return true;
            }
            if (t > topic.length) {
                return false;
            }
            int topicEnd = levelEnd(topic, t);
            boolean any = length == 1 && filter[f] == '+';
            if (!any && !java.util.Arrays.equals(filter, f, filterEnd, topic, t, topicEnd)) {
                return false;
            }
            f = filterEnd + 1;
            t = topicEnd + 1;
        }
        return t > topic.length;
    }

    static int levelEnd(byte[] bytes, int start) {
        int end = start;
        while (end < bytes.length && bytes[end] != '/') {
            end++;
        }
        return end;
    }
}
