// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import static io.skep.broker.transport.EchoBroker.echo;
import static io.skep.broker.transport.EchoBroker.listener;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.config.ListenerConfig;
import io.skep.broker.config.ListenerConfig.ClientCertificate;
import io.skep.broker.config.ListenerConfig.Tls;
import io.skep.broker.metrics.Metric;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxyProtocolTest {

    private static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};
    private static final String V1 = "PROXY TCP4 203.0.113.7 198.51.100.1 40001 1883\r\n";

    @Test
    void aVersion1HeaderTellsTheAddressAndTheBytesBehindItArrive() throws Exception {
        try (EchoBroker broker = start();
                Socket client = broker.connect()) {
            client.getOutputStream().write((V1 + "hello").getBytes(US_ASCII));

            assertThat(EchoBroker.read(client, 5)).asString().isEqualTo("hello");
            assertThat(echo(client, "more")).isEqualTo("more");
            EchoBroker.Seen seen = broker.nextSeen();
            assertThat(seen.address()).isEqualTo(address("203.0.113.7", 40001));
        }
    }

    @Test
    void aVersion1HeaderMayComeByteByByteAndBeOfIpv6() throws Exception {
        try (EchoBroker broker = start();
                Socket client = broker.connect()) {
            for (byte one : "PROXY TCP6 2001:db8::7 2001:db8::1 40001 1883\r\n".getBytes(US_ASCII)) {
                client.getOutputStream().write(one);
            }

            assertThat(echo(client, "hello")).isEqualTo("hello");
            assertThat(broker.nextSeen().address()).isEqualTo(address("2001:db8::7", 40001));
        }
    }

    @Test
    void aVersion2HeaderTellsTheAddress() throws Exception {
        try (EchoBroker broker = start();
                Socket client = broker.connect()) {
            client.getOutputStream().write(version2(0x21, "hello"));

            assertThat(EchoBroker.read(client, 5)).asString().isEqualTo("hello");
            EchoBroker.Seen seen = broker.nextSeen();
            assertThat(seen.address()).isEqualTo(address("203.0.113.7", 40001));
            assertThat(seen.facts().tls()).isNull();
            assertThat(seen.facts().listenerType()).isEqualTo("tcp");
            assertThat(seen.facts().proxy()).isNotNull().satisfies(proxy -> {
                assertThat(proxy.address()).isEqualTo(client.getLocalSocketAddress());
                assertThat(proxy.destination()).isEqualTo(address("198.51.100.1", 1883));
                assertThat(proxy.values()).containsOnlyKeys(2);
                assertThat(proxy.values().get(2)).asString().isEqualTo("example");
            });
        }
    }

    @Test
    void aProxyThatSpeaksForItselfHasTheAddressOfItsSocket() throws Exception {
        try (EchoBroker broker = start();
                Socket local = broker.connect();
                Socket unknown = broker.connect()) {
            local.getOutputStream().write(version2(0x20, "x"));
            EchoBroker.Seen seen = broker.nextSeen();
            assertThat(seen.address()).isEqualTo(local.getLocalSocketAddress());
            assertThat(seen.facts().proxy()).isNull();

            unknown.getOutputStream().write("PROXY UNKNOWN\r\n".getBytes(US_ASCII));
            assertThat(broker.nextSeen().address()).isEqualTo(unknown.getLocalSocketAddress());
        }
    }

    @Test
    void withoutAHeaderThereIsNoConnection() throws Exception {
        try (EchoBroker broker = start();
                Socket client = broker.connect()) {
            client.getOutputStream()
                    .write("\u0010\u000c\u0000\u0004MQTT\u0004\u0002\u0000<\u0000\u0000".getBytes(US_ASCII));

            broker.await(Metric.CLOSED_OTHER, 1);
            assertThat(broker.nothingSeen()).isTrue();
        }
    }

    /** Netty's decoder goes on with what is left of the bytes when the channel has closed. */
    @Test
    void aSecondHeaderDoesNotMendAWrongOne() throws Exception {
        try (EchoBroker broker = start();
                Socket client = broker.connect()) {
            ByteBuffer both =
                    ByteBuffer.allocate(128).put(SIGNATURE).put(HexFormat.of().parseHex("2911000141"));
            both.put(SIGNATURE).put(HexFormat.of().parseHex("2112001F")).put(new byte[36]);
            client.getOutputStream().write(both.array(), 0, both.position());

            broker.await(Metric.CLOSED_OTHER, 1);
            assertThat(broker.nothingSeen()).isTrue();
        }
    }

    @Test
    void theHeaderComesBeforeTls(@TempDir Path directory) throws Exception {
        Certificates certificates = new Certificates(directory);
        Tls tls = certificates.pem(certificates.server("server"), ClientCertificate.REQUIRED);
        try (EchoBroker broker = EchoBroker.start(listener(ListenerConfig.Type.TLS, tls, true));
                Socket socket = broker.connect()) {
            socket.getOutputStream().write(V1.getBytes(US_ASCII));

            Socket client = certificates.wrap(socket, certificates.client("alice"));

            assertThat(echo(client, "hello")).isEqualTo("hello");
            EchoBroker.Seen seen = broker.nextSeen();
            assertThat(seen.address()).isEqualTo(address("203.0.113.7", 40001));
            assertThat(seen.certificates()).hasSize(1);
        }
    }

    @Test
    void theHeaderComesBeforeAWebSocket() throws Exception {
        try (EchoBroker broker = EchoBroker.start(listener(ListenerConfig.Type.WS, null, true));
                Socket client = broker.connect()) {
            client.getOutputStream()
                    .write((V1 + "GET /mqtt HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n")
                            .getBytes(US_ASCII));

            assertThat(EchoBroker.read(client, 12)).asString().isEqualTo("HTTP/1.1 101");
            assertThat(broker.nextSeen().address()).isEqualTo(address("203.0.113.7", 40001));
        }
    }

    private static EchoBroker start() throws IOException {
        return EchoBroker.start(listener(ListenerConfig.Type.TCP, null, true));
    }

    private static byte[] version2(int command, String behind) {
        ByteBuffer header = ByteBuffer.allocate(64).put(SIGNATURE).put((byte) command);
        header.put((byte) 0x11).putShort((short) 22); // TCP over IPv4
        header.put(new byte[] {(byte) 203, 0, 113, 7, (byte) 198, 51, 100, 1});
        header.putShort((short) 40001).putShort((short) 1883);
        header.put((byte) 2).putShort((short) 7).put("example".getBytes(US_ASCII)); // the name that was asked for
        header.put(behind.getBytes(US_ASCII));
        return Arrays.copyOf(header.array(), header.position());
    }

    private static InetSocketAddress address(String literal, int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(literal), port);
    }
}
