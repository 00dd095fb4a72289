// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A client of MQTT 5.0 that sends any bytes and answers nothing by itself; packets are below 128 bytes. */
final class AuthClient implements AutoCloseable {

    static final String METHOD = "TEST";
    static final int CONTINUE = 0x18;
    static final int AGAIN = 0x19;

    private final Socket socket = new Socket();
    private final DataInputStream in;

    AuthClient(InetSocketAddress broker) throws IOException {
        socket.setTcpNoDelay(true);
        socket.connect(broker, 10_000);
        socket.setSoTimeout(10_000);
        in = new DataInputStream(socket.getInputStream());
    }

    AuthClient send(byte[]... packets) throws IOException {
        socket.getOutputStream().write(concat(packets));
        return this;
    }

    /** Expects these bytes to be the next ones. */
    AuthClient expect(byte[] packet) throws IOException {
        assertThat(HexFormat.of().formatHex(next())).isEqualTo(HexFormat.of().formatHex(packet));
        return this;
    }

    /** Expects a CONNACK that refuses, then the end. */
    void expectRefusal(int reasonCode) throws IOException {
        byte[] connack = next();
        assertThat(connack[0] & 0xFF).isEqualTo(0x20);
        assertThat(connack[2]).as("session present").isZero();
        assertThat(connack[3] & 0xFF).isEqualTo(reasonCode);
        expectEnd();
    }

    /** Expects a DISCONNECT, then the end. */
    void expectDisconnect(int reasonCode) throws IOException {
        byte[] disconnect = next();
        assertThat(disconnect[0] & 0xFF).isEqualTo(0xE0);
        assertThat(disconnect[2] & 0xFF).isEqualTo(reasonCode);
        expectEnd();
    }

    void expectEnd() throws IOException {
        int next;
        try {
            next = in.read();
        } catch (SocketException e) {
            next = -1; // a reset, for the broker closed with bytes unread
        }
        assertThat(next).as("a byte where the end should be").isEqualTo(-1);
    }

    /** {@return the next packet} */
    byte[] next() throws IOException {
        try {
            int first = in.readUnsignedByte();
            int length = in.readUnsignedByte();
            assertThat(length).isLessThan(128);
            return concat(new byte[] {(byte) first, (byte) length}, in.readNBytes(length));
        } catch (EOFException e) {
            throw new AssertionError("closed (expected: a packet)", e);
        }
    }

    /** CONNECT with an authentication method and data. */
    static byte[] connect(String id, @Nullable String method, @Nullable String data) {
        return connect(id, authentication(method, data), 2);
    }

    static byte[] connect(String id, byte[] properties, int flags) {
        return packet(0x10, string("MQTT"), bytes(5, flags, 0, 0), section(properties), string(id));
    }

    static byte[] auth(int reasonCode, @Nullable String method, @Nullable String data) {
        return packet(0xF0, bytes(reasonCode), section(authentication(method, data)));
    }

    static byte[] connack(boolean sessionPresent, byte[] authentication) {
        byte[] limits = bytes(0x21, 0x03, 0xE8, 0x27, 0x00, 0x1E, 0x84, 0x80, 0x22, 0x00, 0x0A);
        return packet(0x20, bytes(sessionPresent ? 1 : 0, 0), section(concat(limits, authentication)));
    }

    static byte[] authentication(@Nullable String method, @Nullable String data) {
        return concat(
                method == null ? bytes() : concat(bytes(0x15), string(method)),
                data == null ? bytes() : concat(bytes(0x16), string(data)));
    }

    /** PUBLISH at QoS 1 with an empty payload. */
    static byte[] publish(String topic, int packetId) {
        return packet(0x32, string(topic), bytes(0, packetId, 0));
    }

    static byte[] subscribe(String filter, int packetId) {
        return packet(0x82, bytes(0, packetId, 0), string(filter), bytes(1));
    }

    static byte[] section(byte[] properties) {
        return concat(bytes(properties.length), properties);
    }

    static byte[] packet(int first, byte[]... body) {
        return concat(bytes(first), section(concat(body)));
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return concat(bytes(0, utf8.length), utf8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
