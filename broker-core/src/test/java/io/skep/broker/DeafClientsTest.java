// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Subscribers that do not read what they asked for: what waits for them is bounded, and nobody else waits. */
class DeafClientsTest {

    private static final int MESSAGES = 3_000;
    private static final int QUEUE_MAX = 1_000;
    private static final int PAYLOAD_BYTES = 8_192;

    @TempDir
    Path home;

    @Test
    void theyGetWhatTheirBoundsKeepAndOthersGetAll() throws Exception {
        try (RunningBroker broker = RunningBroker.start(home, """
                        mqtt: {outbound-bytes-max: 64KiB}
                        sessions: {queue-messages-max: %d}
                        threads: {loops: 2}
                        """.formatted(QUEUE_MAX));
                GoodClient good = new GoodClient(broker.port());
                RawClient deafAtMostOnce = deaf(broker.port(), "deaf0", 0);
                RawClient deafAtLeastOnce = deaf(broker.port(), "deaf1", 1);
                RawClient hearing = RawClient.connect(broker.port(), "hearing", false);
                RawClient publisher = RawClient.connect(broker.port(), "loud", true)) {
            hearing.subscribe(1, "loud/#");
            AtomicInteger progress = new AtomicInteger();
            CompletableFuture<Integer> heard = CompletableFuture.supplyAsync(() -> hear(hearing, MESSAGES, progress));
            for (int i = 0; i < MESSAGES; i++) {
                byte[] payload = ByteBuffer.allocate(PAYLOAD_BYTES).putInt(i).array();
                publisher.send(Packets.publish("loud/er", 1, 1 + i, payload));
                assertThat(publisher.expect(Packets.PUBACK).packetId()).isEqualTo(1 + i);
                int sent = i;
                RunningBroker.await( // who hears shall not be dropped for, though this machine may be busy
                        "a subscriber that follows",
                        () -> sent - progress.get() < QUEUE_MAX / 2 || heard.isCompletedExceptionally());
            }
            assertThat(heard.get(RunningBroker.SOON.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo(MESSAGES);
            good.awaitRounds(5);

            assertThat(broker.count(Metric.DROPPED_QUEUE_FULL)).isEqualTo(MESSAGES - QUEUE_MAX);
            assertThat(hear(deafAtLeastOnce, QUEUE_MAX, new AtomicInteger()))
                    .isEqualTo(QUEUE_MAX); // those that came first, in order
            long dropped = broker.count(Metric.DROPPED_SLOW_CONNECTION);
            assertThat(dropped).isBetween(1L, (long) MESSAGES - 1);
            assertThat(countAtMostOnce(deafAtMostOnce, MESSAGES - (int) dropped))
                    .isEqualTo(MESSAGES - (int) dropped);
        }
    }

    /** Connects a client that reads the answer to its subscription and, for now, nothing more. */
    private static RawClient deaf(int port, String clientId, int qos) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(PAYLOAD_BYTES);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout((int) RunningBroker.SOON.toMillis());
        RawClient client = new RawClient(socket);
        client.send(Packets.connect(clientId, false, 0));
        client.expect(Packets.CONNACK);
        client.subscribe(qos, "loud/#");
        return client;
    }

    /** Receives messages at QoS 1, acknowledges each, and expects the numbers from 0 on. */
    private static int hear(RawClient client, int count, AtomicInteger progress) {
        try {
            for (int i = 0; i < count; i++) {
                RawClient.Packet message = client.expect(Packets.PUBLISH);
                assertThat(ByteBuffer.wrap(message.payload()).getInt()).isEqualTo(i);
                client.send(Packets.ack(Packets.PUBACK, message.packetId()));
                progress.set(i);
            }
            return count;
        } catch (IOException e) {
            throw new AssertionError("a subscriber failed", e);
        }
    }

    /** Receives messages at QoS 0, each of which is newer than the one before. */
    private static int countAtMostOnce(RawClient client, int most) throws IOException {
        int last = -1;
        for (int i = 0; i < most; i++) {
            int number =
                    ByteBuffer.wrap(client.expect(Packets.PUBLISH).payload()).getInt();
            assertThat(number).isGreaterThan(last);
            last = number;
        }
        client.send(new byte[] {(byte) 0xC0, 0});
        client.expect(Packets.PINGRESP); // so nothing else was on its way
        return most;
    }
}
