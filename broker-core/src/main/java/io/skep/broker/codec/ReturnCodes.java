// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.ReasonCode;

/** How the reason codes of MQTT 5.0 are told to older clients. */
final class ReturnCodes {

    static final int NONE = -1;

    private static final byte FAILURE = (byte) 0x80;

    private ReturnCodes() {}

    /** {@return the return code of CONNACK in 3.x, {@link #NONE} if the client is not to be answered} */
    static int connack(ReasonCode reason) {
        return switch (reason) {
            case SUCCESS -> 0;
            case UNSUPPORTED_PROTOCOL_VERSION -> 1;
            case CLIENT_IDENTIFIER_NOT_VALID -> 2;
            case SERVER_UNAVAILABLE,
                    SERVER_BUSY,
                    SERVER_SHUTTING_DOWN,
                    QUOTA_EXCEEDED,
                    CONNECTION_RATE_EXCEEDED,
                    USE_ANOTHER_SERVER,
                    SERVER_MOVED -> 3;
            case BAD_USER_NAME_OR_PASSWORD -> 4;
            case NOT_AUTHORIZED, BANNED, BAD_AUTHENTICATION_METHOD -> 5;
            default -> NONE; // [MQTT-3.2.2-6] of 3.1.1
        };
    }

    /** {@return the code of one filter in SUBACK} MQTT 3.1 knows no refusal: its client gets QoS 0, and no messages. */
    static byte suback(ProtocolVersion version, byte reasonCode) {
        return switch (version) {
            case V3_1 -> reasonCode < 0 ? 0 : reasonCode;
            case V3_1_1 -> reasonCode < 0 ? FAILURE : reasonCode; // [MQTT-3.9.3-2] of 3.1.1
            case V5_0 -> reasonCode;
        };
    }
}
