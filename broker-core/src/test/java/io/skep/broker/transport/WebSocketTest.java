// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import static io.skep.broker.transport.EchoBroker.SOON;
import static io.skep.broker.transport.EchoBroker.listener;
import static io.skep.broker.transport.EchoBroker.read;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.config.ListenerConfig;
import io.skep.broker.config.ListenerConfig.ClientCertificate;
import io.skep.broker.config.ListenerConfig.Tls;
import io.skep.broker.metrics.Metric;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketTest {

    private static final String UPGRADE = """
            GET /mqtt HTTP/1.1\r
            Host: broker\r
            Connection: keep-alive, Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            """;
    private static final String ACCEPT =
            "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="; // the example of RFC 6455
    private static final int BINARY = 0x82;

    private EchoBroker broker;

    @BeforeEach
    void start() throws IOException {
        broker = EchoBroker.start(listener(ListenerConfig.Type.WS, null, false));
    }

    @AfterEach
    void close() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 125, 126, 65_535, 65_536, 3_000_000})
    void framesOfAnySizeGoBothWays(int size) throws Exception {
        assertEchoes(HttpClient.newHttpClient(), "ws", broker, size);
    }

    @Test
    void framesGoBothWaysOverTls(@TempDir Path directory) throws Exception {
        Certificates certificates = new Certificates(directory);
        Tls tls = certificates.pem(certificates.server("server"), ClientCertificate.OPTIONAL);
        HttpClient client = HttpClient.newBuilder()
                .sslContext(certificates.clientContext(certificates.client("alice")))
                .build();
        try (EchoBroker secure = EchoBroker.start(listener(ListenerConfig.Type.WSS, tls, false))) {
            assertEchoes(client, "wss", secure, 100_000);

            assertThat(secure.nextSeen().certificates()).hasSize(1);
        }
    }

    @Test
    void theHandlersOfTheHandshakeLeaveThePipeline() throws Exception {
        try (Socket client = open("mqtt")) {
            client.getOutputStream().write(frame(BINARY, "x".getBytes(US_ASCII)));
            assertThat(read(client, 3)).isEqualTo(new byte[] {(byte) BINARY, 1, 'x'});

            assertThat(broker.nextSeen().pipeline().names()).hasSize(3).first().isEqualTo("WebSocketFrames#0");
        }
    }

    @ParameterizedTest
    @CsvSource({"mqtt,mqtt", "mqttv3.1,mqttv3.1", "'mqttv3.1, mqtt',mqtt", "'chat, mqtt',mqtt"})
    void theBestSubprotocolOfTheOfferIsSelected(String offered, String selected) throws Exception {
        try (Socket client = broker.connect()) {
            send(client, UPGRADE + "Sec-WebSocket-Protocol: " + offered + "\r\n\r\n");

            assertThat(readHead(client))
                    .startsWith("HTTP/1.1 101 ")
                    .contains(ACCEPT)
                    .contains("sec-websocket-protocol: " + selected + "\r\n"); // [MQTT-6.0.0-4]
        }
    }

    @Test
    void aClientThatOffersNoSubprotocolIsLetIn() throws Exception {
        try (Socket client = broker.connect()) {
            send(client, UPGRADE + "\r\n");

            assertThat(readHead(client)).startsWith("HTTP/1.1 101 ").doesNotContain("protocol");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/mqtt,/other,404,path: /other (expected: /mqtt)",
        "Upgrade: websocket,X: y,426,expected: a WebSocket upgrade",
        "GET,POST,426,expected: a WebSocket upgrade",
        "Version: 13,Version: 8,426,sec-websocket-version: 8 (expected: 13)",
        "Sec-WebSocket-Key,X-Key,400,sec-websocket-key",
        "Host: broker,Sec-WebSocket-Protocol: chat,400,sec-websocket-protocol: [chat] (expected: mqtt)",
        "GET /mqtt HTTP/1.1,'\u0010\u000c\u0000\u0004MQTT',400,request: unreadable"
    })
    void anythingElseThanAnUpgradeGetsAShortErrorAndIsClosed(String part, String other, int status, String reason)
            throws Exception {
        try (Socket client = broker.connect()) {
            send(client, UPGRADE.replace(part, other) + "\r\n");

            String answer = new String(client.getInputStream().readAllBytes(), US_ASCII); // to its end: it is closed
            assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains(reason);
            broker.await(Metric.CLOSED_OTHER, 1);
            assertThat(broker.nothingSeen()).isTrue();
        }
    }

    @Test
    void aRequestWithTooManyHeadersIsRefused() throws Exception {
        try (Socket client = broker.connect()) {
            send(client, UPGRADE + "X: " + "y".repeat(9_000) + "\r\n\r\n");

            assertThat(readHead(client)).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void everySplitOfTheBytesIsTheSameToTheConnection() throws Exception { // [MQTT-6.0.0-2]
        byte[] payload = new byte[300];
        new Random(7).nextBytes(payload);
        try (Socket client = broker.connect()) {
            for (byte one : (UPGRADE + "\r\n").getBytes(US_ASCII)) {
                client.getOutputStream().write(one);
            }
            readHead(client);
            for (byte one : frame(BINARY, payload)) {
                client.getOutputStream().write(one);
            }

            assertThat(readPayload(client, payload.length)).isEqualTo(payload);
        }
    }

    @Test
    void severalFramesAndFragmentsInOneSegmentAreOneStream() throws Exception { // [MQTT-6.0.0-2]
        ByteArrayOutputStream segment = new ByteArrayOutputStream();
        segment.write((UPGRADE + "\r\n").getBytes(US_ASCII)); // and even the request is in it
        segment.write(frame(BINARY, "one".getBytes(US_ASCII)));
        segment.write(frame(0x02, "two".getBytes(US_ASCII))); // binary, not final
        segment.write(frame(0x89, "ping".getBytes(US_ASCII))); // in the midst of a message
        segment.write(frame(0x00, new byte[0]));
        segment.write(frame(0x80, "three".getBytes(US_ASCII))); // continuation, final
        try (Socket client = broker.connect()) {
            client.getOutputStream().write(segment.toByteArray());

            readHead(client);
            Frames frames = new Frames(client);
            assertThat(frames.payload(11)).isEqualTo("onetwothree");
            assertThat(frames.pongs()).isEqualTo("ping");
        }
    }

    @Test
    void aTextFrameCloses() throws Exception { // [MQTT-6.0.0-1]
        assertClosedWith(1003, frame(0x81, "hello".getBytes(US_ASCII)));
    }

    @Test
    void framesAgainstTheProtocolClose() throws Exception {
        assertClosedWith(1002, new byte[] {(byte) BINARY, 1, 'x'}); // not masked
        assertClosedWith(1002, frame(0xc2, new byte[1])); // an extension's bit
        assertClosedWith(1002, frame(0x80, new byte[1])); // continues nothing
        assertClosedWith(1002, frame(0x83, new byte[1])); // an opcode that does not exist
        assertClosedWith(1002, frame(0x09, new byte[1])); // a ping in fragments
        assertClosedWith(1002, frame(0x89, new byte[126])); // a ping that is too long
        assertClosedWith(1002, new byte[] {(byte) BINARY, -1, -1, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}); // over 2^63 bytes
        byte[] first = frame(0x02, new byte[0]);
        assertClosedWith(1002, ByteBuffer.allocate(12).put(first).put(first).array()); // a message within a message
    }

    @Test
    void aCloseFrameIsAnsweredWithItsStatusAndCloses() throws Exception {
        try (Socket client = open("mqtt")) {
            client.getOutputStream().write(frame(0x88, new byte[] {3, (byte) 0xe9, 'b', 'y', 'e'}));

            assertThat(client.getInputStream().readAllBytes()).isEqualTo(new byte[] {(byte) 0x88, 2, 3, (byte) 0xe9});
        }
        broker.await(Metric.CONNECTIONS_CLOSED, 1);
    }

    private static void assertEchoes(HttpClient http, String scheme, EchoBroker broker, int size) throws Exception {
        byte[] payload = new byte[size];
        new Random(size).nextBytes(payload);
        Received received = new Received();
        WebSocket client = http.newWebSocketBuilder()
                .subprotocols("mqtt")
                .buildAsync(URI.create(scheme + "://127.0.0.1:" + broker.port() + "/mqtt?token=ignored"), received)
                .get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(client.getSubprotocol()).isEqualTo("mqtt");

        client.sendBinary(ByteBuffer.wrap(payload), true).get(SOON.toSeconds(), TimeUnit.SECONDS);

        ByteBuffer echo = ByteBuffer.allocate(size);
        while (echo.hasRemaining()) {
            echo.put(received.next());
        }
        assertThat(echo.array()).isEqualTo(payload);
        client.abort();
    }

    private void assertClosedWith(int status, byte[] sent) throws Exception {
        long before = broker.metrics.get(Metric.CLOSED_PROTOCOL_ERROR);
        try (Socket client = open("mqtt")) {
            client.getOutputStream().write(sent);

            byte[] close = {(byte) 0x88, 2, (byte) (status >> 8), (byte) status};
            assertThat(client.getInputStream().readNBytes(4)).isEqualTo(close);
        }
        broker.await(Metric.CLOSED_PROTOCOL_ERROR, before + 1);
    }

    private Socket open(String subprotocol) throws IOException {
        Socket client = broker.connect();
        send(client, UPGRADE + "Sec-WebSocket-Protocol: " + subprotocol + "\r\n\r\n");
        assertThat(readHead(client)).startsWith("HTTP/1.1 101 ");
        return client;
    }

    private static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private static String readHead(Socket client) throws IOException {
        StringBuilder head = new StringBuilder();
        InputStream in = client.getInputStream();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException(head.toString());
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static byte[] frame(int first, byte[] payload) {
        byte[] mask = {0x12, 0x34, 0x56, 0x78};
        ByteBuffer frame = ByteBuffer.allocate(14 + payload.length).put((byte) first);
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        }
        frame.put(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ mask[i % 4]));
        }
        return ByteBuffer.allocate(frame.position()).put(frame.flip()).array();
    }

    private static byte[] readPayload(Socket client, int length) throws IOException {
        return new Frames(client).payload(length).getBytes(ISO_8859_1);
    }

    /** Reads the broker's frames, which are short here. */
    private static final class Frames {

        private final Socket client;
        private final StringBuilder binary = new StringBuilder();
        private final StringBuilder pongs = new StringBuilder();

        Frames(Socket client) {
            this.client = client;
        }

        String payload(int length) throws IOException {
            while (binary.length() < length) {
                next();
            }
            return binary.toString();
        }

        String pongs() throws IOException {
            while (pongs.isEmpty()) {
                next();
            }
            return pongs.toString();
        }

        private void next() throws IOException {
            byte[] header = read(client, 2);
            int length = header[1] == 126 ? ByteBuffer.wrap(read(client, 2)).getShort() : header[1];
            String payload = new String(read(client, length), ISO_8859_1);
            ((header[0] & 0x0f) == 2 ? binary : pongs).append(payload);
        }
    }

    private static final class Received implements WebSocket.Listener {

        private final BlockingQueue<ByteBuffer> parts = new LinkedBlockingQueue<>();

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
            parts.add(data);
            webSocket.request(1);
            return null;
        }

        ByteBuffer next() throws InterruptedException {
            ByteBuffer part = parts.poll(SOON.toSeconds(), TimeUnit.SECONDS);
            if (part == null) {
                throw new AssertionError("received: nothing more (expected: all that was sent)");
            }
            return part;
        }
    }
}
