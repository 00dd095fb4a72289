// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.ACCEPTED;
import static io.skep.conformance.wire.Packets.PINGREQ;
import static io.skep.conformance.wire.Packets.PINGRESP;
import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.publish;
import static io.skep.conformance.wire.Packets.suback;
import static io.skep.conformance.wire.Packets.subscribe;
import static io.skep.conformance.wire.WebSocketWire.BINARY;
import static io.skep.conformance.wire.WebSocketWire.CLOSE;
import static io.skep.conformance.wire.WebSocketWire.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.WebSocketWire;
import io.skep.sdk.testkit.BrokerExtension;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MQTT in WebSocket frames. */
class WebSocketTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create()
            .set("listeners[0].type", "ws")
            .set("listeners[1].name", "plain")
            .set("listeners[1].port", 0);

    private WebSocketWire client;

    @BeforeEach
    void open() throws IOException {
        client = new WebSocketWire(broker.address());
    }

    @AfterEach
    void close() throws IOException {
        client.close();
    }

    private WebSocketWire connect(String id) throws IOException {
        client.handshake("mqtt");
        return client.send(BINARY, Connect.clean(id).packed()).expect(ACCEPTED);
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-6.0.0-4")
    void theAnswerSelectsTheSubprotocol() throws IOException {
        assertThat(client.handshake("mqtt")).startsWith("http/1.1 101 ").contains("sec-websocket-protocol: mqtt\r\n");
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-6.0.0-1")
    void packetsTravelInBinaryFrames() throws IOException {
        connect("binary").send(BINARY, subscribe(1, "ws/binary", 0)).expect(suback(1, 0));
        client.send(BINARY, publish("ws/binary", "x")).expect(publish("ws/binary", "x"));
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-6.0.0-1")
    void aTextFrameClosesTheConnection() throws IOException {
        connect("text").send(TEXT, PINGREQ).expectClosed();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-6.0.0-2")
    void aPacketMayComeInManyFrames() throws IOException {
        client.handshake("mqtt");
        for (byte next : Connect.clean("split").packed()) {
            client.send(BINARY, new byte[] {next});
        }
        client.expect(ACCEPTED);
        byte[] large = packet(0x30, "ws/split", new byte[20_000]);
        client.send(BINARY, subscribe(1, "ws/split", 0)).expect(suback(1, 0));
        for (int at = 0; at < large.length; at += 999) {
            client.send(BINARY, Arrays.copyOfRange(large, at, Math.min(large.length, at + 999)));
        }
        client.expect(large);
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-6.0.0-2")
    void aPacketMayComeInAFragmentedMessage() throws IOException {
        client.handshake("mqtt");
        byte[] packet = Connect.clean("fragments").packed();
        client.send(0x02, Arrays.copyOf(packet, 5));
        client.send(0x80, Arrays.copyOfRange(packet, 5, packet.length)).expect(ACCEPTED);
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-6.0.0-2")
    void manyPacketsMayComeInOneFrame() throws IOException {
        client.handshake("mqtt");
        client.send(BINARY, concat(Connect.clean("one").packed(), subscribe(1, "ws/one", 0), PINGREQ));
        client.expect(ACCEPTED, suback(1, 0), PINGRESP);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 4_097, 65_536, 1_000_000})
    void aPayloadOfAnySizeIsDelivered(int bytes) throws IOException {
        connect("size").send(BINARY, subscribe(1, "ws/size", 0)).expect(suback(1, 0));
        byte[] packet = packet(0x30, "ws/size", new byte[bytes]);
        try (RawClient plain = new RawClient(broker.address(1))) {
            plain.send(Connect.clean("plain").packed()).expect(ACCEPTED).send(packet);
            client.expect(packet);
        }
    }

    @Test
    void aCloseFrameWithoutDisconnectPublishesTheWill() throws IOException {
        try (RawClient plain = new RawClient(broker.address(1))) {
            plain.send(Connect.clean("plain").packed()).expect(ACCEPTED).subscribe("ws/will", 0);
            client.handshake("mqtt");
            Connect connect = Connect.clean("willed").will(0, false, "ws/will", "gone");
            client.send(BINARY, connect.packed()).expect(ACCEPTED);
            client.send(CLOSE, Packets.twoBytes(1000)).expectClosed();
            plain.expect(publish("ws/will", "gone"));
        }
    }

    @Test
    void aDisconnectClosesTheWebSocket() throws IOException {
        connect("bye").send(BINARY, Packets.DISCONNECT).expectClosed();
    }
}
