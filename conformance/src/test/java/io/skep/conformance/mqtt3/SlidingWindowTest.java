// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.publish;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static io.skep.conformance.wire.Packets.suback;
import static io.skep.conformance.wire.Packets.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Delivery;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many messages are under way to one client: the window slides, and what is stuck in it holds nothing back. */
class SlidingWindowTest {

    private static final int WINDOW = 20;

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create().set("mqtt.in-flight-max", WINDOW);

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private RawClient receiver(String id, boolean durable, int qos) {
        Connect connect = durable ? Connect.persistent(id + "-durable") : Connect.clean(id);
        return clients.connect(connect).subscribe("window/" + id, qos);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneMessageWithoutAnswerHoldsNothingBack(boolean durable) {
        RawClient receiver = receiver("stuck", durable, 1);
        RawClient sender = clients.connect("sender").publishAcknowledged(1, "window/stuck", "stuck");
        int stuck = receiver.nextDelivery().id();
        for (int batch = 0; batch < 40; batch++) {
            for (int i = 0; i < 100; i++) {
                sender.send(publish(1, i + 1, "window/stuck", batch + "/" + i));
            }
            for (int i = 0; i < 100; i++) {
                Delivery delivery = receiver.nextDelivery();
                assertThat(delivery.payload()).isEqualTo(batch + "/" + i);
                receiver.send(puback(delivery.id()));
                sender.expect(puback(i + 1));
            }
        }
        receiver.send(puback(stuck)).expectSilence();
        receiver.disconnect();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anUnfinishedQos2HandshakeHoldsNothingBack(boolean durable) {
        RawClient receiver = receiver("handshake", durable, 2);
        RawClient sender = clients.connect("sender");
        sender.send(publish(2, 1, "window/handshake", "stuck")).expect(pubrec(1));
        int stuck = receiver.nextDelivery().id();
        receiver.send(pubrec(stuck)).expect(pubrel(stuck));
        for (int i = 0; i < 300; i++) {
            sender.publishAcknowledged(2, "window/handshake", "message " + i);
            Delivery delivery = receiver.nextDelivery();
            assertThat(delivery.payload()).isEqualTo("message " + i);
            receiver.send(puback(delivery.id()));
        }
        receiver.send(pubcomp(stuck)).expectSilence().disconnect();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void acknowledgementsMayComeInAnyOrder(boolean durable) {
        RawClient receiver = receiver("any-order", durable, 1);
        RawClient sender = clients.connect("sender");
        Random random = new Random(5);
        for (int i = 0; i < 2_000; i++) {
            sender.send(publish(1, i + 1, "window/any-order", "message " + i));
        }
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            Delivery delivery = receiver.nextDelivery();
            assertThat(delivery.payload()).isEqualTo("message " + i);
            ids.add(delivery.id());
            if (ids.size() == WINDOW) {
                Collections.shuffle(ids, random);
                int some = 1 + random.nextInt(WINDOW);
                ids.subList(0, some).forEach(id -> receiver.send(puback(id)));
                ids.subList(0, some).clear();
            }
        }
        ids.forEach(id -> receiver.send(puback(id)));
        receiver.expectSilence().disconnect();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFullWindowWaitsAndQos0PassesIt(boolean durable) {
        RawClient receiver = receiver("full", durable, 1);
        receiver.send(subscribe(2, "window/qos0", 0)).expect(suback(2, 0));
        RawClient sender = clients.connect("sender");
        for (int i = 1; i <= WINDOW + 5; i++) {
            sender.publishAcknowledged(i, "window/full", "message " + i);
        }
        List<Integer> ids = new ArrayList<>();
        for (int i = 1; i <= WINDOW; i++) {
            Delivery delivery = receiver.nextDelivery();
            assertThat(delivery.payload()).isEqualTo("message " + i);
            ids.add(delivery.id());
        }
        receiver.expectSilence();
        sender.send(publish("window/qos0", "passes"));
        receiver.expect(publish("window/qos0", "passes")).expectSilence();
        for (int i = 1; i <= 5; i++) {
            receiver.send(puback(ids.get(WINDOW - i)));
            assertThat(receiver.nextDelivery().payload()).isEqualTo("message " + (WINDOW + i));
            receiver.expectSilence();
        }
        receiver.send(Packets.DISCONNECT);
    }

    @Test
    void aResumedSessionBeginsWithAWholeWindow() {
        RawClient receiver = receiver("resumed", true, 1);
        RawClient sender = clients.connect("sender");
        for (int i = 1; i <= 100; i++) {
            sender.publishAcknowledged(i, "window/resumed", "message " + i);
        }
        for (int i = 1; i <= WINDOW; i++) {
            receiver.nextDelivery();
        }
        receiver.drop();
        RawClient back = clients.resume("resumed-durable");
        for (int i = 1; i <= 100; i++) {
            Delivery delivery = back.nextDelivery();
            assertThat(delivery.payload()).isEqualTo("message " + i);
            assertThat(delivery.dup()).isEqualTo(i <= WINDOW);
            back.send(puback(delivery.id()));
        }
        back.expectNothingQueued();
    }
}
