// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.DISCONNECT;
import static io.skep.conformance.wire.Packets.PINGREQ;
import static io.skep.conformance.wire.Packets.PINGRESP;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.twoBytes;
import static io.skep.conformance.wire.Packets5.ack;
import static io.skep.conformance.wire.Packets5.disconnect;
import static io.skep.conformance.wire.Packets5.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** DISCONNECT in both directions, and what is no reason for one. */
class DisconnectTest {

    private static final int PUBLISH = 3;

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static byte[] expiry(long seconds) {
        return Props.four(Props.SESSION_EXPIRY_INTERVAL, seconds);
    }

    private boolean isPresent(String clientId) {
        RawClient client = clients.open().send(Connect5.persistent(clientId).packed());
        return client.next5().sessionPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "packet type 0,         00 00,                         0x81",
        "second CONNECT,        10 00,                         0x82",
        "alias beyond maximum,  30 08 00 01 61 03 23 00 FF 78, 0x94",
        "alias never set,       30 08 00 00 03 23 00 01 78 78, 0x82",
        "too large,             30 FF FF FF 7F,                0x95",
        "AUTH without method,   F0 00,                         0x82"
    })
    @Normative(
            version = "5.0",
            value = {"MQTT-3.14.2-1", "MQTT-3.14.2-2", "MQTT-3.14.4-2", "MQTT-4.13.1-1", "MQTT-4.13.2-1"})
    @Normative(version = "extra", value = "U5-3.2.2-5")
    void theBrokerSaysWhyAndCloses(String what, String packet, int reason) {
        Seen5 last = clients.connect(Connect5.persistent("why").withFlags(2))
                .send(packet)
                .expectDisconnect(reason);
        assertThat(last.first()).isEqualTo(0xE0);
        assertThat(last.property(Props.SESSION_EXPIRY_INTERVAL)).isNull();
        assertThat(last.property(Props.SERVER_REFERENCE)).isNull();
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.14.4-1", "MQTT-3.14.4-2"})
    void nothingFollowsTheDisconnectOfTheBroker() {
        RawClient sender = clients.connect5("sender");
        for (int round = 0; round < 20; round++) {
            RawClient receiver = clients.connect5("follows").subscribe5("disconnect/follows", 1);
            for (int i = 0; i < 200; i++) {
                sender.send(publish("disconnect/follows", "x"));
                if (i == 100) {
                    receiver.send("00 00");
                }
            }
            sender.send(PINGREQ).expect(PINGRESP);
            Seen5 last = receiver.next5();
            while (last.type() == PUBLISH) {
                last = receiver.next5();
            }
            assertThat(last.reason()).isEqualTo(0x81);
            receiver.expectClosed();
        }
    }

    @Test
    void whatAClientSendsBehindItsDisconnectOrAViolationHasNoEffect() {
        RawClient watcher = clients.connect5("watcher").subscribe5("disconnect/behind", 0);
        byte[] behind = publish("disconnect/behind", "unheard");
        clients.connect5("behind").send(DISCONNECT, behind).expectClosed();
        clients.connect5("behind").send(hex("00 00"), behind).expectDisconnect(0x81);
        clients.connect5("behind").send(publish("disconnect/behind", "end"));
        watcher.expect(publish("disconnect/behind", "end")).expectSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x01, 0x02, 0x10, 0x18, 0x7F, 0x87, 0x8B, 0x8D, 0x8E, 0x9C, 0xA3, 0xFF})
    @Normative(version = "5.0", value = "MQTT-3.14.2-1")
    void aReasonCodeThatNoClientHasIsAnErrorAndPublishesTheWill(int reason) {
        RawClient watcher = clients.connect5("watcher").subscribe5("disconnect/code", 0);
        clients.connect(Connect5.clean("code").will(0, false, "disconnect/code", "gone"))
                .send(disconnect(reason))
                .expectDisconnect(0x81, 0x82);
        watcher.expect(publish("disconnect/code", "gone"));
    }

    @Test
    @Normative(version = "extra", value = "U5-3.14.2-3")
    void theShortFormsOfDisconnectAreTaken() {
        RawClient watcher = clients.connect5("watcher").subscribe5("disconnect/short", 0);
        Connect5 connect = Connect5.clean("short").will(0, false, "disconnect/short", "gone");
        clients.connect(connect).send("E0 00").expectClosed();
        clients.connect(connect).send("E0 01 00").expectClosed();
        clients.connect(connect).send("E0 02 00 00").expectClosed();
        watcher.expectSilence();
        clients.connect(connect).send("E0 01 04").expectClosed();
        watcher.expect(publish("disconnect/short", "gone"));
        clients.connect(connect).send("E0 02 04 00").expectClosed();
        watcher.expect(publish("disconnect/short", "gone"));
    }

    @Test
    @Normative(version = "extra", value = "U5-3.14.2-1")
    void anExpiryCannotBeSetLate() {
        RawClient watcher = clients.connect5("watcher").subscribe5("disconnect/late", 0);
        Connect5 connect = Connect5.clean("late").will(0, false, "disconnect/late", "gone");
        clients.connect(connect).send(disconnect(0, expiry(60))).expectDisconnect(0x82);
        watcher.expect(publish("disconnect/late", "gone"));
        assertThat(isPresent("late")).isFalse();
        clients.connect(connect.with(expiry(0)))
                .send(disconnect(0, expiry(0xFFFFFFFFL)))
                .expectDisconnect(0x82);
        watcher.expect(publish("disconnect/late", "gone"));
        clients.connect(connect).send(disconnect(0, expiry(0))).expectClosed();
        watcher.expectSilence();
    }

    @Test
    @Normative(version = "extra", value = "U5-3.14.2-2")
    void theExpiryOfDisconnectReplacesThatOfConnect() {
        Connect5 connect = Connect5.persistent("replaced");
        clients.connect(connect).send(disconnect(0, expiry(0))).expectClosed();
        assertThat(isPresent("replaced")).isFalse();
        clients.connect(connect).send(disconnect(0)).expectClosed();
        assertThat(isPresent("replaced")).isTrue();
        clients.connect(connect.withFlags(2)).send(DISCONNECT).expectClosed();
        assertThat(isPresent("replaced")).isTrue();
        Connect5 brief = Connect5.clean("replaced").with(expiry(1));
        RawClient watcher = clients.connect5("watcher").subscribe5("disconnect/brief", 0);
        byte[] delay = Props.four(Props.WILL_DELAY_INTERVAL, 2);
        Connect5 willed = Connect5.persistent("clock").will(0, false, "disconnect/brief", "later", delay);
        clients.connect(brief).send(disconnect(0, expiry(60))).expectClosed();
        clients.connect(willed).drop();
        watcher.expect(publish("disconnect/brief", "later")); // so the second of CONNECT is over
        assertThat(isPresent("replaced")).isTrue();
    }

    @Test
    @Normative(version = "extra", value = "U5-4.13.2-1")
    void failureCodesInAnswersLeaveTheConnectionOpen() {
        RawClient client = clients.connect5("failures").subscribe5("disconnect/failures", 2);
        client.send(publish(1, 1, "$SYS/failures", "x"), publish(2, 2, "$SYS/failures", "x"));
        assertThat(List.of(client.next5().reason(), client.next5().reason())).containsExactly(0x87, 0x87);
        client.send(ack(0x62, 77, 0x92)).expect(packet(0x70, twoBytes(77), 0x92));
        client.send(packet(0xA2, twoBytes(3), 0, "never/subscribed"));
        assertThat(client.next5().reason()).isEqualTo(0x11);

        List<Integer> ids = new ArrayList<>();
        clients.connect5("sender")
                .send(publish(1, 1, "disconnect/failures", "x"), publish(2, 2, "disconnect/failures", "x"));
        ids.add(client.next5().id());
        ids.add(client.next5().id());
        client.send(ack(0x40, ids.get(0), 0x97), ack(0x50, ids.get(1), 0x80), ack(0x50, 99, 0x99));
        client.send(ack(0x70, 98, 0x92)).send(PINGREQ);
        Seen5 next = client.next5();
        while (next.type() != 13) {
            assertThat(next.type()).as("PUBREL, if anything").isEqualTo(6);
            next = client.next5();
        }
        client.expectSilence();
    }
}
