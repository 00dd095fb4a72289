// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.config.ConfigLoader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients notice while the storage does not write, and after. */
final class FullStorageTest {

    private static final int MANY = 20_000; // more than are read in one turn
    private static final byte[] PINGREQ = {(byte) 0xC0, 0};

    @TempDir
    private Path home;

    private Broker broker;
    private RawClient absent;

    @BeforeEach
    void startWithAnAbsentSubscriber() throws IOException {
        Files.createDirectories(home.resolve("extensions"));
        ShelfEngine.write(home, "shelf", "return new Shelf(folder);");
        Path file =
                Files.writeString(home.resolve("skep.yaml"), ShelfEngine.USED + "listeners: [{type: tcp, port: 0}]\n");
        broker = Broker.start(new ConfigLoader(home).load(file, Map.of(), Map.of()), home);
        absent = connect("absent", false);
        absent.subscribe(2, "news");
        absent.send(Packets.disconnect());
        assertThat(absent.isClosedByBroker()).isTrue();
    }

    @AfterEach
    void stop() throws IOException {
        free();
        broker.stop();
    }

    @Test
    void aPublisherOfMqtt3IsHeldWithoutAnAnswerAndSendsAllAgain() throws IOException {
        RawClient publisher = connect("publisher", false);
        RawClient here = connect("here", true);
        here.subscribe(0, "live");
        Files.createFile(full());
        byte[] first = Packets.publish("news", 1, 1, "first".getBytes(UTF_8));
        byte[] second = Packets.publish("news", 2, 2, "second".getBytes(UTF_8));
        byte[] third = Packets.publish("live", 1, 3, "third".getBytes(UTF_8)); // nothing of it is to be stored
        byte[] live = Packets.publish("live", 0, 0, "live".getBytes(UTF_8));
        publisher.send(first);
        publisher.send(second, third, live, PINGREQ);
        RunningBroker.await(
                "a failure",
                () -> broker.get(io.skep.broker.storage.Journal.class).failing() != null);
        publisher.expect(Packets.PINGRESP); // and nothing before it
        publisher.send(Packets.publish("news", 1, 4, "fourth".getBytes(UTF_8)), live, PINGREQ);
        publisher.expect(Packets.PINGRESP);
        expectRefusalOfMqtt5(); // the storage takes its writes in their order, so it has refused those before, too

        free();
        assertThat(publisher.isClosedByBroker()).isTrue();
        publisher = connect("publisher", false);
        publisher.send(Packets.duplicate(first), Packets.duplicate(second));
        publisher.expect(Packets.PUBACK);
        publisher.expect(Packets.PUBREC);
        publisher.send(Packets.ack(Packets.PUBREL, 2));
        publisher.expect(Packets.PUBCOMP);
        expectNews("first", "second");
    }

    /** What comes while the failure is on its way to the loop. */
    @Test
    void nothingIsStoredOfAConnectionAfterWhatCouldNotBe() throws IOException {
        byte[][] burst = new byte[MANY][];
        for (int i = 0; i < MANY; i++) {
            burst[i] = Packets.publish("news", 1, i + 1, Integer.toString(i).getBytes(UTF_8));
        }
        RawClient publisher = connect("publisher", false);
        Files.createFile(home.resolve("data/hiccup"));
        publisher.send(burst);
        assertThat(publisher.isClosedByBroker()).isTrue();
        publisher = connect("publisher", false);
        for (int i = 0; i < MANY; i++) {
            publisher.send(Packets.duplicate(burst[i]));
            publisher.expect(Packets.PUBACK);
        }
        expectNews(IntStream.range(0, MANY).mapToObj(Integer::toString).toArray(String[]::new));
    }

    @Test
    void anExchangeGoesOnWhoseMiddleCouldNotBeStored() throws IOException {
        RawClient publisher = connect("publisher", false);
        publisher.send(Packets.publish("news", 2, 1, "once".getBytes(UTF_8)));
        publisher.expect(Packets.PUBREC);
        absent = connect("absent", false);
        int id = absent.expect(Packets.PUBLISH).packetId();
        Files.createFile(full());
        absent.send(Packets.ack(Packets.PUBREC, id));
        assertThat(absent.isClosedByBroker()).isTrue();
        free();
        absent = connect("absent", false);
        RawClient.Packet again = absent.expect(Packets.PUBLISH);
        assertThat(again.duplicate()).isTrue();
        assertThat(again.packetId()).isEqualTo(id);
        absent.send(Packets.ack(Packets.PUBREC, id));
        absent.expect(Packets.PUBREL);
        absent.send(Packets.ack(Packets.PUBCOMP, id), PINGREQ);
        absent.expect(Packets.PINGRESP);
    }

    /** Else a crash between the two would have the first one sent again, and come after the second. */
    @Test
    void whatMustBeStoredAtOnceIsNotStoredBeforeWhatMayWaitForItsSubscriber() throws IOException {
        RawClient here = connect("here", false);
        here.subscribe(1, "waiting");
        Path given = Files.createFile(home.resolve("data/given"));
        RawClient publisher = connect("publisher", true);
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        piece.write(Packets.publish("waiting", 1, 1, "first".getBytes(UTF_8)));
        piece.write(Packets.publish("news", 1, 2, "second".getBytes(UTF_8)));
        publisher.send(piece.toByteArray());
        here.expect(Packets.PUBLISH); // and nothing is said to it
        publisher.expect(Packets.PUBACK);
        publisher.expect(Packets.PUBACK);
        assertThat(Files.readString(given, StandardCharsets.ISO_8859_1)).containsSubsequence("first", "second");
    }

    private void expectRefusalOfMqtt5() throws IOException {
        try (RawClient client = RawClient.open(broker.addresses().get(0).getPort())) {
            client.send(new byte[] {0x10, 14, 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 0, 0, 0, 1, '5'});
            client.expect(Packets.CONNACK);
            client.send(new byte[] {0x32, 9, 0, 4, 'n', 'e', 'w', 's', 0, 1, 0});
            assertThat(client.expect(Packets.PUBACK).body()).containsExactly(0, 1, 0x80);
        }
    }

    private void expectNews(String... payloads) throws IOException {
        absent = connect("absent", false);
        for (String payload : payloads) {
            RawClient.Packet publish = absent.expect(Packets.PUBLISH);
            assertThat(publish.payload()).asString(UTF_8).isEqualTo(payload);
            if (publish.qos() == 1) {
                absent.send(Packets.ack(Packets.PUBACK, publish.packetId()));
            }
        }
        absent.send(PINGREQ);
        absent.expect(Packets.PINGRESP);
    }

    private RawClient connect(String clientId, boolean cleanSession) throws IOException {
        return RawClient.connect(broker.addresses().get(0).getPort(), clientId, cleanSession);
    }

    private Path full() {
        return home.resolve("data/full");
    }

    private void free() throws IOException {
        Files.deleteIfExists(full());
    }
}
