// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;

/** MQTT 3.1.1 packet by packet, for tests that stop in the middle of an exchange. */
final class RawClient implements AutoCloseable {

    static final int CONNACK = 2;
    static final int PUBLISH = 3;
    static final int PUBREC = 5;
    static final int PUBREL = 6;
    static final int PUBCOMP = 7;
    static final int SUBACK = 9;
    static final int PINGRESP = 13;

    private static final int CONNECT = 1;
    private static final int SUBSCRIBE = 8;
    private static final int PINGREQ = 12;
    private static final int DISCONNECT = 14;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    /**
     * A packet.
     *
     * @param id its packet identifier, 0 if it has none
     * @param payload of a PUBLISH
     */
    record Packet(int type, boolean dup, int id, String payload) {

        static Packet of(int type, int id) {
            return new Packet(type, false, id, "");
        }
    }

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) Program.DEADLINE.toMillis());
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
    }

    /** Sends CONNECT; returns whether the broker had a session. */
    boolean connect(String clientId, boolean clean) throws IOException {
        var body = new ByteArrayOutputStream();
        var fields = new DataOutputStream(body);
        fields.writeUTF("MQTT");
        fields.writeByte(4);
        fields.writeByte(clean ? 2 : 0);
        fields.writeShort(60);
        fields.writeUTF(clientId);
        send(CONNECT, 0, body.toByteArray());
        assertThat(in.readUnsignedByte()).isEqualTo(CONNACK << 4);
        assertThat(in.readUnsignedByte()).isEqualTo(2);
        boolean present = in.readUnsignedByte() == 1;
        assertThat(in.readUnsignedByte()).as("return code").isZero();
        return present;
    }

    /** Sends SUBSCRIBE for QoS 2. */
    void subscribe(String filter) throws IOException {
        var body = new ByteArrayOutputStream();
        var fields = new DataOutputStream(body);
        fields.writeShort(1);
        fields.writeUTF(filter);
        fields.writeByte(2);
        send(SUBSCRIBE, 2, body.toByteArray());
    }

    /** Sends PUBLISH with QoS 2. */
    void publish(String topic, Packet packet) throws IOException {
        var body = new ByteArrayOutputStream();
        var fields = new DataOutputStream(body);
        fields.writeUTF(topic);
        fields.writeShort(packet.id());
        fields.write(packet.payload().getBytes(UTF_8));
        send(PUBLISH, (packet.dup() ? 8 : 0) | 4, body.toByteArray());
    }

    /** Sends PUBREC, PUBREL or PUBCOMP. */
    void acknowledge(int type, int id) throws IOException {
        send(type, type == PUBREL ? 2 : 0, new byte[] {(byte) (id >> 8), (byte) id});
    }

    void ping() throws IOException {
        send(PINGREQ, 0, new byte[0]);
    }

    void disconnect() throws IOException {
        send(DISCONNECT, 0, new byte[0]);
        assertThat(isClosed()).isTrue();
    }

    private void send(int type, int flags, byte[] body) throws IOException {
        var packet = new ByteArrayOutputStream();
        packet.write((type << 4) | flags);
        int length = body.length;
        for (; length > 127; length >>= 7) {
            packet.write((length & 127) | 128);
        }
        packet.write(length);
        packet.write(body);
        out.write(packet.toByteArray());
    }

    /** {@return the next packet} */
    Packet receive() throws IOException {
        int first = in.readUnsignedByte();
        int type = first >> 4;
        int left = 0;
        int shift = 0;
        int digit;
        do {
            digit = in.readUnsignedByte();
            left |= (digit & 127) << shift;
            shift += 7;
        } while (digit > 127);
        byte[] body = in.readNBytes(left);
        var fields = new DataInputStream(new ByteArrayInputStream(body));
        if (type == PUBLISH) {
            fields.readUTF();
        }
        int id = body.length > 0 ? fields.readUnsignedShort() : 0;
        String payload = type == PUBLISH ? new String(fields.readAllBytes(), UTF_8) : "";
        return new Packet(type, type == PUBLISH && (first & 8) != 0, id, payload);
    }

    /** Waits for the next byte, or the end of the connection. */
    boolean isClosed() throws IOException {
        try {
            in.readUnsignedByte();
            return false;
        } catch (EOFException | SocketException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
