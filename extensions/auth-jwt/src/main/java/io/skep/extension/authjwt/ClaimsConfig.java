// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import org.jspecify.annotations.Nullable;

/**
 * Which claims of a token say what.
 *
 * @param user who it is; {@code sub} if left out
 * @param permissions a list of rules; null if there is none
 * @param publish topic filters to publish to; null if there is none
 * @param subscribe topic filters to subscribe to; null if there is none
 */
public record ClaimsConfig(
        String user,
        @Nullable String permissions,
        @Nullable String publish,
        @Nullable String subscribe) {

    /** No claim but {@code sub}. */
    public static final ClaimsConfig DEFAULT = new ClaimsConfig("sub", null, null, null);

    /** Fills in what is left out. */
    public ClaimsConfig {
        user = user == null ? "sub" : user;
    }

    /** {@return whether a token may bring permissions} */
    boolean bringPermissions() {
        return permissions != null || publish != null || subscribe != null;
    }
}
