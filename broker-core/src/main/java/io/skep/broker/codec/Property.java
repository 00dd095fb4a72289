// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import org.jspecify.annotations.Nullable;

/** The properties of MQTT 5.0 (clause 2.2.2.2): identifier, type, and the packets that may carry them. */
enum Property {
    PAYLOAD_FORMAT_INDICATOR(0x01, Kind.BYTE, In.PUBLISH | In.WILL),
    MESSAGE_EXPIRY_INTERVAL(0x02, Kind.FOUR_BYTES, In.PUBLISH | In.WILL),
    CONTENT_TYPE(0x03, Kind.STRING, In.PUBLISH | In.WILL),
    RESPONSE_TOPIC(0x08, Kind.STRING, In.PUBLISH | In.WILL),
    CORRELATION_DATA(0x09, Kind.BINARY, In.PUBLISH | In.WILL),
    SUBSCRIPTION_IDENTIFIER(0x0B, Kind.VARIABLE, In.PUBLISH | In.SUBSCRIBE),
    SESSION_EXPIRY_INTERVAL(0x11, Kind.FOUR_BYTES, In.CONNECT | In.CONNACK | In.DISCONNECT),
    ASSIGNED_CLIENT_IDENTIFIER(0x12, Kind.STRING, In.CONNACK),
    SERVER_KEEP_ALIVE(0x13, Kind.TWO_BYTES, In.CONNACK),
    AUTHENTICATION_METHOD(0x15, Kind.STRING, In.CONNECT | In.CONNACK | In.AUTH),
    AUTHENTICATION_DATA(0x16, Kind.BINARY, In.CONNECT | In.CONNACK | In.AUTH),
    REQUEST_PROBLEM_INFORMATION(0x17, Kind.BYTE, In.CONNECT),
    WILL_DELAY_INTERVAL(0x18, Kind.FOUR_BYTES, In.WILL),
    REQUEST_RESPONSE_INFORMATION(0x19, Kind.BYTE, In.CONNECT),
    RESPONSE_INFORMATION(0x1A, Kind.STRING, In.CONNACK),
    SERVER_REFERENCE(0x1C, Kind.STRING, In.CONNACK | In.DISCONNECT),
    REASON_STRING(0x1F, Kind.STRING, In.ANSWERS),
    RECEIVE_MAXIMUM(0x21, Kind.TWO_BYTES, In.CONNECT | In.CONNACK),
    TOPIC_ALIAS_MAXIMUM(0x22, Kind.TWO_BYTES, In.CONNECT | In.CONNACK),
    TOPIC_ALIAS(0x23, Kind.TWO_BYTES, In.PUBLISH),
    MAXIMUM_QOS(0x24, Kind.BYTE, In.CONNACK),
    RETAIN_AVAILABLE(0x25, Kind.BYTE, In.CONNACK),
    USER_PROPERTY(0x26, Kind.STRING_PAIR, In.CONNECT | In.WILL | In.PUBLISH | In.REQUESTS | In.ANSWERS),
    MAXIMUM_PACKET_SIZE(0x27, Kind.FOUR_BYTES, In.CONNECT | In.CONNACK),
    WILDCARD_SUBSCRIPTION_AVAILABLE(0x28, Kind.BYTE, In.CONNACK),
    SUBSCRIPTION_IDENTIFIER_AVAILABLE(0x29, Kind.BYTE, In.CONNACK),
    SHARED_SUBSCRIPTION_AVAILABLE(0x2A, Kind.BYTE, In.CONNACK);

    /** How a value lies on the wire. */
    enum Kind {
        BYTE,
        TWO_BYTES,
        FOUR_BYTES,
        VARIABLE,
        BINARY,
        STRING,
        STRING_PAIR
    }

    /** Where a property may stand: a bit for each packet type, and one for the will within CONNECT. */
    static final class In {
        static final int WILL = 1;
        static final int CONNECT = 1 << 1;
        static final int CONNACK = 1 << 2;
        static final int PUBLISH = 1 << 3;
        static final int SUBSCRIBE = 1 << 8;
        static final int REQUESTS = SUBSCRIBE | 1 << 10;
        static final int DISCONNECT = 1 << 14;
        static final int AUTH = 1 << 15;
        static final int ANSWERS = CONNACK | 0b1111 << 4 | 1 << 9 | 1 << 11 | DISCONNECT | AUTH;

        private In() {}

        static int packet(PacketType type) {
            return 1 << type.code();
        }
    }

    private static final @Nullable Property[] BY_ID = new Property[128];

    static {
        for (Property property : values()) {
            BY_ID[property.id] = property;
        }
    }

    private final int id;
    private final Kind kind;
    private final int places;

    Property(int id, Kind kind, int places) {
        this.id = id;
        this.kind = kind;
        this.places = places;
    }

    /** {@return the property with an identifier of one byte; there are no others} */
    static Property of(byte id) {
        Property property = id < 0 ? null : BY_ID[id];
        if (property == null) {
            throw MqttException.malformed("property: " + (id & 0xFF) + " (expected: one of clause 2.2.2.2)");
        }
        return property;
    }

    int id() {
        return id;
    }

    Kind kind() {
        return kind;
    }

    boolean isAllowedIn(int place) {
        return (places & place) != 0;
    }

    /** {@return whether a subscriber gets it as the publisher or the will gave it} */
    boolean isForwardable() {
        return isAllowedIn(In.PUBLISH)
                && this != TOPIC_ALIAS
                && this != MESSAGE_EXPIRY_INTERVAL
                && this != SUBSCRIPTION_IDENTIFIER;
    }
}
