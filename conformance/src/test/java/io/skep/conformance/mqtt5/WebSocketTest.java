// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.PINGREQ;
import static io.skep.conformance.wire.Packets.PINGRESP;
import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets5.disconnect;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.subscribe;
import static io.skep.conformance.wire.WebSocketWire.BINARY;
import static io.skep.conformance.wire.WebSocketWire.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.WebSocketWire;
import io.skep.sdk.testkit.BrokerExtension;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** MQTT 5.0 in WebSocket frames. */
class WebSocketTest {

    private static final byte[] GRANTED = hex("90 04 00 01 00 00");

    /** CONNACK of the default configuration: Receive Maximum, Maximum Packet Size, Topic Alias Maximum. */
    private static final byte[] ACCEPTED = packet(
            0x20,
            0,
            0,
            Props.of(
                    Props.two(Props.RECEIVE_MAXIMUM, 1_000),
                    Props.four(Props.MAXIMUM_PACKET_SIZE, 2_000_000),
                    Props.two(Props.TOPIC_ALIAS_MAXIMUM, 10)));

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
        return client.send(BINARY, Connect5.clean(id).packed()).expect(ACCEPTED);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-6.0.0-4")
    void theAnswerSelectsTheSubprotocol() throws IOException {
        assertThat(client.handshake("mqtt")).startsWith("http/1.1 101 ").contains("sec-websocket-protocol: mqtt\r\n");
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-6.0.0-1")
    void packetsTravelInBinaryFrames() throws IOException {
        connect("binary").send(BINARY, subscribe(1, "ws/binary", 0)).expect(GRANTED);
        byte[] message = publish("ws/binary", "x", Props.user("a", "1"));
        client.send(BINARY, message).expect(message);
        try (RawClient plain = new RawClient(broker.address(1))) {
            plain.send(Connect5.clean("plain").packed()).expect(ACCEPTED).send(message);
            client.expect(message);
        }
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-6.0.0-1")
    void aTextFrameClosesTheConnectionAndPublishesTheWill() throws IOException {
        try (RawClient plain = new RawClient(broker.address(1))) {
            plain.send(Connect5.clean("plain").packed()).expect(ACCEPTED).subscribe5("ws/text", 0);
            client.handshake("mqtt");
            Connect5 connect = Connect5.clean("text").will(0, false, "ws/text", "gone");
            client.send(BINARY, connect.packed()).expect(ACCEPTED).send(TEXT, PINGREQ);
            plain.expect(publish("ws/text", "gone"));
            client.expectClosed();
        }
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-6.0.0-1")
    void aTextFrameInsteadOfConnectClosesTheConnection() throws IOException {
        client.handshake("mqtt");
        client.send(TEXT, Connect5.clean("text").packed()).expectClosed();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-6.0.0-2")
    void aPacketMayComeInManyFramesOrFragments() throws IOException {
        client.handshake("mqtt");
        for (byte next : Connect5.clean("split").packed()) {
            client.send(BINARY, new byte[] {next});
        }
        client.expect(ACCEPTED);
        byte[] large = packet(0x30, "ws/split", 0, new byte[20_000]);
        client.send(BINARY, subscribe(1, "ws/split", 0)).expect(GRANTED);
        for (int at = 0; at < large.length; at += 999) {
            client.send(BINARY, Arrays.copyOfRange(large, at, Math.min(large.length, at + 999)));
        }
        client.expect(large);
        client.send(0x02, Arrays.copyOf(large, 7_000));
        client.send(0x00, Arrays.copyOfRange(large, 7_000, 14_000));
        client.send(0x80, Arrays.copyOfRange(large, 14_000, large.length)).expect(large);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-6.0.0-2")
    void manyPacketsMayComeInOneFrame() throws IOException {
        client.handshake("mqtt");
        client.send(BINARY, concat(Connect5.clean("one").packed(), subscribe(1, "ws/one", 0), PINGREQ));
        client.expect(ACCEPTED, GRANTED, PINGRESP);
        byte[] half = publish("ws/one", "x");
        client.send(BINARY, concat(PINGREQ, Arrays.copyOf(half, 5)));
        client.send(BINARY, concat(Arrays.copyOfRange(half, 5, half.length), PINGREQ));
        client.expect(PINGRESP, half, PINGRESP);
    }

    @Test
    void aDisconnectClosesTheWebSocket() throws IOException {
        connect("bye").send(BINARY, disconnect(0)).expectClosed();
    }
}
