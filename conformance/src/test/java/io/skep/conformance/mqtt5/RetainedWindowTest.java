// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.puback;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.Packets5;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Retained messages that a client's Receive Maximum does not let through at once. */
class RetainedWindowTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private RawClient oneAtATime(String clientId) {
        byte[] one = Props.two(Props.RECEIVE_MAXIMUM, 1);
        return clients.connect(Connect5.persistent(clientId).with(one));
    }

    private void retain(int qos, String parent, String... topics) {
        RawClient sender = clients.connect("sender");
        for (int i = 0; i < topics.length; i++) {
            byte[] id = Packets.twoBytes(i + 1);
            sender.send(Packets.packet(0x31 | qos << 1, parent + topics[i], id, topics[i].getBytes(UTF_8)));
            sender.next();
        }
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.3.1-9", "MQTT-3.3.4-9"})
    void theNextComesWhenTheFirstIsRefused() {
        retain(2, "window/refused/", "a", "b");
        RawClient client = oneAtATime("refuses").subscribe5("window/refused/+", 2);
        Seen5 first = client.next5();
        client.subscribe5("window/refused", 0); // when it is stored, so is the second
        client.expectSilence().send(Packets5.ack(0x50, first.id(), 0x80));
        Seen5 second = client.next5();
        assertThat(List.of(first.payload(), second.payload())).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.3.1-9", "MQTT-4.5.0-1"})
    void theyAreNotLostWithTheConnection() {
        retain(1, "window/lost/", "a", "b", "c");
        RawClient client = oneAtATime("comes back").subscribe5("window/lost/+", 1);
        String first = client.next5().payload();
        client.drop();
        RawClient back = clients.open().send(Connect5.persistent("comes back").packed());
        assertThat(back.next5().sessionPresent()).isTrue();
        List<Seen5> rest = Stream.generate(back::next5).limit(3).toList();
        rest.forEach(message -> back.send(puback(message.id())));
        assertThat(rest).extracting(Seen5::dup).containsExactly(true, false, false);
        assertThat(rest).extracting(Seen5::payload).startsWith(first).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(rest).extracting(Seen5::retain).containsOnly(true);
        back.expectSilence();
    }
}
