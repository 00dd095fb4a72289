// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A client that publishes to itself, 200 times a second with QoS 0, and notes how long each message takes. */
final class LatencyProbe implements AutoCloseable {

    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int HEAD_BYTES = 7; // of a PUBLISH to the topic "probe" without an identifier: its name

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final Queue<Long> latencies = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    LatencyProbe(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
        out.write(LoginClients.connectPacket("probe"));
        in.readNBytes(4);
        var subscribe = new ByteArrayOutputStream();
        var fields = new DataOutputStream(subscribe);
        fields.write(new byte[] {(byte) 0x82, 10, 0, 1});
        fields.writeUTF("probe");
        fields.write(0);
        out.write(subscribe.toByteArray());
        in.readNBytes(5);
        start("probe writes", this::write);
        start("probe reads", this::read);
    }

    private interface Loop {
        void run() throws IOException;
    }

    private void start(String name, Loop loop) {
        Thread thread = new Thread(
                () -> {
                    try {
                        loop.run();
                    } catch (IOException e) {
                        if (!closed) {
                            System.out.println(name + ": " + e);
                        }
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private void write() throws IOException {
        while (!closed) {
            var packet = new ByteArrayOutputStream();
            var fields = new DataOutputStream(packet);
            fields.write(new byte[] {0x30, HEAD_BYTES + Long.BYTES});
            fields.writeUTF("probe");
            fields.writeLong(System.nanoTime());
            out.write(packet.toByteArray());
            LockSupport.parkNanos(INTERVAL_NANOS);
        }
    }

    private void read() throws IOException {
        while (!closed) {
            in.readNBytes(2 + HEAD_BYTES);
            latencies.add(System.nanoTime() - in.readLong());
        }
    }

    /** {@return those since the last call} */
    String latencies() {
        List<Long> taken = new ArrayList<>();
        for (Long each = latencies.poll(); each != null; each = latencies.poll()) {
            taken.add(each);
        }
        return summary(taken);
    }

    static String summary(Collection<Long> nanos) {
        List<Long> sorted = nanos.stream().sorted().toList();
        if (sorted.isEmpty()) {
            return "none";
        }
        return String.format(
                Locale.ROOT,
                "p50 %.1f ms, p99 %.1f ms, max %.1f ms of %d",
                sorted.get(sorted.size() / 2) / 1e6,
                sorted.get(sorted.size() * 99 / 100) / 1e6,
                sorted.get(sorted.size() - 1) / 1e6,
                sorted.size());
    }

    @Override
    public void close() throws IOException {
        closed = true;
        socket.close();
    }
}
