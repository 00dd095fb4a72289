// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.wire;

import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.twoBytes;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Properties of MQTT 5.0 in bytes: their identifiers, and each kind of value. Nothing is checked. */
public final class Props {

    public static final int PAYLOAD_FORMAT_INDICATOR = 1;
    public static final int MESSAGE_EXPIRY_INTERVAL = 2;
    public static final int CONTENT_TYPE = 3;
    public static final int RESPONSE_TOPIC = 8;
    public static final int CORRELATION_DATA = 9;
    public static final int SUBSCRIPTION_IDENTIFIER = 11;
    public static final int SESSION_EXPIRY_INTERVAL = 17;
    public static final int ASSIGNED_CLIENT_IDENTIFIER = 18;
    public static final int SERVER_KEEP_ALIVE = 19;
    public static final int AUTHENTICATION_METHOD = 21;
    public static final int AUTHENTICATION_DATA = 22;
    public static final int REQUEST_PROBLEM_INFORMATION = 23;
    public static final int WILL_DELAY_INTERVAL = 24;
    public static final int REQUEST_RESPONSE_INFORMATION = 25;
    public static final int RESPONSE_INFORMATION = 26;
    public static final int SERVER_REFERENCE = 28;
    public static final int REASON_STRING = 31;
    public static final int RECEIVE_MAXIMUM = 33;
    public static final int TOPIC_ALIAS_MAXIMUM = 34;
    public static final int TOPIC_ALIAS = 35;
    public static final int MAXIMUM_QOS = 36;
    public static final int RETAIN_AVAILABLE = 37;
    public static final int USER_PROPERTY = 38;
    public static final int MAXIMUM_PACKET_SIZE = 39;
    public static final int WILDCARD_SUBSCRIPTION_AVAILABLE = 40;
    public static final int SUBSCRIPTION_IDENTIFIER_AVAILABLE = 41;
    public static final int SHARED_SUBSCRIPTION_AVAILABLE = 42;

    /** No properties: their length, which is 0. */
    static final byte[] NONE = {0};

    private Props() {}

    /** {@return properties in a row, behind their length} */
    public static byte[] of(byte[]... properties) {
        byte[] packet = packet(0, (Object[]) properties);
        return Arrays.copyOfRange(packet, 1, packet.length);
    }

    /** {@return a property whose value is one byte} */
    public static byte[] one(int id, int value) {
        return concat(id, value);
    }

    /** {@return a property whose value is a two byte integer} */
    public static byte[] two(int id, int value) {
        return concat(id, twoBytes(value));
    }

    /** {@return a property whose value is a four byte integer} */
    public static byte[] four(int id, long value) {
        return concat(id, ByteBuffer.allocate(4).putInt((int) value).array());
    }

    /** {@return a property whose value is a variable byte integer} */
    public static byte[] variable(int id, int value) {
        byte[] bytes = new byte[4];
        int length = 0;
        int left = value;
        do {
            bytes[length++] = (byte) (left % 128 + (left > 127 ? 128 : 0));
            left /= 128;
        } while (left > 0);
        return concat(id, Arrays.copyOf(bytes, length));
    }

    /** {@return a property whose value is a string} */
    public static byte[] text(int id, String value) {
        return concat(id, value);
    }

    /** {@return a property whose value is binary data} */
    public static byte[] binary(int id, byte[] value) {
        return concat(id, Packets.bytes(value));
    }

    /** {@return a User Property} */
    public static byte[] user(String name, String value) {
        return concat(USER_PROPERTY, name, value);
    }
}
