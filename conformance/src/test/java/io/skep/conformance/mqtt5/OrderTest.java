// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static io.skep.conformance.wire.Packets5.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order of messages and of their acknowledgements. */
class OrderTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private RawClient durable(String id) {
        return clients.connect(Connect5.persistent(id));
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-4.6.0-1")
    void whatIsSentAgainComesInTheOrderOfItsFirstSending() {
        RawClient receiver = durable("again").subscribe5("order/again", 2);
        RawClient sender = clients.connect5("sender");
        List<Integer> sent = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            sender.send(publish(1 + i % 2, i, "order/again", "m" + i));
            sent.add(receiver.nextPublish5().id());
        }
        receiver.drop();
        RawClient back = durable("again");
        List<Integer> repeated = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            repeated.add(back.nextPublish5().id());
        }
        assertThat(repeated).isEqualTo(sent);
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-4.6.0-2", "MQTT-4.6.0-3"})
    void acknowledgementsComeInTheOrderOfTheirMessages() {
        durable("slow").subscribe5("order/acks/stored", 2); // these wait for the disk, the others need not
        clients.connect5("fast").subscribe5("order/acks/+", 2);
        RawClient sender = clients.connect5("sender");
        byte[][] packets = new byte[400][];
        for (int i = 0; i < packets.length; i++) {
            String topic = i % 3 == 0 ? "order/acks/stored" : i % 3 == 1 ? "order/acks/fast" : "order/nobody";
            packets[i] = publish(1 + i / 2 % 2, i + 1, topic, "m" + i);
        }
        sender.send(packets);
        for (int i = 0; i < packets.length; i++) {
            Seen5 answer = sender.next5(i / 2 % 2 == 0 ? 4 : 5);
            assertThat(answer.id()).isEqualTo(i + 1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Normative(version = "5.0", value = "MQTT-4.6.0-4")
    void pubrelsComeInTheOrderOfTheirPubrecs(boolean isDurable) {
        RawClient receiver = isDurable ? durable("pubrels-durable") : clients.connect5("pubrels");
        receiver.subscribe5("order/pubrels", 2);
        RawClient sender = clients.connect5("sender");
        List<Integer> ids = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            sender.send(publish(2, i, "order/pubrels", "m" + i));
            ids.add(receiver.nextPublish5().id());
        }
        Collections.reverse(ids);
        receiver.send(ids.stream().map(Packets::pubrec).toArray(byte[][]::new));
        ids.forEach(id -> receiver.expect(pubrel(id)));
        receiver.send(ids.stream().map(Packets::pubcomp).toArray(byte[][]::new)).expectSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Normative(
            version = "5.0",
            value = {"MQTT-4.6.0-5", "MQTT-4.6.0-6"})
    void eachSubscriberSeesTheOrderOfThePublisher(int qos) {
        List<RawClient> receivers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            receivers.add(clients.connect5("order" + i).subscribe5("order/" + qos + "/#", qos));
        }
        byte[][] packets = new byte[900][];
        for (int i = 0; i < packets.length; i++) {
            String topic = "order/" + qos + "/" + i % 3;
            packets[i] = qos == 0 ? publish(topic, "m" + i) : publish(qos, i + 1, topic, "m" + i);
        }
        clients.connect5("sender").send(packets);
        for (RawClient receiver : receivers) {
            for (int i = 0; i < packets.length; i++) {
                receiver.expectPayloads5("m" + i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Normative(
            version = "5.0",
            value = {"MQTT-4.6.0-5", "MQTT-4.6.0-6"})
    void theOrderHoldsAcrossAFullWindowAnAbsenceAndTheReturn(int qos) {
        Connect5 narrow = Connect5.persistent("across" + qos).with(Props.two(Props.RECEIVE_MAXIMUM, 5));
        RawClient receiver = clients.connect(narrow).subscribe5("order/across/#", qos);
        RawClient sender = clients.connect5("sender");
        int next = 1;
        Set<String> found = new LinkedHashSet<>();
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < 20; i++) {
                publishAndRelease(sender, qos, next, "order/across/" + next % 3);
                next++;
            }
            for (int i = 0; i < 7; i++) {
                take(receiver, found);
            }
            receiver.drop();
            publishAndRelease(sender, qos, next, "order/across/x");
            next++;
            receiver = clients.connect(narrow);
        }
        while (found.size() < next - 1) {
            take(receiver, found);
        }
        List<String> expected = new ArrayList<>();
        for (int i = 1; i < next; i++) {
            expected.add("m" + i);
        }
        assertThat(found).containsExactlyElementsOf(expected);
    }

    private static void publishAndRelease(RawClient sender, int qos, int number, String topic) {
        sender.send(publish(qos, number, topic, "m" + number));
        if (qos == 1) {
            sender.expect(puback(number));
        } else {
            sender.expect(pubrec(number)).send(pubrel(number)).expect(pubcomp(number));
        }
    }

    /** Takes packets up to a message that was not seen yet, and answers them. */
    private static void take(RawClient receiver, Set<String> found) {
        boolean fresh = false;
        while (!fresh) {
            Seen5 packet = receiver.next5();
            if (packet.type() == 6) {
                receiver.send(pubcomp(packet.id()));
            } else {
                fresh = found.add(packet.payload());
                assertThat(fresh || packet.dup()).as("new or DUP").isTrue();
                receiver.send(packet.qos() == 1 ? puback(packet.id()) : pubrec(packet.id()));
            }
        }
    }
}
