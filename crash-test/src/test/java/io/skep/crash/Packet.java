// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A packet as it came, and what there is to read in it; the same for MQTT 3.1.1 and 5.0 but for the properties. */
record Packet(int type, int flags, ByteBuffer body, boolean v5) {

    static final int CONNACK = 2;
    static final int PUBLISH = 3;
    static final int PUBACK = 4;
    static final int PUBREC = 5;
    static final int PUBREL = 6;
    static final int PUBCOMP = 7;
    static final int SUBACK = 9;
    static final int PINGRESP = 13;

    private static final int FIRST_ERROR = 0x80;

    /** What a PUBLISH says; of messages without payload the number is not known. */
    record Publish(String topic, int id, int qos, boolean retain, int number) {}

    static Packet read(DataInputStream in, boolean v5) throws IOException {
        int first = in.readUnsignedByte();
        int length = 0;
        int digit;
        int shift = 0;
        do {
            digit = in.readUnsignedByte();
            length |= (digit & 0x7F) << shift;
            shift += 7;
        } while (digit >= 0x80);
        return new Packet(first >> 4, first & 15, ByteBuffer.wrap(in.readNBytes(length)), v5);
    }

    boolean sessionPresent() {
        return body.get(0) == 1;
    }

    int connectCode() {
        return body.get(1);
    }

    /** {@return the packet identifier of an acknowledgement} */
    int id() {
        return Short.toUnsignedInt(body.getShort(0));
    }

    /** {@return whether an acknowledgement says that something was not done} */
    boolean isError() {
        return v5 && body.limit() > 2 && Byte.toUnsignedInt(body.get(2)) >= FIRST_ERROR;
    }

    /** {@return whether the one filter of the SUBSCRIBE was refused} */
    boolean isRefusal() {
        return Byte.toUnsignedInt(body.get(body.limit() - 1)) >= FIRST_ERROR;
    }

    Publish publish() {
        byte[] topic = new byte[Short.toUnsignedInt(body.getShort())];
        body.get(topic);
        int qos = flags >> 1 & 3;
        int id = qos == 0 ? 0 : Short.toUnsignedInt(body.getShort());
        if (v5) {
            skipProperties();
        }
        byte[] payload = new byte[body.remaining()];
        body.get(payload);
        return new Publish(new String(topic, UTF_8), id, qos, (flags & 1) == 1, number(payload));
    }

    private void skipProperties() {
        int length = 0;
        int digit;
        int shift = 0;
        do {
            digit = body.get();
            length |= (digit & 0x7F) << shift;
            shift += 7;
        } while (digit < 0);
        body.position(body.position() + length);
    }

    private static int number(byte[] payload) {
        String text = new String(payload, UTF_8);
        return text.isEmpty() ? Event.Told.NONE : Integer.parseInt(text.substring(0, text.indexOf(' ')));
    }
}
