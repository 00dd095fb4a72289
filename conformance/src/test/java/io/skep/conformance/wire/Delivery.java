// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;

/**
 * A PUBLISH of MQTT 3.x that the broker has sent.
 *
 * @param first the first byte
 * @param topic its name
 * @param id the packet identifier, 0 with QoS 0
 * @param payload as text
 */
public record Delivery(int first, String topic, int id, String payload) {

    public static Delivery of(byte[] packet) {
        ByteBuffer in = ByteBuffer.wrap(packet);
        int first = Byte.toUnsignedInt(in.get());
        assertThat(first >> 4).as("packet type").isEqualTo(3);
        boolean more;
        do {
            more = in.get() < 0;
        } while (more);
        byte[] topic = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(topic);
        int id = (first >> 1 & 3) == 0 ? 0 : Short.toUnsignedInt(in.getShort());
        byte[] payload = new byte[in.remaining()];
        in.get(payload);
        return new Delivery(first, new String(topic, UTF_8), id, new String(payload, UTF_8));
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
}
