// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.Packets5;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Control characters and Unicode non-characters in topics, which a broker may refuse. */
class ControlCharacterTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    static final BrokerExtension strict = BrokerExtension.create().set("mqtt.control-characters", false);

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @RegisterExtension
    final Clients clientsOfStrict = new Clients(strict);

    @ParameterizedTest
    @ValueSource(strings = {"\u0001", "\n", "\u001F", "\u007F", "\u009F", "\uFDD0", "\uFDEF", "\uFFFE", "\uD83F\uDFFF"})
    @Normative(version = "extra", value = "U5-1.5.4-1")
    void theyAreAcceptedUnlessTheSwitchIsOff(String character) {
        String topic = "a/" + character + "/b";
        RawClient accepted = clients.connect5("accepted").subscribe5(topic, 0);
        accepted.send(Packets5.publish(topic, "x")).expect(Packets5.publish(topic, "x"));

        clientsOfStrict.connect5("publisher").send(Packets5.publish(topic, "x")).expectDisconnect(0x81);
        clientsOfStrict
                .connect5("subscriber")
                .send(Packets5.subscribe(1, topic, 0))
                .expectDisconnect(0x81);
        RawClient will = clientsOfStrict
                .open()
                .send(Connect5.clean("will").will(0, false, topic, "x").packed());
        assertThat(will.next5().reason()).isEqualTo(0x81);
        will.expectClosed();
        clientsOfStrict.connect("older").send(Packets.publish(topic, "x")).expectClosed();
        clientsOfStrict
                .open()
                .send(Connect.clean("older").will(0, false, topic, "x").packed())
                .expectClosed();
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "~", "\u00A0", "\u00E9", "\uFDCF", "\uFDF0", "\uFFFD", "\uD83D\uDC1D"})
    void otherCharactersAreAcceptedInAnyCase(String character) {
        String topic = "a/" + character + "/b";
        RawClient client = clientsOfStrict.connect5("accepted").subscribe5(topic, 0);
        client.send(Packets5.publish(topic, "x")).expect(Packets5.publish(topic, "x"));
    }

    @Test
    void aWillsTopicKeepsToTheLimitsOfTopics() {
        String deep = "/".repeat(200);
        RawClient will = clients.open()
                .send(Connect5.clean("will").will(0, false, deep, "x").packed());
        assertThat(will.next5().reason()).isEqualTo(0x90);
        will.expectClosed();
    }
}
