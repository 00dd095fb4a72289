// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A client of good manners among bad ones: publishes at QoS 1 to itself, a message after the other, and expects each
 * one back, once, in order, acknowledged, and soon.
 */
final class GoodClient implements AutoCloseable {

    private static final String TOPIC = "good/client";
    private static final Duration PAUSE_MAX = Duration.ofSeconds(5);

    private final RawClient client;
    private final CompletableFuture<Long> life;
    private volatile boolean over;
    private volatile long rounds;
    private long longestNanos;

    GoodClient(int port) throws IOException {
        client = RawClient.connect(port, "good", false);
        client.subscribe(1, TOPIC);
        life = CompletableFuture.supplyAsync(this::live);
    }

    private long live() {
        long number = 0;
        try {
            do {
                number++;
                long begin = System.nanoTime();
                round(number);
                longestNanos = Math.max(longestNanos, System.nanoTime() - begin);
                rounds = number;
            } while (!over);
            client.send(Packets.disconnect());
        } catch (IOException e) {
            throw new AssertionError("the good client failed in round " + number, e);
        }
        return number;
    }

    private void round(long number) throws IOException {
        byte[] payload = ByteBuffer.allocate(8).putLong(number).array();
        int id = (int) (number % 65_535) + 1;
        client.send(Packets.publish(TOPIC, 1, id, payload));
        boolean acknowledged = false;
        boolean received = false;
        while (!acknowledged || !received) {
            RawClient.Packet packet = client.read();
            if (packet.type() == Packets.PUBACK) {
                assertThat(packet.packetId()).isEqualTo(id);
                acknowledged = true;
            } else {
                assertThat(packet.type()).isEqualTo(Packets.PUBLISH);
                assertThat(packet.payload()).isEqualTo(payload);
                assertThat(received).isFalse();
                client.send(Packets.ack(Packets.PUBACK, packet.packetId()));
                received = true;
            }
        }
    }

    /** {@return how many messages have come back} */
    long rounds() {
        return rounds;
    }

    /** Waits until some more messages have come back: the broker lives. */
    void awaitRounds(int more) {
        long target = rounds + more;
        RunningBroker.await("the good client's messages", () -> rounds >= target || life.isCompletedExceptionally());
    }

    /** Ends, and fails if anything was lost or slow. */
    @Override
    public void close() {
        over = true;
        try {
            assertThat(life.get(RunningBroker.SOON.toSeconds(), TimeUnit.SECONDS))
                    .isPositive();
        } catch (Exception e) {
            throw new AssertionError("the good client", e);
        } finally {
            client.close();
        }
        assertThat(Duration.ofNanos(longestNanos)).isLessThan(PAUSE_MAX);
    }
}
