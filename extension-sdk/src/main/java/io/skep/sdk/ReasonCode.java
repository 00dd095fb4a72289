// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk;

import org.jspecify.annotations.Nullable;

/** The reason codes of MQTT 5.0 (clause 2.4); codes for 3.x are derived from them where they are sent. */
public enum ReasonCode {
    /** Also Normal disconnection and Granted QoS 0. */
    SUCCESS(0x00),
    /** SUBACK. */
    GRANTED_QOS_1(0x01),
    /** SUBACK. */
    GRANTED_QOS_2(0x02),
    /** DISCONNECT by the client. */
    DISCONNECT_WITH_WILL_MESSAGE(0x04),
    /** PUBACK, PUBREC. */
    NO_MATCHING_SUBSCRIBERS(0x10),
    /** UNSUBACK. */
    NO_SUBSCRIPTION_EXISTED(0x11),
    /** AUTH. */
    CONTINUE_AUTHENTICATION(0x18),
    /** AUTH by the client. */
    RE_AUTHENTICATE(0x19),
    /** No other code fits. */
    UNSPECIFIED_ERROR(0x80),
    /** Bytes that do not form a packet. */
    MALFORMED_PACKET(0x81),
    /** A packet that is not allowed here. */
    PROTOCOL_ERROR(0x82),
    /** Valid, but not accepted by this broker. */
    IMPLEMENTATION_SPECIFIC_ERROR(0x83),
    /** CONNACK. */
    UNSUPPORTED_PROTOCOL_VERSION(0x84),
    /** CONNACK. */
    CLIENT_IDENTIFIER_NOT_VALID(0x85),
    /** CONNACK. */
    BAD_USER_NAME_OR_PASSWORD(0x86),
    /** The client may not do this. */
    NOT_AUTHORIZED(0x87),
    /** CONNACK. */
    SERVER_UNAVAILABLE(0x88),
    /** Try again later. */
    SERVER_BUSY(0x89),
    /** CONNACK. */
    BANNED(0x8A),
    /** DISCONNECT. */
    SERVER_SHUTTING_DOWN(0x8B),
    /** CONNACK, DISCONNECT. */
    BAD_AUTHENTICATION_METHOD(0x8C),
    /** DISCONNECT. */
    KEEP_ALIVE_TIMEOUT(0x8D),
    /** DISCONNECT. */
    SESSION_TAKEN_OVER(0x8E),
    /** Well-formed, but refused. */
    TOPIC_FILTER_INVALID(0x8F),
    /** Well-formed, but refused. */
    TOPIC_NAME_INVALID(0x90),
    /** PUBACK, PUBREC, SUBACK, UNSUBACK. */
    PACKET_IDENTIFIER_IN_USE(0x91),
    /** PUBREL, PUBCOMP. */
    PACKET_IDENTIFIER_NOT_FOUND(0x92),
    /** DISCONNECT. */
    RECEIVE_MAXIMUM_EXCEEDED(0x93),
    /** DISCONNECT. */
    TOPIC_ALIAS_INVALID(0x94),
    /** CONNACK, DISCONNECT. */
    PACKET_TOO_LARGE(0x95),
    /** DISCONNECT. */
    MESSAGE_RATE_TOO_HIGH(0x96),
    /** A limit of the broker is reached. */
    QUOTA_EXCEEDED(0x97),
    /** DISCONNECT. */
    ADMINISTRATIVE_ACTION(0x98),
    /** The payload is not what its indicator says. */
    PAYLOAD_FORMAT_INVALID(0x99),
    /** CONNACK, DISCONNECT. */
    RETAIN_NOT_SUPPORTED(0x9A),
    /** CONNACK, DISCONNECT. */
    QOS_NOT_SUPPORTED(0x9B),
    /** CONNACK, DISCONNECT. */
    USE_ANOTHER_SERVER(0x9C),
    /** CONNACK, DISCONNECT. */
    SERVER_MOVED(0x9D),
    /** SUBACK, DISCONNECT. */
    SHARED_SUBSCRIPTIONS_NOT_SUPPORTED(0x9E),
    /** CONNACK, DISCONNECT. */
    CONNECTION_RATE_EXCEEDED(0x9F),
    /** DISCONNECT. */
    MAXIMUM_CONNECT_TIME(0xA0),
    /** SUBACK, DISCONNECT. */
    SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED(0xA1),
    /** SUBACK, DISCONNECT. */
    WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED(0xA2);

    private static final @Nullable ReasonCode[] BY_CODE = new ReasonCode[256];

    static {
        for (ReasonCode reason : values()) {
            BY_CODE[reason.code] = reason;
        }
    }

    private final int code;

    ReasonCode(int code) {
        this.code = code;
    }

    /** {@return the value on the wire, 0 to 255} */
    public int code() {
        return code;
    }

    /** {@return whether the code tells of a failure: 0x80 or above} */
    public boolean isError() {
        return code >= 0x80;
    }

    /**
     * {@return the reason with this value on the wire, or null if the standard knows none}
     *
     * @param code 0 to 255
     * @throws IndexOutOfBoundsException if it is out of this range
     */
    public static @Nullable ReasonCode of(int code) {
        return BY_CODE[code];
    }
}
