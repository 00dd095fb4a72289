// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets5.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** CONNACK of a broker whose configuration limits nothing. */
class ConnackTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.4-5", "MQTT-3.2.2-1", "MQTT-3.2.2-2", "MQTT-3.2.2-9", "MQTT-4.12.0-6"})
    @Normative(
            version = "extra",
            value = {"U5-3.2.2-1", "U5-3.2.2-2", "U5-3.2.2-3", "U5-3.2.2-4", "U5-3.2.2-5"})
    void whatIsNotLimitedIsNotMentioned() {
        Seen5 connack = clients.open().send(Connect5.clean("connack").packed()).next5();
        assertThat(connack.first()).isEqualTo(0x20);
        assertThat(connack.acknowledgeFlags()).isZero();
        assertThat(connack.reason()).isZero();
        assertThat(connack.properties())
                .containsOnlyKeys(Props.RECEIVE_MAXIMUM, Props.MAXIMUM_PACKET_SIZE, Props.TOPIC_ALIAS_MAXIMUM);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.2.2-17")
    void anAliasUpToTheMaximumIsTakenAndOneAboveIsAnError() {
        RawClient client = clients.open().send(Connect5.clean("alias").packed());
        long maximum = (long) Objects.requireNonNull(client.next5().property(Props.TOPIC_ALIAS_MAXIMUM));
        client.subscribe5("connack/alias", 0);
        client.send(publish("connack/alias", "x", Props.two(Props.TOPIC_ALIAS, (int) maximum)))
                .expect(publish("connack/alias", "x"));
        client.send(publish("connack/alias", "x", Props.two(Props.TOPIC_ALIAS, (int) maximum + 1)))
                .expectDisconnect(0x94);
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.2.2-16", "MQTT-3.1.3-6"})
    void anAssignedIdIsNeverThatOfAStoredSession() {
        clients.connect(Connect5.persistent("stored")).disconnect();
        for (int i = 0; i < 50; i++) {
            RawClient client = clients.open().send(Connect5.persistent("").packed());
            Seen5 connack = client.next5();
            assertThat(connack.sessionPresent()).isFalse();
            assertThat(connack.property(Props.ASSIGNED_CLIENT_IDENTIFIER)).isNotNull();
            client.disconnect();
        }
    }
}
