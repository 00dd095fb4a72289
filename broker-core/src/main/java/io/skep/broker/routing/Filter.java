// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A topic filter as the tree reads it.
 *
 * @param bytes as asked for
 * @param start where the filter proper begins: behind {@code $share/group/}, if there is that
 * @param group the share name, null for a plain subscription
 */
record Filter(byte[] bytes, int start, @Nullable String group) {

    private static final byte[] SHARE = "$share/".getBytes(StandardCharsets.US_ASCII);

    static Filter of(byte[] bytes) {
        if (!isShared(bytes)) {
            return new Filter(bytes, 0, null);
        }
        int end = SHARE.length;
        while (bytes[end] != '/') {
            end++;
        }
        return new Filter(bytes, end + 1, new String(bytes, SHARE.length, end - SHARE.length, StandardCharsets.UTF_8));
    }

    static boolean isShared(byte[] bytes) {
        return bytes.length > SHARE.length && Arrays.equals(bytes, 0, SHARE.length, SHARE, 0, SHARE.length);
    }

    /** {@return the filter proper; the tree keeps that, and no share name with it} */
    byte[] path() {
        return start == 0 ? bytes : Arrays.copyOfRange(bytes, start, bytes.length);
    }

    int levelEnd(int from) {
        int end = from;
        while (end < bytes.length && bytes[end] != '/') {
            end++;
        }
        return end;
    }
}
