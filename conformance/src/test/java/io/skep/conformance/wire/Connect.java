// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.wire;

import static io.skep.conformance.wire.Packets.bytes;
import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.twoBytes;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A CONNECT of MQTT 3.1 or 3.1.1: of 3.1.1, with clean session, without keep alive, if nothing else is said.
 *
 * @param name the protocol name
 * @param level the protocol level
 * @param flags the connect flags
 * @param keepAlive in seconds
 * @param payload what follows
 */
public record Connect(String name, int level, int flags, int keepAlive, byte[] payload) {

    public static Connect clean(String clientId) {
        return new Connect("MQTT", 4, 2, 0, concat(clientId));
    }

    /** {@return without clean session} */
    public static Connect persistent(String clientId) {
        return clean(clientId).withFlags(0);
    }

    /** {@return in MQTT 3.1} */
    public Connect v31() {
        return new Connect("MQIsdp", 3, flags, keepAlive, payload);
    }

    public Connect withName(String other) {
        return new Connect(other, level, flags, keepAlive, payload);
    }

    public Connect withLevel(int other) {
        return new Connect(name, other, flags, keepAlive, payload);
    }

    public Connect withFlags(int other) {
        return new Connect(name, level, other, keepAlive, payload);
    }

    public Connect withKeepAlive(int seconds) {
        return new Connect(name, level, flags, seconds, payload);
    }

    /** {@return with any fields as payload, as {@link Packets#packet} has them} */
    public Connect withPayload(Object... fields) {
        return new Connect(name, level, flags, keepAlive, concat(fields));
    }

    public Connect will(int qos, boolean retain, String topic, String message) {
        int more = 0x04 | qos << 3 | (retain ? 0x20 : 0);
        return withFlags(flags | more).withPayload(payload, topic, bytes(message.getBytes(UTF_8)));
    }

    public Connect user(String userName, String password) {
        return withFlags(flags | 0xC0).withPayload(payload, userName, password);
    }

    public byte[] packed() {
        return packet(0x10, name, level, flags, twoBytes(keepAlive), payload);
    }
}
