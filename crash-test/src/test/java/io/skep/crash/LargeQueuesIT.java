// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.crash.Wire.Connect;
import io.skep.crash.Wire.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What waits for absent clients does not fill a heap of 256 MB, however much it is, and hardly delays a start. A usual
 * run only sees that it works; {@code skep.large.messages} and {@code skep.large.clients} make it a measurement, whose
 * figures are printed.
 */
class LargeQueuesIT {

    private static final int MESSAGES_EACH = 10;
    private static final int CONNECTIONS = 64;
    private static final int PIPELINED = 1000;
    private static final Pattern HEAP_USED = Pattern.compile("total \\d+K, used (\\d+)K");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+)");

    private final int port;
    private final ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);

    @TempDir
    private Path folder;

    LargeQueuesIT() throws IOException {
        port = Campaign.freePort(new Random());
    }

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void aLongQueueIsDrainedInOrderWhileItGrows() throws Exception {
        int messages = Integer.getInteger("skep.large.messages", 20_000);
        try (BrokerProcess broker = start("without data")) {
            leaveSession(0);
            long begun = System.nanoTime();
            publish(0, messages, i -> "queue/0");
            print("%,d messages queued, %,.0f/s", messages, messages / secondsSince(begun));
            memory(broker, "queued");
        }
        try (BrokerProcess broker = start("after a kill")) {
            memory(broker, "started");
            Future<?> more = threads.submit(() -> publish(messages, messages + messages / 10, i -> "queue/0"));
            long begun = System.nanoTime();
            drain(0, messages + messages / 10);
            print("%,d messages drained, %,.0f/s", messages * 11L / 10, messages * 1.1 / secondsSince(begun));
            more.get();
            memory(broker, "drained");
        }
    }

    @Test
    void manyAbsentClientsFitIn() throws Exception {
        int clients = Integer.getInteger("skep.large.clients", 500);
        try (BrokerProcess broker = start("without data")) {
            long begun = System.nanoTime();
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                int client = i;
                all.add(threads.submit(() -> leaveSession(client)));
            }
            for (Future<?> one : all) {
                one.get();
            }
            print("%,d sessions, %,.0f/s", clients, clients / secondsSince(begun));
            memory(broker, "sessions");
            publish(0, clients * MESSAGES_EACH, i -> "queue/" + i % clients);
            memory(broker, "queued");
        }
        try (BrokerProcess broker = start("after a kill")) {
            memory(broker, "started");
            for (int client = 0; client < clients; client += Math.max(1, clients / 20)) {
                drain(client, MESSAGES_EACH);
            }
        }
    }

    private BrokerProcess start(String what) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        Map<String, String> heap = Map.of("JAVA_OPTS", "-Xmx256m -Dskep.logs=" + folder.resolve("logs"));
        String unbounded = "sessions.queue-messages-max=100000000";
        BrokerProcess broker = BrokerProcess.start(port, folder.resolve("data"), heap, unbounded);
        try {
            broker.awaitReady();
        } catch (AssertionError e) {
            broker.close();
            throw e;
        }
        print("started %s in %.2f s", what, secondsSince(begun));
        return broker;
    }

    private Wire connect(String client, boolean clean) throws IOException {
        Wire wire = new Wire(port, false);
        wire.connect(new Connect(client, clean, 0, null, 0));
        wire.await(Packet.CONNACK);
        return wire;
    }

    private Void leaveSession(int client) throws IOException {
        try (Wire wire = connect("absent" + client, false)) {
            wire.subscribe(1, "queue/" + client, 1);
            wire.await(Packet.SUBACK);
            wire.disconnect();
        }
        return null;
    }

    /** Publishes messages with numbers, and waits until all are acknowledged. */
    private Void publish(int from, int to, IntFunction<String> topic) throws IOException {
        try (Wire wire = connect("publisher", true)) {
            int acknowledged = from;
            for (int i = from; i < to; i++) {
                wire.publish(Message.of(topic.apply(i), i, 50, 1), i % 65_535 + 1, false);
                for (; i - acknowledged >= PIPELINED; acknowledged++) {
                    wire.await(Packet.PUBACK);
                }
            }
            for (; acknowledged < to; acknowledged++) {
                wire.await(Packet.PUBACK);
            }
        }
        return null;
    }

    /** Receives what waits for a client: so many messages, in their order, none twice. */
    private void drain(int client, int messages) throws IOException {
        try (Wire wire = connect("absent" + client, false)) {
            int last = -1;
            for (int i = 0; i < messages; i++) {
                Packet.Publish message = wire.await(Packet.PUBLISH).publish();
                assertThat(message.number()).isGreaterThan(last);
                last = message.number();
                wire.acknowledge(Packet.PUBACK, message.id());
            }
        }
    }

    private void memory(BrokerProcess broker, String when) throws IOException {
        Path output = folder.resolve("heap");
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd") + " " + broker.pid();
        Tool.run("sh", "dash", "-c", jcmd + " GC.run && " + jcmd + " GC.heap_info > " + output);
        long heap = sum(HEAP_USED, Files.readString(output));
        long resident = sum(RESIDENT, Files.readString(Path.of("/proc", Long.toString(broker.pid()), "status")));
        print("%s: %d MB of heap used after a collection, %d MB resident", when, heap >> 10, resident >> 10);
    }

    private static long sum(Pattern number, String text) {
        return number.matcher(text)
                .results()
                .mapToLong(each -> Long.parseLong(each.group(1)))
                .sum();
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
