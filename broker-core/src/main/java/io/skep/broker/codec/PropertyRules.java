// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import io.skep.sdk.ReasonCode;

/** What the standard demands of properties that a client sends. */
final class PropertyRules {

    private PropertyRules() {}

    /** Checks all properties from the cursor's place on, for the packet of the given {@link Property.In} bit. */
    static void checkAll(PropertyCursor cursor, int place) {
        long seen = 0;
        while (cursor.next()) {
            seen = check(cursor, place, seen);
        }
        checkAuthentication(seen, place);
    }

    /** Checks the property at the cursor. {@return the set of those seen, a bit for each identifier} */
    static long check(PropertyCursor cursor, int place, long seen) {
        Property property = cursor.property();
        if (!property.isAllowedIn(place)) {
            throw MqttException.malformed("property: " + property + " (expected: one that this packet may carry)");
        }
        long bit = bit(property);
        if ((seen & bit) != 0 && property != Property.USER_PROPERTY) {
            throw MqttException.protocolError("property " + property + ": repeated (expected: once)");
        }
        if (!cursor.isUtf8()) {
            throw MqttException.malformed( // [MQTT-1.5.4-1] [MQTT-1.5.4-2] [MQTT-1.5.7-1]
                    "property " + property + ": (expected: UTF-8 without U+0000)");
        }
        checkValue(cursor, property);
        return seen | bit;
    }

    private static void checkValue(PropertyCursor cursor, Property property) {
        switch (property) {
            case PAYLOAD_FORMAT_INDICATOR -> {
                if (cursor.number() > 1) {
                    throw wrong(ReasonCode.MALFORMED_PACKET, cursor, "0 or 1");
                }
            }
            case REQUEST_PROBLEM_INFORMATION, REQUEST_RESPONSE_INFORMATION -> {
                if (cursor.number() > 1) {
                    throw wrong(ReasonCode.PROTOCOL_ERROR, cursor, "0 or 1");
                }
            }
            case RECEIVE_MAXIMUM, MAXIMUM_PACKET_SIZE, SUBSCRIPTION_IDENTIFIER -> {
                if (cursor.number() == 0) {
                    throw wrong(ReasonCode.PROTOCOL_ERROR, cursor, "above 0");
                }
            }
            case TOPIC_ALIAS -> {
                if (cursor.number() == 0) {
                    throw wrong(ReasonCode.TOPIC_ALIAS_INVALID, cursor, "above 0"); // [MQTT-3.3.2-8]
                }
            }
            case RESPONSE_TOPIC -> {
                if (!cursor.isTopicName()) {
                    throw MqttException.protocolError("RESPONSE_TOPIC: (expected: a topic name)"); // [MQTT-3.3.2-14]
                }
            }
            default -> {} // any value will do
        }
    }

    private static MqttException wrong(ReasonCode reason, PropertyCursor cursor, String expected) {
        return new MqttException(
                reason, "property " + cursor.property() + ": " + cursor.number() + " (expected: " + expected + ")");
    }

    private static void checkAuthentication(long seen, int place) {
        boolean method = (seen & bit(Property.AUTHENTICATION_METHOD)) != 0;
        boolean needed = (seen & bit(Property.AUTHENTICATION_DATA)) != 0 || place == Property.In.AUTH;
        if (needed && !method) {
            throw MqttException.protocolError("property AUTHENTICATION_METHOD: absent (expected: present)");
        }
    }

    private static long bit(Property property) {
        return 1L << property.id();
    }
}
