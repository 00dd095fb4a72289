// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.packet;

import io.skep.sdk.TopicFilter;

/** What filters of shared subscriptions look like. */
final class SharedFilter {

    private static final String SHARE = "$share/";

    private SharedFilter() {}

    static boolean isShared(String filter) {
        return filter.startsWith(SHARE);
    }

    static String behindGroup(String filter) {
        return isShared(filter) ? filter.substring(filter.indexOf('/', SHARE.length()) + 1) : filter;
    }

    static void check(String filter) {
        if (isShared(filter)) {
            int end = filter.indexOf('/', SHARE.length());
            String group = end < 0 ? "" : filter.substring(SHARE.length(), end);
            if (group.isEmpty() || group.indexOf('+') >= 0 || group.indexOf('#') >= 0) {
                throw new IllegalArgumentException("topic filter: '" + filter + "' (expected: $share/<name>/<filter>)");
            }
        }
        TopicFilter.of(behindGroup(filter));
    }
}
