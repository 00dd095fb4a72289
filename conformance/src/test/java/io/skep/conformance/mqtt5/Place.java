// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.twoBytes;

import io.skep.conformance.wire.Props;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Where properties of a client stand, with the identifiers of those that may stand there (2.2.2.2 of the standard). */
enum Place {
    CONNECT(17, 21, 22, 23, 25, 33, 34, 38, 39),
    WILL(1, 2, 3, 8, 9, 24, 38),
    PUBLISH(1, 2, 3, 8, 9, 35, 38),
    PUBACK(31, 38),
    PUBREC(31, 38),
    PUBREL(31, 38),
    PUBCOMP(31, 38),
    SUBSCRIBE(11, 38),
    UNSUBSCRIBE(38),
    DISCONNECT(17, 31, 38),
    AUTH(21, 22, 31, 38);

    private static final Set<Integer> ALL = Set.of(
            1, 2, 3, 8, 9, 11, 17, 18, 19, 21, 22, 23, 24, 25, 26, 28, 31, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42);

    private final long allowed; // a bit for each

    Place(int... allowed) {
        this.allowed = IntStream.of(allowed).mapToLong(id -> 1L << id).sum();
    }

    boolean isOfConnect() {
        return this == CONNECT || this == WILL;
    }

    Set<Integer> allowed() {
        return ALL.stream().filter(id -> (allowed >> id & 1) == 1).collect(Collectors.toSet());
    }

    /** {@return any valid value of a property, its identifier included} */
    static byte[] valid(int property) {
        return switch (property) {
            case 1, 23, 25, 36, 37, 40, 41, 42 -> Props.one(property, 1);
            case 19, 33, 34, 35 -> Props.two(property, 1);
            case 2, 17, 24 -> Props.four(property, 60);
            case 39 -> Props.four(property, 1000);
            case 9, 22 -> Props.binary(property, hex("FF 00"));
            case 11 -> Props.variable(property, 1);
            case 38 -> Props.user("x", "x");
            default -> Props.text(property, "x");
        };
    }

    /** {@return the identifiers that another place may have, but this one may not} */
    Set<Integer> forbidden() {
        Set<Integer> others = new TreeSet<>(ALL);
        others.removeAll(allowed());
        return others;
    }

    /** {@return a packet that is complete but for these properties} */
    byte[] with(byte[]... properties) {
        return withSection(Props.of(properties));
    }

    /** {@return a packet with properties behind a length that may be wrong} */
    byte[] withSection(byte[] section) {
        return switch (this) {
            case CONNECT -> packet(0x10, "MQTT", 5, hex("02 00 00"), section, "properties");
            case WILL -> packet(0x10, "MQTT", 5, hex("06 00 00 00"), "properties", section, "properties/will", "gone");
            case PUBLISH -> packet(0x30, "properties/publish", section, hex("78"));
            case PUBACK -> packet(0x40, twoBytes(1), 0, section);
            case PUBREC -> packet(0x50, twoBytes(1), 0, section);
            case PUBREL -> packet(0x62, twoBytes(1), 0, section);
            case PUBCOMP -> packet(0x70, twoBytes(1), 0, section);
            case SUBSCRIBE -> packet(0x82, twoBytes(1), section, "properties/subscribe", 0);
            case UNSUBSCRIBE -> packet(0xA2, twoBytes(1), section, "properties/subscribe");
            case DISCONNECT -> packet(0xE0, 0, section);
            case AUTH -> packet(0xF0, 0x19, section);
        };
    }
}
