// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/**
 * Packets of MQTT 3.1 and 3.1.1 in bytes. What is refused or odd is made with {@link #packet}, which checks nothing.
 */
public final class Packets {

    public static final byte[] ACCEPTED = hex("20 02 00 00");
    public static final byte[] RESUMED = hex("20 02 01 00");
    public static final byte[] PINGREQ = hex("C0 00");
    public static final byte[] PINGRESP = hex("D0 00");
    public static final byte[] DISCONNECT = hex("E0 00");

    private Packets() {}

    /**
     * {@return a packet of any fields, with the right Remaining Length}
     *
     * @param first the first byte
     * @param fields an Integer is one byte, a String is UTF-8 behind its length, a byte array is itself
     */
    public static byte[] packet(int first, Object... fields) {
        byte[] body = concat(fields);
        ByteArrayOutputStream packet = new ByteArrayOutputStream(body.length + 5);
        packet.write(first);
        int left = body.length;
        do {
            packet.write(left % 128 + (left > 127 ? 128 : 0));
            left /= 128;
        } while (left > 0);
        packet.writeBytes(body);
        return packet.toByteArray();
    }

    /** {@return fields in a row, as {@link #packet} has them} */
    public static byte[] concat(Object... fields) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (Object field : fields) {
            if (field instanceof Integer single) {
                body.write(single);
            } else if (field instanceof String text) {
                body.writeBytes(bytes(text.getBytes(UTF_8)));
            } else if (field instanceof byte[] raw) {
                body.writeBytes(raw);
            } else {
                throw new IllegalArgumentException(
                        "field: " + field + " (expected: an Integer, a String or a byte array)");
            }
        }
        return body.toByteArray();
    }

    public static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    /** {@return the bytes in hexadecimal digits} */
    public static String text(byte[] packet) {
        return HexFormat.ofDelimiter(" ").formatHex(packet);
    }

    public static byte[] twoBytes(int value) {
        return new byte[] {(byte) (value >> 8), (byte) value};
    }

    /** {@return bytes behind their length} */
    public static byte[] bytes(byte[] content) {
        return concat(twoBytes(content.length), content);
    }

    /** {@return a topic or a client id of so many bytes} */
    public static String ofLength(int length) {
        return "x".repeat(length);
    }

    public static byte[] publish(String topic, String payload) {
        return packet(0x30, topic, payload.getBytes(UTF_8));
    }

    public static byte[] retained(String topic, String payload) {
        return packet(0x31, topic, payload.getBytes(UTF_8));
    }

    /** {@return a PUBLISH of QoS 1 or 2} */
    public static byte[] publish(int qos, int id, String topic, String payload) {
        return packet(0x30 | qos << 1, topic, twoBytes(id), payload.getBytes(UTF_8));
    }

    /** {@return the same PUBLISH, sent once more} */
    public static byte[] again(byte[] publish) {
        byte[] repeated = publish.clone();
        repeated[0] |= 8;
        return repeated;
    }

    public static byte[] puback(int id) {
        return packet(0x40, twoBytes(id));
    }

    public static byte[] pubrec(int id) {
        return packet(0x50, twoBytes(id));
    }

    public static byte[] pubrel(int id) {
        return packet(0x62, twoBytes(id));
    }

    public static byte[] pubcomp(int id) {
        return packet(0x70, twoBytes(id));
    }

    public static byte[] subscribe(int id, String filter, int qos) {
        return packet(0x82, twoBytes(id), filter, qos);
    }

    /** {@return a SUBACK with one code a filter} */
    public static byte[] suback(int id, Integer... codes) {
        return packet(0x90, twoBytes(id), concat((Object[]) codes));
    }

    public static byte[] unsubscribe(int id, String... filters) {
        return packet(0xA2, twoBytes(id), concat((Object[]) filters));
    }

    public static byte[] unsuback(int id) {
        return packet(0xB0, twoBytes(id));
    }
}
