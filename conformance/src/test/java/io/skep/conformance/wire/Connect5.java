// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.wire;

import static io.skep.conformance.wire.Packets.bytes;
import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.twoBytes;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A CONNECT of MQTT 5.0: with Clean Start, without keep alive and properties, if nothing else is said.
 *
 * @param flags the connect flags
 * @param keepAlive in seconds
 * @param properties in a row, without their length
 * @param payload what follows
 */
public record Connect5(int flags, int keepAlive, byte[] properties, byte[] payload) {

    public static Connect5 clean(String clientId) {
        return new Connect5(2, 0, new byte[0], concat(clientId));
    }

    /** {@return without Clean Start, and with a Session Expiry Interval of an hour} */
    public static Connect5 persistent(String clientId) {
        return clean(clientId).withFlags(0).with(Props.four(Props.SESSION_EXPIRY_INTERVAL, 3600));
    }

    /** {@return with more properties} */
    public Connect5 with(byte[]... more) {
        return new Connect5(flags, keepAlive, concat(properties, concat((Object[]) more)), payload);
    }

    public Connect5 withFlags(int other) {
        return new Connect5(other, keepAlive, properties, payload);
    }

    public Connect5 withKeepAlive(int seconds) {
        return new Connect5(flags, seconds, properties, payload);
    }

    /** {@return with any fields as payload, as {@link Packets#packet} has them} */
    public Connect5 withPayload(Object... fields) {
        return new Connect5(flags, keepAlive, properties, concat(fields));
    }

    /** {@return with a will, to be called before {@link #user}} */
    public Connect5 will(int qos, boolean retain, String topic, String message, byte[]... willProperties) {
        int more = 0x04 | qos << 3 | (retain ? 0x20 : 0);
        return withFlags(flags | more)
                .withPayload(payload, Props.of(willProperties), topic, bytes(message.getBytes(UTF_8)));
    }

    public Connect5 user(String userName, String password) {
        return withFlags(flags | 0xC0).withPayload(payload, userName, password);
    }

    public byte[] packed() {
        return packet(0x10, "MQTT", 5, flags, twoBytes(keepAlive), Props.of(properties), payload);
    }
}
