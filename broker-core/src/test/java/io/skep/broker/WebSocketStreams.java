// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The client's end of a WebSocket: what is written goes out in binary frames, what is read comes out of them. */
final class WebSocketStreams {

    private static final int BINARY = 0x82;
    private static final int CLOSE = 0x88;
    private static final byte[] MASK = {1, 2, 3, 4};

    private WebSocketStreams() {}

    /** Sends the upgrade and reads the answer. */
    static void upgrade(InputStream in, OutputStream out) throws IOException {
        out.write("""
                GET /mqtt HTTP/1.1\r
                Host: broker\r
                Connection: Upgrade\r
                Upgrade: websocket\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Protocol: mqtt\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                \r
                """.getBytes(US_ASCII));
        out.flush();
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(US_ASCII).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException(head.toString(US_ASCII));
            }
            head.write(next);
        }
        if (!head.toString(US_ASCII).startsWith("HTTP/1.1 101 ")) {
            throw new IOException(head.toString(US_ASCII));
        }
    }

    /** {@return a stream each of whose writes is a frame} */
    static OutputStream frames(OutputStream out) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int start, int length) throws IOException {
                ByteArrayOutputStream frame = new ByteArrayOutputStream();
                DataOutputStream fields = new DataOutputStream(frame);
                fields.write(BINARY);
                if (length < 126) {
                    fields.write(0x80 | length);
                } else if (length < 65_536) {
                    fields.write(0x80 | 126);
                    fields.writeShort(length);
                } else {
                    fields.write(0x80 | 127);
                    fields.writeLong(length);
                }
                fields.write(MASK);
                for (int i = 0; i < length; i++) {
                    fields.write(bytes[start + i] ^ MASK[i % 4]);
                }
                out.write(frame.toByteArray());
                out.flush();
            }
        };
    }

    /** {@return a stream of what is in the frames; it ends with a close frame} */
    static InputStream payload(InputStream in) {
        DataInputStream frames = new DataInputStream(in);
        return new InputStream() {

            private long left;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] bytes, int start, int length) throws IOException {
                while (left == 0) {
                    int first = frames.read();
                    if (first < 0 || first == CLOSE) {
                        return -1;
                    }
                    int size = frames.readUnsignedByte();
                    left = size == 127 ? frames.readLong() : size == 126 ? frames.readUnsignedShort() : size;
                }
                int count = frames.read(bytes, start, (int) Math.min(left, length));
                left -= Math.max(0, count);
                return count;
            }
        };
    }
}
