// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A packet of MQTT 5.0 that the broker has sent, in parts. What its type has not is 0 or empty.
 *
 * @param first the first byte
 * @param acknowledgeFlags the first byte of a CONNACK's variable header
 * @param topic of a PUBLISH
 * @param id the packet identifier
 * @param reasons the reason code, or those of a SUBACK or UNSUBACK; 0 where a packet leaves it out
 * @param properties the values of each identifier in their order: a Long, a String, or bytes in hex; of a User Property
 *     a {@code name=value}
 * @param payload of a PUBLISH, as text
 */
public record Seen5(
        int first,
        int acknowledgeFlags,
        String topic,
        int id,
        List<Integer> reasons,
        Map<Integer, List<Object>> properties,
        String payload) {

    private static final int CONNACK = 2;
    private static final int PUBLISH = 3;
    private static final int PUBCOMP = 7;
    private static final int SUBACK = 9;
    private static final int UNSUBACK = 11;
    private static final int PINGRESP = 13;

    /** {@return the parts of a packet; one that breaks off or has bytes left over fails the test} */
    public static Seen5 of(byte[] packet) {
        ByteBuffer in = ByteBuffer.wrap(packet);
        int first = Byte.toUnsignedInt(in.get());
        assertThat(variable(in)).as("Remaining Length").isEqualTo(in.remaining());
        int type = first >> 4;
        int flags = type == CONNACK ? Byte.toUnsignedInt(in.get()) : 0;
        String topic = type == PUBLISH ? text(in) : "";
        boolean identified = type == PUBLISH ? (first & 6) != 0 : type > PUBLISH && type <= UNSUBACK;
        int id = identified ? Short.toUnsignedInt(in.getShort()) : 0;
        List<Integer> reasons = new ArrayList<>();
        if (type == CONNACK || (type > PUBLISH && type <= PUBCOMP) || type > PINGRESP) {
            reasons.add(in.hasRemaining() ? Byte.toUnsignedInt(in.get()) : 0);
        }
        Map<Integer, List<Object>> properties = in.hasRemaining() ? properties(in) : Map.of();
        while ((type == SUBACK || type == UNSUBACK) && in.hasRemaining()) {
            reasons.add(Byte.toUnsignedInt(in.get()));
        }
        byte[] payload = new byte[type == PUBLISH ? in.remaining() : 0];
        in.get(payload);
        assertThat(in.remaining()).as("bytes left over").isZero();
        return new Seen5(first, flags, topic, id, reasons, properties, new String(payload, UTF_8));
    }

    private static Map<Integer, List<Object>> properties(ByteBuffer in) {
        int length = variable(in);
        ByteBuffer part = in.slice(in.position(), length);
        in.position(in.position() + length);
        Map<Integer, List<Object>> found = new LinkedHashMap<>();
        while (part.hasRemaining()) {
            int property = variable(part);
            found.computeIfAbsent(property, none -> new ArrayList<>()).add(value(property, part));
        }
        return found;
    }

    private static Object value(int property, ByteBuffer in) {
        return switch (property) {
            case 1, 23, 25, 36, 37, 40, 41, 42 -> (long) Byte.toUnsignedInt(in.get());
            case 19, 33, 34, 35 -> (long) Short.toUnsignedInt(in.getShort());
            case 2, 17, 24, 39 -> Integer.toUnsignedLong(in.getInt());
            case 3, 8, 18, 21, 26, 28, 31 -> text(in);
            case 9, 22 -> HexFormat.of().formatHex(bytes(in));
            case 11 -> (long) variable(in);
            case 38 -> text(in) + "=" + text(in);
            default -> throw new AssertionError("property: " + property + " (expected: one of MQTT 5.0)");
        };
    }

    private static int variable(ByteBuffer in) {
        int value = 0;
        int shift = 0;
        byte digit;
        do {
            digit = in.get();
            value |= (digit & 127) << shift;
            shift += 7;
        } while (digit < 0);
        assertThat(digit == 0 && shift > 7)
                .as("a variable byte integer that is longer than needed")
                .isFalse();
        return value;
    }

    private static byte[] bytes(ByteBuffer in) {
        byte[] bytes = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(bytes);
        return bytes;
    }

    private static String text(ByteBuffer in) {
        return new String(bytes(in), UTF_8);
    }

    /** {@return the packet type, as the standard numbers them} */
    public int type() {
        return first >> 4;
    }

    /** {@return the first or only reason code} */
    public int reason() {
        return reasons.get(0);
    }

    /** {@return the value of a property that may be there once, null if it is not there} */
    public @Nullable Object property(int property) {
        List<Object> values = properties.getOrDefault(property, List.of());
        assertThat(values).as("property %d", property).hasSizeLessThanOrEqualTo(1);
        return values.isEmpty() ? null : values.get(0);
    }

    /** {@return all values of a property, in their order} */
    public List<Object> all(int property) {
        return properties.getOrDefault(property, List.of());
    }

    public int qos() {
        return first >> 1 & 3;
    }

    public boolean dup() {
        return (first & 8) != 0;
    }

    public boolean retain() {
        return (first & 1) != 0;
    }

    /** {@return of a CONNACK} */
    public boolean sessionPresent() {
        return acknowledgeFlags == 1;
    }
}
