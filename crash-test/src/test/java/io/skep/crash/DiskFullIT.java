// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.crash.Event.Acknowledged;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full disk stops what has to be stored, and nothing else; when there is room again all goes on. */
class DiskFullIT {

    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int MEGABYTES = 64;
    private static final int HEAVY_BYTES = 100_000;
    private static final int UNANSWERED_MAX = 20;

    @TempDir
    private Path folder;

    private final History history = new History();
    private final long seed = System.nanoTime();
    private int heavyMessages;

    @Test
    void aFullFileSystemStopsOnlyWhatHasToBeStored() throws Exception {
        if (Disk.canMount()) {
            try (Disk disk = Disk.mounted(folder, MEGABYTES)) {
                publishThroughAFullDisk(disk);
            }
        } else {
            aDiskThatSaysItIsFullStopsOnlyWhatHasToBeStored();
        }
    }

    @Test
    void aDiskThatSaysItIsFullStopsOnlyWhatHasToBeStored() throws Exception {
        try (Disk disk = Disk.pretended(folder)) {
            publishThroughAFullDisk(disk);
        }
    }

    private void publishThroughAFullDisk(Disk disk) throws Exception {
        int port = Campaign.freePort(new Random(seed));
        var place = new Subscriber.Place(port, history);
        try (DurableClient absent = new DurableClient("absent", true, port, history);
                DurableClient heavy = new DurableClient("heavy", true, port, history);
                Publisher five = new Publisher(0, seed, port, history);
                Publisher three = new Publisher(1, seed, port, history);
                Subscriber reader = new Subscriber("reader", false, List.of("stream/#"), seed, place)) {
            try (BrokerProcess broker = start(disk, port)) {
                subscribe(absent);
                reader.start();
                five.start();
                three.start();
                await("messages", () -> acknowledged() > 200, broker);

                disk.fill();
                await("a full disk", () -> isFull(broker, heavy), broker);
                assertQosZeroPasses(port);
                disk.free();

                await("free space", () -> broker.output().contains("the storage writes again"), broker);
                long before = acknowledged();
                await("messages", () -> acknowledged() > before + 200, broker);
            }
            try (BrokerProcess broker = start(disk, port)) {
                five.settle();
                three.settle();
                reader.settle();
                assertThat(five.hasEnded(DEADLINE) && three.hasEnded(DEADLINE)).isTrue();
                await("a connection", absent::connect, broker);
                await("a connection", heavy::connect, broker);
                await("acknowledgements", () -> heavy.unanswered() == 0, broker);
                await("all messages", () -> Checker.check(history.events()).isEmpty(), broker);
            }
        }
    }

    private static BrokerProcess start(Disk disk, int port) throws Exception {
        return BrokerProcess.start(port, disk.data(), disk.environment()).awaitReady();
    }

    private static void subscribe(DurableClient client) throws Exception {
        assertThat(client.connect()).isTrue();
        for (String filter : List.of("stream/#", "state/#")) {
            client.subscribe(filter);
            while (!client.isSubscribed(filter)) {
                client.awaitChange(DEADLINE);
            }
        }
        client.leave();
    }

    /** What the broker has reserved beforehand is filled with messages. */
    private boolean isFull(BrokerProcess broker, DurableClient client) throws Exception {
        if ((client.isConnected() || client.connect()) && client.unanswered() < UNANSWERED_MAX) {
            client.publish(Wire.Message.of("stream/heavy/1", heavyMessages, HEAVY_BYTES, 1), heavyMessages);
            heavyMessages++;
        }
        return broker.output().contains("storage: cannot write");
    }

    private static void assertQosZeroPasses(int port) throws IOException {
        try (Wire subscriber = new Wire(port, false);
                Wire publisher = new Wire(port, true)) {
            for (Wire wire : List.of(subscriber, publisher)) {
                wire.patience(DEADLINE);
                wire.connect(new Wire.Connect(wire == subscriber ? "here" : "there", true, 0, null, 0));
                assertThat(wire.await(Packet.CONNACK).connectCode()).isZero();
            }
            subscriber.subscribe(1, "live", 0);
            subscriber.await(Packet.SUBACK);
            publisher.publish(Wire.Message.of("live", 7, 0, 0), 0, false);
            assertThat(subscriber.await(Packet.PUBLISH).publish().number()).isEqualTo(7);
        }
    }

    private long acknowledged() {
        return history.events().stream().filter(Acknowledged.class::isInstance).count();
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private void await(String what, Condition condition, BrokerProcess broker) throws Exception {
        long deadlineNanos = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadlineNanos) {
                assertThat(Checker.check(history.events()))
                        .as("waiting for %s", what)
                        .isEmpty();
                throw new AssertionError("waited in vain for " + what + ", seed " + seed + ":\n" + broker.output());
            }
            Thread.sleep(10);
        }
    }
}
