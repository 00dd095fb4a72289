// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.admin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Lines over a socket: bounded in size and in time, for the other side may be anybody. */
final class Line {

    private static final int CHUNK_BYTES = 8192;

    private final SocketChannel channel;
    private final Duration timeout;

    /** Makes the channel non-blocking. */
    Line(SocketChannel channel, Duration timeout) throws IOException {
        this.channel = channel;
        this.timeout = timeout;
        channel.configureBlocking(false);
    }

    /** {@return what comes up to a line end or the end of the stream} */
    String read(int bytesMax) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        try (Selector selector = Selector.open()) {
            channel.register(selector, SelectionKey.OP_READ);
            long begin = System.nanoTime();
            while (channel.read(chunk.clear()) >= 0) {
                int end = lineEnd(chunk);
                line.write(chunk.array(), 0, end < 0 ? chunk.position() : end);
                if (line.size() > bytesMax) {
                    throw new IOException("line: over " + bytesMax + " bytes (expected: fewer)");
                }
                if (end >= 0) {
                    break;
                }
                if (chunk.position() == 0) {
                    await(selector, begin);
                }
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private static int lineEnd(ByteBuffer chunk) {
        for (int i = 0; i < chunk.position(); i++) {
            if (chunk.get(i) == '\n') {
                return i;
            }
        }
        return -1;
    }

    void write(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        try (Selector selector = Selector.open()) {
            channel.register(selector, SelectionKey.OP_WRITE);
            long begin = System.nanoTime();
            while (bytes.hasRemaining()) {
                if (channel.write(bytes) == 0) {
                    await(selector, begin);
                }
            }
        }
    }

    private void await(Selector selector, long begin) throws IOException {
        long left = timeout.toMillis() - (System.nanoTime() - begin) / 1_000_000;
        if (left <= 0 || Thread.currentThread().isInterrupted()) {
            throw new IOException("line: not whole after " + timeout.toMillis() + " ms (expected: sooner)");
        }
        selector.select(left);
        selector.selectedKeys().clear();
    }
}
