// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.packet;

import io.skep.sdk.ReasonCode;
import io.skep.sdk.UserProperty;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A DISCONNECT of a client. Immutable.
 *
 * @param reason {@code SUCCESS} discards the will, every other one lets it be published
 * @param reasonString what the client says to it, null if nothing
 * @param sessionExpirySeconds the Session Expiry Interval from now on, 0xFFFFFFFF for ever; -1 if it stays
 * @param userProperties in their order
 */
public record DisconnectRequest(
        ReasonCode reason,
        @Nullable String reasonString,
        long sessionExpirySeconds,
        List<UserProperty> userProperties) {

    private static final long NEVER = 0xFFFF_FFFFL;

    /**
     * Checks the interval.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public DisconnectRequest {
        Objects.requireNonNull(reason, "reason");
        userProperties = List.copyOf(userProperties);
        if (sessionExpirySeconds < -1 || sessionExpirySeconds > NEVER) {
            throw new IllegalArgumentException(
                    "session expiry: " + sessionExpirySeconds + " (expected: -1 to " + NEVER + ")");
        }
    }

    /**
     * {@return a copy with another reason}
     *
     * @param other {@code SUCCESS} discards the will
     */
    public DisconnectRequest withReason(ReasonCode other) {
        return new DisconnectRequest(other, reasonString, sessionExpirySeconds, userProperties);
    }

    /**
     * {@return a copy with another Session Expiry Interval}
     *
     * @param seconds -1 if it stays; an interval that was 0 at CONNECT stays that
     * @throws IllegalArgumentException if it is out of range
     */
    public DisconnectRequest withSessionExpirySeconds(long seconds) {
        return new DisconnectRequest(reason, reasonString, seconds, userProperties);
    }
}
