// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.RawClient.Packet;
import io.skep.broker.config.StorageConfig;
import io.skep.broker.data.OfflineData;
import io.skep.broker.storage.DataFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Data with something of every kind in it, made by clients of a real broker; and what clients must find when a broker
 * starts on it. {@link #main} writes the golden folder of the present format, and its export: run it when the format
 * gets a new number, and keep the older folders.
 */
final class StoredExample {

    /** Nothing of it ends before this century does. */
    static final String CONFIG = "sessions: {expiry-max: never}\n";

    private static final String LONG = "as long as it has to be for two queues to share it on disk: 64 bytes and more";

    private static final byte[] FOREVER = {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFE};

    private StoredExample() {}

    public static void main(String[] arguments) throws IOException {
        Path home = Files.createTempDirectory("golden");
        for (int start = 0; start < 3; start++) { // so that there are tables and a log
            try (RunningBroker broker = RunningBroker.start(home, CONFIG)) {
                if (start == 0) {
                    fill(broker.port());
                } else {
                    RawClient.connect(broker.port(), "absent" + start, false).close();
                }
            }
        }
        String name = "format-" + DataFormat.current();
        Path folder = Path.of(arguments[0]);
        zip(home.resolve("data"), folder.resolve(name + ".zip"));
        try (OfflineData data = OfflineData.openExisting(StorageConfig.DEFAULT, home.resolve("data"));
                Writer export = Files.newBufferedWriter(folder.resolve(name + ".jsonl"))) {
            data.exportTo(export);
        }
    }

    /** Leaves sessions, subscriptions, messages, half-done exchanges, retained messages and a will behind. */
    static void fill(int port) throws IOException {
        try (RawClient absent = RawClient.connect(port, "absent", false);
                RawClient halfway = RawClient.connect(port, "halfway", false)) {
            absent.subscribe(2, "news/#", "$share/group/jobs/+");
            halfway.subscribe(2, "half/way");
            absent.send(Packets.disconnect());
            assertThat(absent.isClosedByBroker()).isTrue();
            publish(port);
            Packet message = halfway.expect(Packets.PUBLISH);
            halfway.send(Packets.ack(Packets.PUBREC, message.packetId()));
            halfway.expect(Packets.PUBREL);
        }
        mortal(port);
        twins(port);
        run(port);
    }

    /** Leaves two exchanges of which one record says that PUBREC has come: data of formats 1 and 2 has none. */
    private static void run(int port) throws IOException {
        try (RawClient runner = RawClient.connect(port, "runner", false);
                RawClient publisher = RawClient.connect(port, "starter", true)) {
            runner.subscribe(2, "run");
            byte[][] answers = new byte[2][];
            for (int i = 0; i < 2; i++) {
                publisher.send(Packets.publish("run", 2, i + 1, new byte[0]));
                publisher.expect(Packets.PUBREC);
                answers[i] = Packets.ack(
                        Packets.PUBREC, runner.expect(Packets.PUBLISH).packetId());
            }
            runner.send(fields(answers)); // in one piece
            runner.expect(Packets.PUBREL);
            runner.expect(Packets.PUBREL);
        }
    }

    /** Connects as the one with the two exchanges. */
    static void expectRun(int port) throws IOException {
        try (RawClient runner = resume(port, "runner")) {
            runner.expect(Packets.PUBREL);
            runner.expect(Packets.PUBREL);
        }
    }

    /** Leaves a message that two queues share: data of format 1 has none. */
    private static void twins(int port) throws IOException {
        try (RawClient first = RawClient.connect(port, "twin1", false);
                RawClient second = RawClient.connect(port, "twin2", false)) {
            first.subscribe(1, "twins");
            second.subscribe(1, "twins");
        }
        try (RawClient publisher = RawClient.connect(port, "parent", true)) {
            publisher.send(Packets.publish("twins", 1, 1, LONG.getBytes(UTF_8)));
            publisher.expect(Packets.PUBACK);
        }
    }

    /** Connects as those who share a message, and finds it. */
    static void expectTwins(int port) throws IOException {
        for (String name : List.of("twin1", "twin2")) {
            try (RawClient twin = resume(port, name)) {
                assertThat(twin.expect(Packets.PUBLISH).payload())
                        .asString(UTF_8)
                        .isEqualTo(LONG);
            }
        }
    }

    private static void publish(int port) throws IOException {
        try (RawClient publisher = RawClient.connect(port, "publisher", false)) {
            publisher.send(
                    Packets.publish("news/1", 1, 1, "one".getBytes(UTF_8)),
                    Packets.publish("jobs/1", 1, 2, "two".getBytes(UTF_8)),
                    retained(Packets.publish("state/plain", 1, 3, "on".getBytes(UTF_8))));
            for (int i = 0; i < 3; i++) {
                publisher.expect(Packets.PUBACK);
            }
            publisher.send(Packets.publish("half/way", 2, 4, "half".getBytes(UTF_8)));
            publisher.expect(Packets.PUBREC);
            publisher.send(Packets.ack(Packets.PUBREL, 4));
            publisher.expect(Packets.PUBCOMP);
            publisher.send(Packets.publish("news/2", 2, 7, "three".getBytes(UTF_8)));
            publisher.expect(Packets.PUBREC); // and the exchange is not finished
        }
    }

    /** Publishes with properties, and dies with a will that waits. */
    private static void mortal(int port) throws IOException {
        byte[] properties = fields(
                new byte[] {0x01, 1, 0x02},
                FOREVER,
                new byte[] {0x03},
                text("text/plain"),
                new byte[] {0x08},
                text("answers"),
                new byte[] {0x09, 0, 2, 0, 1, 0x26},
                text("name"),
                text("first"),
                new byte[] {0x26},
                text("name"),
                text("söcond"));
        byte[] ofWill = fields(new byte[] {0x18}, FOREVER, new byte[] {0x01, 0});
        byte[] connect = fields(
                text("MQTT"),
                new byte[] {5, 0x2C, 0, 0, 5, 0x11},
                FOREVER,
                text("mortal"),
                new byte[] {(byte) ofWill.length},
                ofWill,
                text("wills/mortal"),
                text("gone"));
        try (RawClient client = RawClient.open(port)) {
            client.send(packet(0x10, connect));
            client.expect(Packets.CONNACK);
            byte[] head = fields(text("state/lämp"), new byte[] {0, 1, (byte) properties.length}, properties);
            client.send(packet(0x33, fields(head, "on".getBytes(UTF_8))));
            client.expect(Packets.PUBACK);
            byte[] subscribe = fields(new byte[] {0, 2, 2, 0x0B, 9}, text("own/+"), new byte[] {0x0D});
            client.send(packet(0x82, subscribe));
            client.expect(Packets.SUBACK);
        }
    }

    /** Connects as the clients of the example, and finds everything. */
    static void expectAll(int port) throws IOException {
        try (RawClient watcher = RawClient.connect(port, "watcher", true)) {
            watcher.subscribe(1, "state/#", "wills/#");
            assertThat(List.of(watcher.read(), watcher.read()))
                    .extracting(Packet::topic)
                    .containsExactlyInAnyOrder("state/lämp", "state/plain");
            publisherRepeats(port);
            absentReturns(port);
            halfwayReturns(port);
            RawClient.connect(port, "mortal", true).close(); // a clean start ends its session, and so its delay
            Packet will = watcher.expect(Packets.PUBLISH);
            assertThat(will.topic()).isEqualTo("wills/mortal");
            assertThat(will.payload()).asString(UTF_8).isEqualTo("gone");
        }
    }

    private static void publisherRepeats(int port) throws IOException {
        try (RawClient publisher = resume(port, "publisher")) {
            publisher.send(Packets.duplicate(Packets.publish("news/2", 2, 7, "three".getBytes(UTF_8))));
            publisher.expect(Packets.PUBREC);
            publisher.send(Packets.ack(Packets.PUBREL, 7));
            publisher.expect(Packets.PUBCOMP);
            publisher.send(Packets.publish("news/3", 1, 8, "four".getBytes(UTF_8)));
            publisher.expect(Packets.PUBACK);
        }
    }

    private static void absentReturns(int port) throws IOException {
        try (RawClient absent = resume(port, "absent")) {
            List<String> payloads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                payloads.add(new String(absent.expect(Packets.PUBLISH).payload(), UTF_8));
            }
            assertThat(payloads).containsExactlyInAnyOrder("one", "two", "three", "four");
        }
    }

    private static void halfwayReturns(int port) throws IOException {
        try (RawClient halfway = resume(port, "halfway")) {
            Packet release = halfway.expect(Packets.PUBREL);
            halfway.send(Packets.ack(Packets.PUBCOMP, release.packetId()));
            halfway.send(Packets.publish("half/way", 0, 0, new byte[] {1}));
            assertThat(halfway.expect(Packets.PUBLISH).payload()).containsExactly(1);
        }
    }

    private static RawClient resume(int port, String clientId) throws IOException {
        RawClient client = RawClient.open(port);
        client.send(Packets.connect(clientId, false, 0));
        assertThat(client.expect(Packets.CONNACK).body()[0])
                .as("session present")
                .isEqualTo((byte) 1);
        return client;
    }

    private static byte[] retained(byte[] publish) {
        byte[] retained = publish.clone();
        retained[0] |= 1;
        return retained;
    }

    private static byte[] packet(int firstByte, byte[] body) {
        return fields(new byte[] {(byte) firstByte}, Packets.remainingLength(body.length), body);
    }

    private static byte[] text(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return fields(new byte[] {(byte) (bytes.length >> 8), (byte) bytes.length}, bytes);
    }

    private static byte[] fields(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    /** Unpacks a golden folder as the data folder of a home. */
    static void unpackGolden(int format, Path home) throws IOException {
        try (InputStream resource = open("golden/format-" + format + ".zip");
                ZipInputStream zip = new ZipInputStream(resource)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = home.resolve("data").resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.copy(zip, file);
            }
        }
    }

    static InputStream open(String resource) {
        return Objects.requireNonNull(StoredExample.class.getResourceAsStream(resource), resource);
    }

    private static void zip(Path data, Path target) throws IOException {
        try (OutputStream file = Files.newOutputStream(target);
                ZipOutputStream zip = new ZipOutputStream(file);
                var files = Files.list(data.resolve("rocksdb"))) {
            for (Path each : files.sorted().toList()) {
                String name = each.getFileName().toString();
                if (!name.startsWith("LOG") && !name.equals("LOCK") && !name.startsWith("OPTIONS")) {
                    zip.putNextEntry(new ZipEntry("rocksdb/" + name));
                    Files.copy(each, zip);
                    zip.closeEntry();
                }
            }
        }
    }
}
