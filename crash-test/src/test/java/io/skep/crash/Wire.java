// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A connection of MQTT 3.1.1 or 5.0: packets in and out, each as few bytes as it needs. */
final class Wire implements AutoCloseable {

    private static final int CONNECT_MILLIS_MAX = 2_000;

    private final Socket socket;
    private final boolean v5;
    private final DataInputStream in;

    /** A message to be published, by someone else if it is a will. */
    record Message(String topic, byte[] payload, int qos, boolean retain) {

        static Message of(String topic, int number, int fillerBytes, int qos) {
            return new Message(topic, (number + " " + "x".repeat(fillerBytes)).getBytes(UTF_8), qos, false);
        }

        Message retained() {
            return new Message(topic, payload, qos, true);
        }
    }

    /** What CONNECT says. MQTT 3.1.1 knows neither of the times: a session is clean or stays. */
    record Connect(
            String client,
            boolean clean,
            int expirySeconds,
            @Nullable Message will,
            int delaySeconds) {}

    Wire(int port, boolean v5) throws IOException {
        this.v5 = v5;
        socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS_MAX);
            socket.setTcpNoDelay(true);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** How long to wait for a packet; zero for ever. */
    void patience(Duration patience) throws IOException {
        socket.setSoTimeout((int) patience.toMillis());
    }

    Packet read() throws IOException {
        return Packet.read(in, v5);
    }

    /** Reads until a packet of this type has come. */
    Packet await(int type) throws IOException {
        Packet packet = read();
        while (packet.type() != type) {
            packet = read();
        }
        return packet;
    }

    void connect(Connect connect) throws IOException {
        Body body = new Body();
        body.text("MQTT");
        body.writeByte(v5 ? 5 : 4);
        Message will = connect.will();
        int willFlags = will == null ? 0 : 0x04 | will.qos() << 3 | (will.retain() ? 0x20 : 0);
        body.writeByte(willFlags | (connect.clean() ? 2 : 0));
        body.writeShort(0); // no keep alive: a broker that is stopped for a while is not gone
        if (v5) {
            body.writeByte(5);
            body.writeByte(0x11); // Session Expiry Interval
            body.writeInt(connect.expirySeconds());
        }
        body.text(connect.client());
        if (will != null) {
            if (v5) {
                body.writeByte(5);
                body.writeByte(0x18); // Will Delay Interval
                body.writeInt(connect.delaySeconds());
            }
            body.text(will.topic());
            body.writeShort(will.payload().length);
            body.write(will.payload());
        }
        send(0x10, body);
    }

    void publish(Message message, int id, boolean dup) throws IOException {
        Body body = new Body();
        body.text(message.topic());
        if (message.qos() > 0) {
            body.writeShort(id);
        }
        body.noProperties(v5);
        body.write(message.payload());
        send(0x30 | (dup ? 8 : 0) | message.qos() << 1 | (message.retain() ? 1 : 0), body);
    }

    void acknowledge(int type, int id) throws IOException {
        Body body = new Body();
        body.writeShort(id);
        send(type << 4 | (type == Packet.PUBREL ? 2 : 0), body);
    }

    void subscribe(int id, String filter, int qos) throws IOException {
        Body body = new Body();
        body.writeShort(id);
        body.noProperties(v5);
        body.text(filter);
        body.writeByte(qos);
        send(0x82, body);
    }

    void ping() throws IOException {
        send(0xC0, new Body());
    }

    void disconnect() throws IOException {
        send(0xE0, new Body());
    }

    private void send(int first, Body body) throws IOException {
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(first);
        int rest = body.size();
        while (rest >= 0x80) {
            packet.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        packet.write(rest);
        body.bytes.writeTo(packet);
        socket.getOutputStream().write(packet.toByteArray());
    }

    /** As if the client's machine were gone, but that the broker learns of it at once. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException("closing a socket", e);
        }
    }

    /** Variable header and payload. */
    private static final class Body extends DataOutputStream {

        private final ByteArrayOutputStream bytes;

        Body() {
            this(new ByteArrayOutputStream());
        }

        private Body(ByteArrayOutputStream bytes) {
            super(bytes);
            this.bytes = bytes;
        }

        void text(String text) throws IOException {
            byte[] encoded = text.getBytes(UTF_8);
            writeShort(encoded.length);
            write(encoded);
        }

        void noProperties(boolean v5) throws IOException {
            if (v5) {
                writeByte(0);
            }
        }
    }
}
