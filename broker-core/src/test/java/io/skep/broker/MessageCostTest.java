// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a message costs the loop in garbage and in system calls, which no noise of the machine disturbs. Messages come
 * in bursts, as they do from a busy publisher; the bounds are about twice what was measured. It is the transport of the
 * JDK that is measured, for Linux does not count the calls of Netty's own.
 */
final class MessageCostTest {

    private static final ResourceLeakDetector.Level LEVEL = ResourceLeakDetector.getLevel();
    private static final int BURST = 500;
    private static final int WARM_UP = 60;
    private static final int BURSTS = 40;
    private static final byte[] PAYLOAD = new byte[64];

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** A case, and the most that a message in or out may cost. */
    private record Case(String name, int qos, boolean clean, int subscribers, double bytesMax, double callsMax) {

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        return List.of(
                new Case("QoS 0 to one", 0, true, 1, 1, 0.01),
                new Case("QoS 1 to one", 1, true, 1, 1, 0.015),
                new Case("QoS 2 to one", 2, true, 1, 1, 0.025),
                new Case("QoS 0 to 20", 0, true, 20, 1, 0.01),
                new Case("QoS 1 to 20", 1, true, 20, 1, 0.015),
                new Case("QoS 1 to a session that is kept", 1, false, 1, 250, 0.025));
    }

    /** The detector remembers where each buffer was touched. */
    @BeforeAll
    static void forgetLeaks() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterAll
    static void detectLeaks() {
        ResourceLeakDetector.setLevel(LEVEL);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aMessageCostsNextToNothing(Case what, @TempDir Path home) throws IOException {
        try (RunningBroker broker = RunningBroker.start(home, "threads: {loops: 1, transport: nio}\n")) {
            List<RawClient> readers = new ArrayList<>();
            for (int i = 0; i < what.subscribers(); i++) {
                readers.add(RawClient.connect(broker.port(), "reader" + i, what.clean()));
                readers.get(i).subscribe(what.qos(), "t");
            }
            RawClient writer = RawClient.connect(broker.port(), "writer", true);
            exchange(writer, readers, what.qos(), WARM_UP);
            long loop = loopThread();
            long task = loopTask();
            long bytes = threads.getThreadAllocatedBytes(loop);
            long calls = systemCalls(task);
            exchange(writer, readers, what.qos(), BURSTS);
            double messages = (double) BURSTS * BURST * (1 + what.subscribers());
            double bytesEach = (threads.getThreadAllocatedBytes(loop) - bytes) / messages;
            double callsEach = (systemCalls(task) - calls) / messages;
            System.err.printf("%s: %.2f bytes, %.4f system calls for a message%n", what.name(), bytesEach, callsEach);
            assertThat(bytesEach).as("bytes of garbage for a message").isLessThan(what.bytesMax());
            assertThat(callsEach)
                    .as("system calls for a message")
                    .isLessThan(what.callsMax())
                    .isPositive();
            readers.forEach(RawClient::close);
            writer.close();
        }
    }

    /** Publishes burst after burst; everybody acknowledges a burst at once. */
    private static void exchange(RawClient writer, List<RawClient> readers, int qos, int bursts) throws IOException {
        for (int burst = 0; burst < bursts; burst++) {
            byte[][] publishes = new byte[BURST][];
            for (int i = 0; i < BURST; i++) {
                publishes[i] = Packets.publish("t", qos, i + 1, PAYLOAD);
            }
            writer.send(join(publishes));
            if (qos == 1) {
                receive(writer, Packets.PUBACK);
            } else if (qos == 2) {
                answer(writer, receive(writer, Packets.PUBREC), Packets.PUBREL);
                receive(writer, Packets.PUBCOMP);
            }
            for (RawClient reader : readers) {
                int[] ids = receive(reader, Packets.PUBLISH);
                if (qos == 1) {
                    answer(reader, ids, Packets.PUBACK);
                } else if (qos == 2) {
                    answer(reader, ids, Packets.PUBREC);
                    answer(reader, receive(reader, Packets.PUBREL), Packets.PUBCOMP);
                }
            }
        }
    }

    private static int[] receive(RawClient client, int type) throws IOException {
        int[] ids = new int[BURST];
        for (int i = 0; i < BURST; i++) {
            RawClient.Packet packet = client.expect(type);
            ids[i] = packet.type() == Packets.PUBLISH && packet.qos() == 0 ? 0 : packet.packetId();
        }
        return ids;
    }

    private static void answer(RawClient client, int[] ids, int type) throws IOException {
        client.send(
                join(Arrays.stream(ids).mapToObj(id -> Packets.ack(type, id)).toArray(byte[][]::new)));
    }

    private static byte[] join(byte[][] packets) {
        byte[] all = new byte
                [Arrays.stream(packets).mapToInt(packet -> packet.length).sum()];
        int at = 0;
        for (byte[] packet : packets) {
            System.arraycopy(packet, 0, all, at, packet.length);
            at += packet.length;
        }
        return all;
    }

    private long loopThread() {
        return Arrays.stream(threads.dumpAllThreads(false, false))
                .filter(thread -> thread.getThreadName().equals("skep-loop-0"))
                .mapToLong(ThreadInfo::getThreadId)
                .findFirst()
                .orElseThrow();
    }

    /** The same thread as Linux knows it. */
    private static long loopTask() throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.filter(task -> name(task).equals("skep-loop-0"))
                    .mapToLong(task -> Long.parseLong(task.getFileName().toString()))
                    .max()
                    .orElseThrow();
        }
    }

    private static String name(Path task) {
        try {
            return Files.readString(task.resolve("comm")).strip();
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    /** {@return how often a task has read or written} */
    private static long systemCalls(long task) {
        return read(Path.of("/proc/self/task/" + task + "/io"))
                .lines()
                .filter(line -> line.startsWith("syscr: ") || line.startsWith("syscw: "))
                .mapToLong(line -> Long.parseLong(line.substring(7)))
                .sum();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
