// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The packets of a client, as bytes: MQTT 3.1.1, or 5.0 where a method says so. */
final class Packets {

    static final int CONNACK = 2;
    static final int PUBLISH = 3;
    static final int PUBACK = 4;
    static final int PUBREC = 5;
    static final int PUBREL = 6;
    static final int PUBCOMP = 7;
    static final int SUBACK = 9;
    static final int PINGRESP = 13;
    static final int DISCONNECT = 14;

    private Packets() {}

    /** Fields of a packet, written one after the other. */
    private static final class Fields {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final DataOutputStream out = new DataOutputStream(bytes);

        Fields u8(int value) {
            bytes.write(value);
            return this;
        }

        Fields u16(int value) {
            return u8(value >> 8).u8(value);
        }

        Fields text(String text) {
            return u16(text.getBytes(UTF_8).length).raw(text.getBytes(UTF_8));
        }

        Fields raw(byte[] more) {
            bytes.writeBytes(more);
            return this;
        }

        byte[] packet(int firstByte) {
            Fields packet = new Fields().u8(firstByte);
            try {
                packet.out.write(remainingLength(bytes.size()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return packet.raw(bytes.toByteArray()).bytes.toByteArray();
        }
    }

    static byte[] remainingLength(int length) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int rest = length;
        do {
            bytes.write((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0));
            rest >>>= 7;
        } while (rest > 0);
        return bytes.toByteArray();
    }

    static byte[] connect(String clientId, boolean cleanSession, int keepAliveSeconds) {
        return new Fields()
                .text("MQTT")
                .u8(4)
                .u8(cleanSession ? 2 : 0)
                .u16(keepAliveSeconds)
                .text(clientId)
                .packet(0x10);
    }

    /** CONNECT of MQTT 5.0, with a clean start and no properties. */
    static byte[] connect5(String clientId) {
        return new Fields().text("MQTT").u8(5).u8(2).u16(0).u8(0).text(clientId).packet(0x10);
    }

    /** PUBLISH; a packet id of 0 is left out. */
    static byte[] publish(String topic, int qos, int packetId, byte[] payload) {
        Fields fields = new Fields().text(topic);
        if (qos > 0) {
            fields.u16(packetId);
        }
        return fields.raw(payload).packet(0x30 | qos << 1);
    }

    static byte[] duplicate(byte[] publish) {
        byte[] again = publish.clone();
        again[0] |= 8;
        return again;
    }

    static byte[] subscribe(int packetId, int qos, String... filters) {
        Fields fields = new Fields().u16(packetId);
        for (String filter : filters) {
            fields.text(filter).u8(qos);
        }
        return fields.packet(0x82);
    }

    /** {@return PUBACK, PUBREC, PUBREL or PUBCOMP} */
    static byte[] ack(int type, int packetId) {
        return new Fields().u16(packetId).packet(type << 4 | (type == PUBREL ? 2 : 0));
    }

    static byte[] disconnect() {
        return new byte[] {(byte) 0xE0, 0};
    }
}
