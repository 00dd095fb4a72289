// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.benchmarks.logins;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Clients that connect at a steady rate, and stay: one thread for all.
 *
 * <p>{@code PORT COUNT PER_SECOND} on standard input connects them, and answers when each has its answer, or nobody got
 * one for a while: with the return codes, each with how many got it (-1: a closed connection), and latencies from TCP's
 * connect to CONNACK. {@code leave} closes them all.
 */
final class LoginClients implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final InetSocketAddress address;
    private final int count;
    private final long intervalNanos;
    private final Selector selector = Selector.open();
    private final Map<Integer, Integer> codes = new TreeMap<>();
    private final Latencies latencies = new Latencies();
    private int answered;

    /** A connection that was begun. */
    private record Client(int number, long beginNanos) {}

    private LoginClients(int port, int count, int perSecond) throws IOException {
        this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.count = count;
        this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    /** See above. */
    public static void main(String[] arguments) throws Exception {
        LoginClients[] last = new LoginClients[1];
        Child.serve(question -> {
            if (question.equals("leave")) {
                last[0].close();
                return "left";
            }
            String[] words = question.split(" ", -1);
            last[0] = new LoginClients(
                    Integer.parseInt(words[0]), Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            last[0].run();
            return last[0].codes.toString().replace(" ", "") + " " + last[0].latencies.take();
        });
    }

    private void run() throws IOException {
        long begin = System.nanoTime();
        int begun = 0;
        long lastNanos = begin;
        while (answered < count && System.nanoTime() - lastNanos < PATIENCE.toNanos()) {
            while (begun < count && System.nanoTime() - begin >= begun * intervalNanos) {
                connect(begun++);
            }
            if (selector.select(1) > 0) {
                lastNanos = System.nanoTime();
                for (SelectionKey key : selector.selectedKeys()) {
                    handle(key, (Client) key.attachment());
                }
                selector.selectedKeys().clear();
            }
        }
        if (answered < count) {
            codes.put(-2, count - answered);
        }
    }

    private void connect(int number) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_CONNECT, new Client(number, System.nanoTime()));
        channel.connect(address);
    }

    private void handle(SelectionKey key, Client client) throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        if (key.isConnectable()) {
            channel.finishConnect();
            channel.write(ByteBuffer.wrap(connectPacket("storm-" + client.number())));
            key.interestOps(SelectionKey.OP_READ);
            return;
        }
        ByteBuffer connack = ByteBuffer.allocate(16);
        int code = channel.read(connack) < 4 ? -1 : connack.get(3);
        codes.merge(code, 1, Integer::sum);
        latencies.add(System.nanoTime() - client.beginNanos());
        answered++;
        key.interestOps(0);
        if (code != 0) {
            channel.close();
        }
    }

    static byte[] connectPacket(String clientId) throws IOException {
        var body = new ByteArrayOutputStream();
        var fields = new DataOutputStream(body);
        fields.writeUTF("MQTT");
        fields.writeByte(4);
        fields.writeByte(0xC2); // user name, password, clean session
        fields.writeShort(0);
        fields.writeUTF(clientId);
        fields.writeUTF("user");
        fields.writeUTF("password");
        var packet = new ByteArrayOutputStream();
        packet.write(0x10);
        packet.write(body.size());
        packet.write(body.toByteArray());
        return packet.toByteArray();
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
