// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.ACCEPTED;
import static io.skep.conformance.wire.Packets.DISCONNECT;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.publish;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static io.skep.conformance.wire.Packets.retained;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Delivery;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a session keeps while its client is away, and when it ends. */
class SessionTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.1.2-4", "MQTT-3.2.2-2", "MQTT-3.2.2-3", "MQTT-4.1.0-1"})
    @Normative(version = "extra", value = "U3-3.2.2-1")
    void aSessionSurvivesItsConnection() {
        clients.connect(Connect.persistent("survives"))
                .subscribe("session/survives", 1)
                .disconnect();
        RawClient back = clients.resume("survives");
        clients.connect("sender").publishAcknowledged(1, "session/survives", "live");
        back.expect(publish(1, 1, "session/survives", "live"));
    }

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.1.2-5", "MQTT-3.2.0-1", "MQTT-4.5.0-1"})
    void whatComesMeanwhileIsQueuedAndFollowsConnack() {
        clients.connect(Connect.persistent("queued"))
                .subscribe("session/queued", 2)
                .disconnect();
        RawClient sender = clients.connect("sender");
        sender.publishAcknowledged(1, "session/queued", "one");
        sender.send(publish(2, 2, "session/queued", "two")).expect(pubrec(2));

        RawClient back = clients.resume("queued");

        Delivery one = back.nextDelivery();
        Delivery two = back.nextDelivery();
        assertThat(List.of(one.payload(), two.payload())).containsExactly("one", "two");
        assertThat(List.of(one.qos(), two.qos())).containsExactly(1, 2);
        assertThat(List.of(one.dup(), two.dup())).containsOnly(false);
    }

    @Test
    void qos0IsNotQueued() {
        clients.connect(Connect.persistent("qos0")).subscribe("session/qos0", 2).disconnect();
        clients.connect("sender").send(publish("session/qos0", "lost")).expectSilence();
        clients.resume("qos0").expectNothingQueued();
    }

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.1.2-6", "MQTT-3.2.2-1", "MQTT-3.2.2-3"})
    void cleanSessionWipesAnEarlierSession() {
        clients.connect(Connect.persistent("wiped"))
                .subscribe("session/wiped", 1)
                .disconnect();
        clients.connect("sender").publishAcknowledged(1, "session/wiped", "for nobody");

        RawClient clean = clients.connect("wiped");
        clients.connect("sender").publishAcknowledged(1, "session/wiped", "for nobody");
        clean.expectSilence().disconnect();

        clients.connect(Connect.persistent("wiped")).expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.1.2-6")
    void theStateOfACleanSessionDiesWithItsConnection() {
        RawClient clean = clients.connect("dies").subscribe("session/dies", 1);
        clients.connect("sender").publishAcknowledged(1, "session/dies", "unacknowledged");
        clean.expect(publish(1, 1, "session/dies", "unacknowledged")).disconnect();
        clients.connect("sender").publishAcknowledged(1, "session/dies", "for nobody");
        clients.connect(Connect.persistent("dies")).expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.1.2-7")
    void retainedMessagesOutliveTheSessionOfTheirPublisher() {
        clients.connect("publisher").send(retained("session/retained", "stays")).disconnect();
        clients.connect("publisher").disconnect();
        clients.connect("late").subscribe("session/retained", 0).expect(retained("session/retained", "stays"));
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.1.3-2")
    void aSessionBelongsToItsClientIdAlone() {
        clients.connect(Connect.persistent("mine")).subscribe("session/mine", 1).disconnect();
        clients.connect("sender").publishAcknowledged(1, "session/mine", "for mine");
        clients.connect(Connect.persistent("mine2")).expectSilence();
        clients.connect(Connect.persistent("MINE")).expectSilence();
        clients.resume("mine").expect(publish(1, 1, "session/mine", "for mine"));
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-4.1.0-2")
    void noSessionEndsWhileItsConnectionIsOpen() {
        RawClient idle = clients.connect("idle").subscribe("session/idle", 1);
        RawClient sender = clients.connect("sender");
        for (int i = 1; i <= 50; i++) {
            idle.expectSilence();
            sender.publishAcknowledged(i, "session/idle", "message " + i);
            idle.expect(publish(1, i, "session/idle", "message " + i)).send(puback(i));
        }
    }

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-4.1.0-1", "MQTT-4.3.3-2"})
    void anOpenHandshakeOfThePublisherSurvivesItsConnection() {
        RawClient watcher = clients.connect("watcher").subscribe("session/handshake", 0);
        clients.connect(Connect.persistent("handshake"))
                .send(publish(2, 5, "session/handshake", "once"))
                .expect(pubrec(5))
                .drop();
        RawClient back = clients.resume("handshake");
        back.send(Packets.packet(0x3C, "session/handshake", Packets.twoBytes(5), Packets.hex("78")))
                .expect(pubrec(5));
        watcher.expect(publish("session/handshake", "once")).expectSilence();
        back.send(pubrel(5)).expect(pubcomp(5)).send(pubrel(5)).expect(pubcomp(5));
    }

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-4.6.0-6", "MQTT-4.1.0-1"})
    void orderHoldsAcrossQueueingAndReconnecting() {
        RawClient receiver = clients.connect(Connect.persistent("order")).subscribe("session/order", 1);
        RawClient sender = clients.connect("sender");
        List<String> received = new ArrayList<>();
        int published = 0;
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 200; i++) {
                sender.send(publish(1, ++published, "session/order", "message " + published));
            }
            for (int i = 0; i < 100; i++) {
                Delivery delivery = receiver.nextDelivery();
                if (!received.contains(delivery.payload())) {
                    received.add(delivery.payload());
                }
                receiver.send(puback(delivery.id()));
            }
            receiver.send(DISCONNECT);
            assertThat(receiver.packetsUntilClosed()).isLessThanOrEqualTo(published);
            receiver = clients.resume("order");
        }
        while (received.size() < published) {
            Delivery delivery = receiver.nextDelivery();
            receiver.send(puback(delivery.id()));
            received.add(delivery.payload());
        }
        for (int i = 0; i < published; i++) {
            assertThat(received.get(i)).isEqualTo("message " + (i + 1));
        }
    }

    @Test
    void aSessionChangesFromPersistentToCleanAndBack() {
        Connect persistent = Connect.persistent("changes");
        clients.connect(persistent).subscribe("session/changes", 1).disconnect();
        clients.connect("changes").subscribe("session/changes", 1).disconnect();
        clients.open()
                .send(persistent.packed())
                .expect(ACCEPTED)
                .subscribe("session/changes", 1)
                .disconnect();
        clients.resume("changes").expectNothingQueued();
    }
}
