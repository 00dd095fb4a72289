// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets5.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** More messages for one client than there are packet identifiers. */
class IdentifiersTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create().set("mqtt.in-flight-max", 65_535);

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @Test
    @Normative(version = "extra", value = "U5-3.1.2-2")
    @Normative(version = "5.0", value = "MQTT-2.2.1-4")
    void withoutAReceiveMaximumItIsTheLargest() {
        RawClient client = clients.connect5("receiver").subscribe5("identifiers/receiver", 1);
        Set<Integer> ids = new TreeSet<>();
        publishMany("identifiers/receiver", 66_000, count -> {
            if (count <= 65_535) {
                ids.add(client.next5().id());
            }
        });
        client.expectSilence();
        assertThat(ids).hasSize(65_535);
        client.send(puback(7)).expectSilence(); // the next would have an identifier that is in use
        assertThat(client.send(puback(1)).next5().id()).isEqualTo(1);
        client.expectSilence();
    }

    @Test
    void moreMessagesMayWaitThanThereAreIdentifiers() {
        Connect5 connect = Connect5.clean("waiting").with(Props.two(Props.RECEIVE_MAXIMUM, 10));
        RawClient client = clients.connect(connect).subscribe5("identifiers/waiting", 1);
        publishMany("identifiers/waiting", 70_000, count -> {});
        for (int i = 1; i <= 70_000; i++) {
            Seen5 seen = client.next5();
            assertThat(seen.payload()).isEqualTo("" + i);
            client.send(puback(seen.id()));
        }
        client.expectSilence();
    }

    /** Publishes with QoS 1 and awaits each PUBACK; after each the step gets their count. */
    private void publishMany(String topic, int messages, IntConsumer step) {
        RawClient sender = clients.connect5("sender");
        int batch = 500;
        for (int sent = 0; sent < messages; sent += batch) {
            byte[][] packets = new byte[batch][];
            for (int i = 0; i < batch; i++) {
                packets[i] = publish(1, i + 1, topic, "" + (sent + i + 1));
            }
            sender.send(packets);
            for (int i = 1; i <= batch; i++) {
                sender.expect(puback(i));
                step.accept(sent + i);
            }
        }
    }
}
