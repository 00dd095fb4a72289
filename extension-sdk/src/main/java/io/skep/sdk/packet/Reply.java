// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.packet;

import io.skep.sdk.ReasonCode;
import io.skep.sdk.UserProperty;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A packet that answers another, or ends a connection. Immutable.
 *
 * @param type which
 * @param packetId 0 where the packet has none
 * @param reasons one, but one for each topic filter in SUBACK and UNSUBACK, and none in PINGRESP; in 3.x what the code
 *     would be in 5.0
 * @param reasonString null for none; a packet to or from 3.x has none
 * @param userProperties in their order; a packet to or from 3.x has none
 */
public record Reply(
        ReplyType type,
        int packetId,
        List<ReasonCode> reasons,
        @Nullable String reasonString,
        List<UserProperty> userProperties) {

    /**
     * Checks that the packet may carry the reasons.
     *
     * @throws IllegalArgumentException if it may not, or if the Reason String cannot be sent
     */
    public Reply {
        Objects.requireNonNull(type, "type");
        if (reasonString != null) {
            reasonString = new UserProperty("", reasonString).value(); // the same limits
        }
        reasons = List.copyOf(reasons);
        userProperties = List.copyOf(userProperties);
        for (ReasonCode reason : reasons) {
            if (!type.carries(reason)) {
                throw new IllegalArgumentException(
                        "reason: " + reason + " (expected: one that " + type + " may carry)");
            }
        }
    }

    /** {@return the first reason; SUCCESS if there is none} */
    public ReasonCode reason() {
        return reasons.isEmpty() ? ReasonCode.SUCCESS : reasons.get(0);
    }

    /**
     * {@return a copy with other reasons} An error may become another error; a success stays one, and in SUBACK the
     * same one, for what was done is done.
     *
     * @param others as many as there are
     * @throws IllegalArgumentException if they are not, or tell of another outcome, or the packet may not carry one
     */
    public Reply withReasons(List<ReasonCode> others) {
        boolean fits = others.size() == reasons.size();
        for (int i = 0; fits && i < others.size(); i++) {
            boolean fixed = type == ReplyType.SUBACK && !reasons.get(i).isError();
            fits = others.get(i).isError() == reasons.get(i).isError() && !(fixed && others.get(i) != reasons.get(i));
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "reasons: " + others + " (expected: for each of " + reasons + " one with the same outcome)");
        }
        return new Reply(type, packetId, others, reasonString, userProperties);
    }

    /**
     * {@return a copy with another Reason String; 3.x clients do not see it}
     *
     * @param text null for none
     * @throws IllegalArgumentException if it has a U+0000 or more than 65535 bytes
     */
    public Reply withReasonString(@Nullable String text) {
        return new Reply(type, packetId, reasons, text, userProperties);
    }

    /**
     * {@return a copy with other user properties; 3.x clients do not see them}
     *
     * @param others in their order
     */
    public Reply withUserProperties(List<UserProperty> others) {
        return new Reply(type, packetId, reasons, reasonString, others);
    }
}
