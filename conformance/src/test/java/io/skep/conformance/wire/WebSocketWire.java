// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Locale;

/** A WebSocket client in bytes: a handshake, then frames of any kind. */
public final class WebSocketWire implements AutoCloseable {

    public static final int TEXT = 0x81;
    public static final int BINARY = 0x82;
    public static final int CLOSE = 0x88;

    private static final byte[] MASK = {0x5A, (byte) 0xC3, 0x11, 0x7E};

    private final Socket socket;
    private final DataInputStream in;

    public WebSocketWire(InetSocketAddress broker) throws IOException {
        socket = new Socket(broker.getAddress(), broker.getPort());
        socket.setSoTimeout(RawClient.DEADLINE_MILLIS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /** {@return the head of the answer, in lower case} */
    public String handshake(String subprotocol) throws IOException {
        String request = """
                GET /mqtt HTTP/1.1
                Host: broker
                Connection: Upgrade
                Upgrade: websocket
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                Sec-WebSocket-Protocol: %s

                """.formatted(subprotocol);
        socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        return head.toString().toLowerCase(Locale.ROOT);
    }

    /** Sends a frame of up to 65,535 bytes. */
    public WebSocketWire send(int first, byte[] content) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(first);
        if (content.length < 126) {
            frame.write(0x80 | content.length);
        } else {
            frame.writeBytes(Packets.concat(0x80 | 126, Packets.twoBytes(content.length)));
        }
        frame.writeBytes(MASK);
        for (int i = 0; i < content.length; i++) {
            frame.write(content[i] ^ MASK[i % MASK.length]);
        }
        socket.getOutputStream().write(frame.toByteArray());
        return this;
    }

    /** Expects these packets to be the next bytes, in binary frames, however they are cut. */
    public WebSocketWire expect(byte[]... packets) throws IOException {
        byte[] expected = Packets.concat((Object[]) packets);
        ByteArrayOutputStream found = new ByteArrayOutputStream();
        while (found.size() < expected.length) {
            assertThat(in.readUnsignedByte()).as("a binary frame").isEqualTo(BINARY);
            found.writeBytes(content());
        }
        assertThat(found.toByteArray()).isEqualTo(expected);
        return this;
    }

    private byte[] content() throws IOException {
        int length = in.readUnsignedByte();
        assertThat(length).as("a frame without mask").isLessThan(128);
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = Math.toIntExact(in.readLong());
        }
        byte[] content = new byte[length];
        in.readFully(content);
        return content;
    }

    /** Expects the end of the connection, with a close frame before it or without. */
    public void expectClosed() throws IOException {
        int first = in.read();
        if (first == CLOSE) {
            content();
            first = in.read();
        }
        assertThat(first).isEqualTo(-1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
