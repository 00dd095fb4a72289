// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.bytes;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.testkit.BrokerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the standard lets a broker refuse, or tell, if it is configured to. */
class StrictTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create()
            .set("mqtt.control-characters", false)
            .set("mqtt.payload-format-check", true)
            .set("mqtt.redirect.stop", "use-another-server")
            .set("mqtt.redirect.server-reference", "a.example b.example:1884");

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @ParameterizedTest
    @ValueSource(strings = {"\u0001", "\u001f", "\u007f", "\u009f", "\ufdd0", "\ufffe", "\ud83f\udfff"})
    @Normative(version = "extra", value = "U5-1.5.4-1")
    void controlCharactersAndNonCharactersInTopicsAreMalformed(String odd) {
        String topic = "strict/" + odd;
        clients.connect5("strict").send(publish(topic, "x")).expectDisconnect(0x81);
        clients.connect5("strict").send(subscribe(1, topic, 0)).expectDisconnect(0x81);
        clients.open()
                .send(Connect5.clean("strict").will(0, false, topic, "gone").packed())
                .expectRefusal(0x81);
    }

    @Test
    @Normative(version = "extra", value = "U5-3.1.3-3")
    void aWillThatIsNotTheTextThatItDeclaresIsRefused() {
        byte[] text = Props.one(Props.PAYLOAD_FORMAT_INDICATOR, 1);
        Connect5 connect = Connect5.clean("text").withFlags(6);
        clients.open()
                .send(connect.withPayload("text", Props.of(text), "strict/will", bytes(hex("C3 28")))
                        .packed())
                .expectRefusal(0x99);
        clients.connect(connect.withPayload("text", Props.of(text), "strict/will", "gone"))
                .expectSilence();
        clients.connect(connect.withPayload("text", Props.of(), "strict/will", bytes(hex("C3 28"))))
                .expectSilence();
    }

    @Test
    @Normative(version = "extra", value = "U5-3.2.2-5")
    void aServerReferenceComesWithTheCodesThatMeanIt() {
        RawClient fault = clients.connect5("fault");
        assertThat(fault.send("00 00").expectDisconnect(0x81).property(Props.SERVER_REFERENCE))
                .isNull();
        RawClient online = clients.connect5("online");
        broker.stop();
        Seen5 last = online.expectDisconnect(0x9C);
        assertThat(last.property(Props.SERVER_REFERENCE)).isEqualTo("a.example b.example:1884");

        broker.set("mqtt.redirect.connect", "server-moved").start();

        RawClient moved = clients.open().send(Connect5.clean("moved").packed());
        assertThat(moved.expectRefusal(0x9D).property(Props.SERVER_REFERENCE)).isEqualTo("a.example b.example:1884");
        broker.set("mqtt.redirect.connect", "none").restart();
        clients.connect5("moved").expectSilence();
    }
}
