// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.benchmarks.logins;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that publishes to itself, 500 times a second with QoS 0, and notes how long each message takes. The same
 * bytes go through a thread that does nothing but return them: what these take is what the machine costs anybody.
 *
 * <p>Argument: the port of the broker. {@code begin} begins, {@code end} answers with the latencies of both.
 */
final class Probe {

    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int HEAD_BYTES = 7; // of a PUBLISH to the topic "probe" without an identifier: its name

    private volatile boolean running;
    private final Latencies broker = new Latencies();
    private final Latencies echo = new Latencies();

    private Probe() {}

    private interface Task {
        void run() throws IOException;
    }

    /** See above. */
    public static void main(String[] arguments) throws Exception {
        new Probe().run(Integer.parseInt(arguments[0]));
    }

    private void run(int port) throws IOException {
        Socket client = connect(port);
        client.getOutputStream().write(LoginClients.connectPacket("probe"));
        if (client.getInputStream().readNBytes(4)[3] != 0) {
            throw new IOException("probe: refused (expected: CONNACK with 0)");
        }
        var subscribe = new ByteArrayOutputStream();
        var fields = new DataOutputStream(subscribe);
        fields.write(new byte[] {(byte) 0x82, 10, 0, 1});
        fields.writeUTF("probe");
        fields.write(0);
        client.getOutputStream().write(subscribe.toByteArray());
        client.getInputStream().readNBytes(5);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Socket other = connect(server.getLocalPort());
            Socket accepted = server.accept();
            accepted.setTcpNoDelay(true);
            start("echo", () -> copy(accepted));
            begin(other, echo);
        }
        begin(client, broker);
        Child.serve(question -> {
            running = question.equals("begin");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200)); // what is under way is counted
            return running ? "begun" : broker.take() + " " + echo.take();
        });
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        return socket;
    }

    private void begin(Socket socket, Latencies latencies) {
        start("writes", () -> write(socket.getOutputStream()));
        start("reads", () -> read(new DataInputStream(socket.getInputStream()), latencies));
    }

    private static void start(String name, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        Child.OUT.println(name + ": " + e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void copy(Socket socket) throws IOException {
        byte[] buffer = new byte[1024];
        InputStream in = socket.getInputStream();
        for (int length = in.read(buffer); length > 0; length = in.read(buffer)) {
            socket.getOutputStream().write(buffer, 0, length);
        }
    }

    private void write(OutputStream out) throws IOException {
        while (true) {
            if (running) {
                var packet = new ByteArrayOutputStream();
                var fields = new DataOutputStream(packet);
                fields.write(new byte[] {0x30, HEAD_BYTES + Long.BYTES});
                fields.writeUTF("probe");
                fields.writeLong(System.nanoTime());
                out.write(packet.toByteArray());
            }
            LockSupport.parkNanos(INTERVAL_NANOS);
        }
    }

    private static void read(DataInputStream in, Latencies latencies) throws IOException {
        byte[] packet = new byte[2 + HEAD_BYTES + Long.BYTES];
        while (true) {
            in.readFully(packet);
            latencies.add(System.nanoTime() - ByteBuffer.wrap(packet).getLong(2 + HEAD_BYTES));
        }
    }
}
