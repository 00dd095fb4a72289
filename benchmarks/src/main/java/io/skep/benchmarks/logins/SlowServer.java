// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.benchmarks.logins;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server that takes its time and hardly any processor: one thread. It lets everybody in.
 *
 * <p>Arguments: its port and the milliseconds of an answer. {@code answering} and {@code closed} on standard input say
 * whether it is there, {@code silent} that it is but says nothing.
 */
final class SlowServer {

    private static final String BODY = "{\"result\":\"allow\",\"permissions\":[{\"topic\":\"#\"}]}";
    private static final byte[] ANSWER = ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                    + BODY.length() + "\r\n\r\n" + BODY)
            .getBytes(ISO_8859_1);

    private final int port;
    private final long answerNanos;
    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
    private final Queue<Pending> pending = new ArrayDeque<>();
    private @Nullable ServerSocketChannel listening;
    private volatile String mode = "closed";

    /** An answer that is due, all after the same time. */
    private record Pending(SocketChannel to, long dueNanos) {}

    private SlowServer(int port, int answerMillis) throws IOException {
        this.port = port;
        this.answerNanos = TimeUnit.MILLISECONDS.toNanos(answerMillis);
    }

    /** See above. */
    public static void main(String[] arguments) throws Exception {
        SlowServer server = new SlowServer(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
        Thread thread = new Thread(server::run, "server");
        thread.setDaemon(true);
        thread.start();
        Child.serve(question -> {
            server.mode = question;
            server.selector.wakeup();
            return question;
        });
    }

    private void run() {
        try {
            while (true) {
                listen();
                if (pending.isEmpty()) {
                    selector.select();
                } else {
                    selector.select(1);
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    handle(key);
                }
                selector.selectedKeys().clear();
                for (Pending next = pending.peek();
                        next != null && next.dueNanos() - System.nanoTime() <= 0;
                        next = pending.peek()) {
                    pending.remove();
                    answer(next.to());
                }
            }
        } catch (IOException e) {
            Child.OUT.println("server: " + e);
        }
    }

    private void listen() throws IOException {
        boolean closed = mode.equals("closed");
        if (!closed && listening == null) {
            listening = ServerSocketChannel.open();
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
            listening.configureBlocking(false);
            listening.register(selector, SelectionKey.OP_ACCEPT);
        } else if (closed && listening != null) {
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.selectNow(); // forgets them, and gives the port back
            pending.clear();
            listening = null;
        }
    }

    private void handle(SelectionKey key) throws IOException {
        if (!key.isValid()) {
            return;
        }
        if (key.isAcceptable()) {
            SocketChannel accepted = ((ServerSocketChannel) key.channel()).accept();
            if (accepted != null) {
                accepted.configureBlocking(false);
                accepted.register(selector, SelectionKey.OP_READ);
            }
        } else {
            read((SocketChannel) key.channel());
        }
    }

    /** A request, which comes in one or two pieces: what ends with the brace of its JSON is whole. */
    private void read(SocketChannel channel) throws IOException {
        buffer.clear();
        int length;
        try {
            length = channel.read(buffer);
        } catch (IOException e) {
            length = -1; // reset
        }
        if (length < 0) {
            channel.close();
        } else if (length > 0 && buffer.get(length - 1) == '}' && !mode.equals("silent")) {
            pending.add(new Pending(channel, System.nanoTime() + answerNanos));
        }
    }

    private static void answer(SocketChannel channel) throws IOException {
        if (channel.isOpen()) {
            try {
                channel.write(ByteBuffer.wrap(ANSWER));
            } catch (IOException e) {
                channel.close();
            }
        }
    }
}
