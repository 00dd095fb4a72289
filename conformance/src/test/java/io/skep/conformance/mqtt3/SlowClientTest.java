// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.ACCEPTED;
import static io.skep.conformance.wire.Packets.DISCONNECT;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.publish;
import static io.skep.conformance.wire.Packets.suback;
import static io.skep.conformance.wire.Packets.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Delivery;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that do not read what they are sent hold up nobody, and get what they are owed when they read again. */
class SlowClientTest {

    private static final String PADDING = "-".repeat(10_000);
    private static final int COUNT = 600;

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create().set("mqtt.outbound-bytes-max", 65_536);

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private RawClient slow(Connect connect, String topic, int qos) {
        RawClient slow = clients.openNarrow().send(connect.packed()).expect(ACCEPTED);
        return slow.send(subscribe(1, topic, qos)).expect(suback(1, qos));
    }

    @Test
    void qos0IsDroppedForTheSlowAndReachesTheOthers() {
        List<RawClient> fast = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            fast.add(clients.connect("fast" + i).subscribe("slow/qos0", 0));
        }
        RawClient slow = slow(Connect.clean("slow"), "slow/qos0", 0);
        RawClient sender = clients.connect("sender");
        for (int i = 0; i < COUNT; i++) {
            byte[] packet = publish("slow/qos0", i + PADDING);
            sender.send(packet);
            fast.forEach(client -> client.expect(packet));
        }
        assertThat(broker.metrics().get(Metric.DROPPED_SLOW_CONNECTION)).isPositive();
        int previous = -1;
        slow.send(DISCONNECT);
        while (slow.isPacketNext()) {
            int number = number(slow.nextDelivery());
            assertThat(number).isGreaterThan(previous);
            previous = number;
        }
        assertThat(previous).isLessThan(COUNT - 1);
    }

    private static int number(Delivery delivery) {
        assertThat(delivery.payload()).endsWith(PADDING);
        return Integer.parseInt(
                delivery.payload().substring(0, delivery.payload().length() - PADDING.length()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void qos1WaitsForTheSlowAndReachesTheOthersAtOnce(boolean durable) {
        String topic = "slow/qos1/" + durable;
        RawClient fast = clients.connect("fast").subscribe(topic, 1);
        RawClient slow = slow(durable ? Connect.persistent("slow-durable") : Connect.clean("slow"), topic, 1);
        RawClient sender = clients.connect("sender");
        for (int i = 0; i < COUNT; i++) {
            sender.publishAcknowledged(1 + i, topic, i + PADDING);
            fast.send(puback(fast.nextDelivery().id()));
        }
        for (int i = 0; i < COUNT; i++) {
            Delivery delivery = slow.nextDelivery();
            assertThat(number(delivery)).isEqualTo(i);
            slow.send(puback(delivery.id()));
        }
        slow.expectSilence();
    }

    @Test
    void whoDoesNotReadItsAnswersIsNotRead() throws InterruptedException {
        RawClient flooding =
                clients.openNarrow().send(Connect.clean("flooding").packed()).expect(ACCEPTED);
        RawClient watcher = clients.connect("watcher").subscribe("slow/end", 0);
        byte[][] pings = new byte[200_000][];
        Arrays.fill(pings, Packets.PINGREQ);
        Thread sending = new Thread(() -> flooding.send(pings));
        sending.start();
        clients.connect("sender").send(publish("slow/end", "others are served"));
        watcher.expect(publish("slow/end", "others are served"));
        for (int i = 0; i < pings.length; i++) {
            flooding.expect(Packets.PINGRESP);
        }
        sending.join();
    }

    @Test
    void aSlowClientThatLeavesCostsNothing() {
        RawClient slow = slow(Connect.clean("leaving"), "slow/leaving", 0);
        RawClient sender = clients.connect("sender");
        for (int i = 0; i < 200; i++) {
            sender.send(publish("slow/leaving", i + PADDING));
        }
        sender.expectSilence();
        slow.drop();
        clients.connect("leaving")
                .subscribe("slow/leaving", 0)
                .send(publish("slow/leaving", "x"))
                .expect(publish("slow/leaving", "x"));
    }
}
