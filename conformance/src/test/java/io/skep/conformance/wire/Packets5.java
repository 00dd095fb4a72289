// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.wire;

import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.twoBytes;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Packets of MQTT 5.0 in bytes; {@link Packets} has those that are the same in all versions, and makes any odd one. The
 * last arguments are properties, as {@link Props} makes them.
 */
public final class Packets5 {

    private Packets5() {}

    public static byte[] publish(String topic, String payload, byte[]... properties) {
        return packet(0x30, topic, Props.of(properties), payload.getBytes(UTF_8));
    }

    public static byte[] retained(String topic, String payload, byte[]... properties) {
        return packet(0x31, topic, Props.of(properties), payload.getBytes(UTF_8));
    }

    /** {@return a PUBLISH of QoS 1 or 2} */
    public static byte[] publish(int qos, int id, String topic, String payload, byte[]... properties) {
        return packet(0x30 | qos << 1, topic, twoBytes(id), Props.of(properties), payload.getBytes(UTF_8));
    }

    /**
     * {@return a PUBACK, PUBREC, PUBREL or PUBCOMP with a reason code}
     *
     * @param first its first byte: 0x40, 0x50, 0x62 or 0x70
     */
    public static byte[] ack(int first, int id, int reason, byte[]... properties) {
        return packet(first, twoBytes(id), reason, Props.of(properties));
    }

    /** {@return a SUBSCRIBE of one filter with its options} */
    public static byte[] subscribe(int id, String filter, int options, byte[]... properties) {
        return packet(0x82, twoBytes(id), Props.of(properties), filter, options);
    }

    /** {@return an UNSUBSCRIBE without properties} */
    public static byte[] unsubscribe(int id, String... filters) {
        return packet(0xA2, twoBytes(id), Props.NONE, concat((Object[]) filters));
    }

    public static byte[] disconnect(int reason, byte[]... properties) {
        return packet(0xE0, reason, Props.of(properties));
    }

    public static byte[] auth(int reason, byte[]... properties) {
        return packet(0xF0, reason, Props.of(properties));
    }
}
