// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.again;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.publish;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static io.skep.conformance.wire.Packets.suback;
import static io.skep.conformance.wire.Packets.subscribe;
import static io.skep.conformance.wire.Packets.unsuback;
import static io.skep.conformance.wire.Packets.unsubscribe;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** UNSUBSCRIBE and UNSUBACK. */
class UnsubscribeTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.10.4-4", "MQTT-3.10.4-5", "MQTT-2.3.1-7", "MQTT-2.2.2-1"})
    void unsubackHasTheIdentifierEvenIfNothingWasSubscribed() {
        clients.connect("unsuback")
                .send("A2 05 12 34 00 01 61")
                .expect("B0 02 12 34")
                .expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.10.4-1")
    void filtersAreComparedLetterByLetter() {
        RawClient client = clients.connect("letters");
        client.subscribe("unsubscribe/#", 0);
        client.send(subscribe(2, "unsubscribe/b", 0)).expect(suback(2, 0));
        client.send(unsubscribe(3, "unsubscribe/+", "Unsubscribe/b", "unsubscribe"))
                .expect(unsuback(3));
        client.send(publish("unsubscribe/c", "x")).expect(publish("unsubscribe/c", "x"));
        client.send(unsubscribe(4, "unsubscribe/#")).expect(unsuback(4));
        client.send(publish("unsubscribe/c", "x")).expectSilence();
        client.send(publish("unsubscribe/b", "y")).expect(publish("unsubscribe/b", "y"));
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.10.4-2")
    void nothingMoreIsQueuedForARemovedSubscription() {
        RawClient client = clients.connect(Connect.persistent("queue")).subscribe("unsubscribe/queue", 1);
        client.send(unsubscribe(2, "unsubscribe/queue")).expect(unsuback(2)).disconnect();
        clients.connect("sender").publishAcknowledged(1, "unsubscribe/queue", "for nobody");
        clients.resume("queue").expectNothingQueued();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.10.4-3")
    void whatIsUnderWayIsFinished() {
        RawClient client = clients.connect(Connect.persistent("finish")).subscribe("unsubscribe/finish", 2);
        RawClient sender = clients.connect("sender");
        sender.publishAcknowledged(1, "unsubscribe/finish", "one");
        sender.send(publish(2, 2, "unsubscribe/finish", "two")).expect(pubrec(2));
        int one = client.nextDelivery().id();
        int two = client.nextDelivery().id();
        client.send(unsubscribe(2, "unsubscribe/finish")).expect(unsuback(2));
        client.send(pubrec(two)).expect(pubrel(two)).drop();

        RawClient back = clients.resume("finish");
        back.expect(again(publish(1, one, "unsubscribe/finish", "one"))).expect(pubrel(two));
        back.send(Packets.puback(one), pubcomp(two)).expectSilence();
        sender.publishAcknowledged(3, "unsubscribe/finish", "three");
        back.expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.10.4-6")
    void manyFiltersHaveOneUnsuback() {
        RawClient client = clients.connect("many").subscribe("unsubscribe/many/1", 0);
        client.send(subscribe(2, "unsubscribe/many/2", 0)).expect(suback(2, 0));
        client.send(subscribe(3, "unsubscribe/many/3", 0)).expect(suback(3, 0));
        byte[] packet = unsubscribe(4, "unsubscribe/many/1", "unsubscribe/none", "unsubscribe/many/3");
        client.send(packet).expect(unsuback(4)).expectSilence();
        for (int i = 1; i <= 3; i++) {
            client.send(publish("unsubscribe/many/" + i, "x"));
        }
        client.expect(publish("unsubscribe/many/2", "x")).expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.10.3-2")
    void withoutAFilterTheConnectionCloses() {
        clients.connect("none").send("A2 02 00 01").expectClosed();
        clients.connect("none").send("A2 00").expectClosed();
    }

    @Test
    void aRemovedSubscriptionCanBeMadeAgain() {
        RawClient client = clients.connect("again");
        for (int i = 0; i < 20; i++) {
            client.subscribe("unsubscribe/again", 0)
                    .send(publish("unsubscribe/again", "x"))
                    .expect(publish("unsubscribe/again", "x"));
            client.send(unsubscribe(2, "unsubscribe/again")).expect(unsuback(2));
            client.send(publish("unsubscribe/again", "x")).expectSilence();
        }
    }
}
