// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import io.skep.conformance.wire.Delivery;
import io.skep.conformance.wire.Seen5;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads packets of MQTT 3.1.1 into the form that those of 5.0 have. */
final class Seen3 {

    private static final int PINGRESP = 13;

    private Seen3() {}

    /** {@return the parts of a packet; bytes left over or missing fail} */
    static Seen5 of(byte[] packet) {
        int first = Byte.toUnsignedInt(packet[0]);
        int type = first >> 4;
        if (type == 3) {
            Delivery delivery = Delivery.of(packet);
            return new Seen5(first, 0, delivery.topic(), delivery.id(), List.of(), Map.of(), delivery.payload());
        }
        ByteBuffer in = ByteBuffer.wrap(packet, 2, packet.length - 2);
        List<Integer> reasons = new ArrayList<>();
        int flags = type == Control.CONNACK ? in.get() : 0;
        int id = type == Control.CONNACK || type == PINGRESP ? 0 : Short.toUnsignedInt(in.getShort());
        while (in.hasRemaining()) {
            reasons.add(Byte.toUnsignedInt(in.get()));
        }
        boolean plain = type >= Control.PUBACK && type <= Control.PUBCOMP && packet.length == 4;
        return new Seen5(first, flags, "", id, plain ? List.of(0) : reasons, Map.of(), "");
    }
}
