// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.skep.broker.config.ConfigLoader;
import io.skep.broker.metrics.Metric;
import io.skep.broker.metrics.Metrics;
import io.skep.broker.transport.Reception;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A real broker on a free port of this machine, which must have nothing to complain of when it ends. */
final class RunningBroker implements AutoCloseable {

    static final Duration SOON = Duration.ofSeconds(20);

    private static final String TCP = "listeners: [{type: tcp, port: 0}]\n";

    private final LogLines log = new LogLines();
    private final Broker broker;

    /** Starts one. The text is a {@code skep.yaml}; without listeners it has one for TCP. */
    static RunningBroker start(Path home, String yaml) throws IOException {
        return new RunningBroker(home, yaml.contains("listeners:") ? yaml : TCP + yaml);
    }

    private RunningBroker(Path home, String yaml) throws IOException {
        Path file = Files.writeString(home.resolve("skep.yaml"), yaml);
        try {
            broker = Broker.start(new ConfigLoader(home).load(file, Map.of(), Map.of()), home);
        } catch (IOException | RuntimeException e) {
            log.close();
            throw e;
        }
    }

    int port() {
        return port(0);
    }

    /** {@return the port of a listener, by its place in the configuration} */
    int port(int listener) {
        return broker.addresses().get(listener).getPort();
    }

    <T> T get(Class<T> type) {
        return broker.get(type);
    }

    long count(Metric metric) {
        return get(Metrics.class).get(metric);
    }

    /** {@return how many connections a fault has ended} */
    long countClosed() {
        long sum = 0;
        for (Metric metric : Metric.values()) {
            sum += metric.name().startsWith("CLOSED_") ? count(metric) : 0;
        }
        return sum;
    }

    int connections() {
        return get(Reception.class).size();
    }

    List<String> events() {
        return log.events();
    }

    /** Waits for something that is about to happen. */
    static void await(String what, BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > SOON.toNanos()) {
                throw new AssertionError("did not happen in time: " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** {@return bytes of the heap that are in use, garbage aside} */
    static long usedHeap() {
        collectGarbage();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void collectGarbage() {
        WeakReference<Object> canary = new WeakReference<>(new Object());
        await("a garbage collection", () -> {
            System.gc();
            return canary.get() == null;
        });
    }

    /** Lets Netty's leak detector look at what is garbage: it does so when buffers are allocated. */
    private static void detectLeaks() {
        for (int round = 0; round < 3; round++) {
            collectGarbage();
            for (int i = 0; i < 100; i++) {
                PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
            }
        }
    }

    /** Fails if the broker warned of anything, failed at anything, or leaked a buffer. */
    void assertNoComplaints() {
        detectLeaks();
        assertThat(log.complaints()).isEmpty();
    }

    @Override
    public void close() {
        try {
            broker.stop();
            assertNoComplaints();
        } finally {
            log.close();
        }
    }
}
