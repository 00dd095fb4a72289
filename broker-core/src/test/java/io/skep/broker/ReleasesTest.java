// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.config.StorageConfig;
import io.skep.broker.data.OfflineData;
import io.skep.broker.storage.FileTree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is stored of QoS 2 messages of which PUBREC came side by side. */
final class ReleasesTest {

    private static final int COUNT = 12;
    private static final int MORE = 6; // with the others no more than may be under way
    private static final byte[] PINGREQ = {(byte) 0xC0, 0};

    @TempDir
    private Path home;

    private RunningBroker broker;
    private RawClient reader;
    private RawClient writer;
    private final List<Integer> ids = new ArrayList<>();

    @BeforeEach
    void readMessagesWithoutAnswer() throws IOException {
        broker = RunningBroker.start(home, "");
        reader = RawClient.connect(broker.port(), "reader", false);
        reader.subscribe(2, "news");
        writer = RawClient.connect(broker.port(), "writer", true);
        publish(COUNT);
    }

    @AfterEach
    void stop() {
        reader.close();
        writer.close();
        broker.close();
    }

    private void publish(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            writer.send(Packets.publish("news", 2, ids.size() + 1, ("message " + i + " ".repeat(100)).getBytes(UTF_8)));
            writer.expect(Packets.PUBREC);
            ids.add(reader.expect(Packets.PUBLISH).packetId());
        }
    }

    private void answer(int type, int from, int to) throws IOException {
        answer(type, range(from, to));
    }

    /** In one piece, and so in one turn of the broker's loop. */
    private void answer(int type, List<Integer> which) throws IOException {
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        for (int i : which) {
            piece.write(Packets.ack(type, ids.get(i)));
        }
        reader.send(piece.toByteArray());
    }

    private void expectReleases(List<Integer> which) throws IOException {
        for (int i : which) {
            assertThat(reader.expect(Packets.PUBREL).packetId()).isEqualTo(ids.get(i));
        }
    }

    private void expectNothing() throws IOException {
        reader.send(PINGREQ);
        reader.expect(Packets.PINGRESP);
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    /** A broker on what a crash would have left now, and the reader at it. */
    private void crash() throws IOException {
        Path image = Files.createDirectories(home.resolve("image" + System.nanoTime()));
        copy(home.resolve("data"), image.resolve("data"));
        reader.close();
        writer.close();
        broker.close();
        broker = RunningBroker.start(image, "");
        home = image;
        reader = RawClient.connect(broker.port(), "reader", false);
        writer = RawClient.connect(broker.port(), "writer", true);
    }

    /** Copies what does not vanish meanwhile: after a start the engine deletes what it needs no more. */
    private static void copy(Path from, Path to) throws IOException {
        for (Path file : FileTree.files(from)) {
            try {
                FileTree.copy(from.resolve(file), to.resolve(file));
            } catch (NoSuchFileException e) {
                System.err.println("gone meanwhile: " + file);
            }
        }
    }

    @Test
    void eachIsReleasedInItsOrderAndNoneIsSentAgainAfterACrash() throws IOException {
        answer(Packets.PUBREC, 0, COUNT);
        expectReleases(range(0, COUNT));
        crash();
        expectReleases(range(0, COUNT));
        answer(Packets.PUBCOMP, 0, COUNT);
        expectNothing();
        crash();
        expectReleases(range(0, COUNT)); // their end was not stored yet
        answer(Packets.PUBCOMP, 0, COUNT);
        publish(1);
        answer(Packets.PUBREC, COUNT, COUNT + 1);
        expectReleases(List.of(COUNT));
    }

    @Test
    void whatIsOverInTheMiddleIsDeletedAndTheOthersStayReleased() throws IOException {
        answer(Packets.PUBREC, 0, COUNT);
        expectReleases(range(0, COUNT));
        answer(Packets.PUBCOMP, 5, 7);
        answer(Packets.PUBCOMP, 0, 3); // with the place that has the record
        answer(Packets.PUBCOMP, 9, 10);
        reader.send(Packets.disconnect());
        RunningBroker.await("a deletion", () -> queued().size() == 6);
        crash();
        List<Integer> left = List.of(3, 4, 7, 8, 10, 11);
        expectReleases(left);
        expectNothing();
        for (int each : left) {
            answer(Packets.PUBCOMP, each, each + 1);
        }
        expectNothing();
        reader.send(Packets.disconnect());
        RunningBroker.await("a deletion", () -> queued().isEmpty());
        crash();
        expectNothing();
    }

    /** A start goes on with the position behind the last that it finds. */
    @Test
    void aRecordSaysNothingOfMessagesThatComeAfterAStart() throws IOException {
        answer(Packets.PUBREC, 0, COUNT);
        expectReleases(range(0, COUNT));
        answer(Packets.PUBCOMP, 1, COUNT);
        reader.send(Packets.disconnect());
        RunningBroker.await("a deletion", () -> queued().size() == 1);
        crash();
        expectReleases(List.of(0));
        reader.send(Packets.disconnect());
        assertThat(reader.isClosedByBroker()).isTrue();
        for (int i = 0; i < COUNT; i++) {
            writer.send(Packets.publish("news", 2, i + 1, new byte[] {(byte) i}));
            writer.expect(Packets.PUBREC);
        }
        crash();
        expectReleases(List.of(0));
        for (int i = 0; i < COUNT; i++) {
            assertThat(reader.expect(Packets.PUBLISH).payload()).containsExactly(i);
        }
    }

    @Test
    void recordsSaySoInWhateverOrderPubrecsCame() throws IOException {
        List<Integer> order = new ArrayList<>(range(0, COUNT));
        Collections.rotate(order, 5);
        Collections.swap(order, 3, 8);
        answer(Packets.PUBREC, order);
        expectReleases(order);
        crash();
        expectReleases(range(0, COUNT));
    }

    @Test
    void aRepetitionIsAnsweredInItsTurn() throws IOException {
        answer(Packets.PUBREC, 0, 1);
        expectReleases(List.of(0));
        answer(Packets.PUBREC, List.of(1, 0, 2));
        expectReleases(List.of(1, 0, 2)); // [MQTT-4.6.0-4]
    }

    @Test
    void theSecondEndsWhatIsOver() throws IOException {
        answer(Packets.PUBREC, 0, COUNT);
        expectReleases(range(0, COUNT));
        answer(Packets.PUBCOMP, 0, COUNT - 1);
        RunningBroker.await("a deletion", () -> queued().size() == 1);
    }

    @Test
    void noRecordRefersToASharedMessageThatIsGone() throws IOException {
        RawClient twin = RawClient.connect(broker.port(), "twin", false);
        twin.subscribe(1, "news");
        publish(MORE);
        answer(Packets.PUBREC, COUNT, COUNT + MORE);
        expectReleases(range(COUNT, COUNT + MORE));
        for (int i = 0; i < MORE; i++) {
            twin.send(Packets.ack(Packets.PUBACK, twin.expect(Packets.PUBLISH).packetId()));
        }
        twin.send(PINGREQ);
        twin.expect(Packets.PINGRESP);
        RunningBroker.await("the end of the twin's queue", () -> queued().size() == COUNT + MORE);
        twin.close();
        crash();
        for (int i = 0; i < COUNT; i++) {
            reader.expect(Packets.PUBLISH);
        }
        expectReleases(range(COUNT, COUNT + MORE));
    }

    @Test
    void manyAreDeletedAtOnce() throws IOException {
        int end = 0;
        for (int round = 0; round < 5; round++) {
            int begin = end;
            end = ids.size();
            answer(Packets.PUBREC, begin, end);
            expectReleases(range(begin, end));
            answer(Packets.PUBCOMP, begin, end);
            publish(COUNT);
        }
        reader.send(Packets.disconnect());
        RunningBroker.await("a deletion", () -> queued().size() == COUNT);
        crash();
        for (int i = 0; i < COUNT; i++) {
            assertThat(reader.expect(Packets.PUBLISH).packetId()).isEqualTo(ids.get(end + i));
        }
    }

    @Test
    void exportsSayWhichAreReleased() throws IOException {
        answer(Packets.PUBREC, 2, 5);
        expectReleases(range(2, 5));
        reader.send(Packets.disconnect());
        assertThat(reader.isClosedByBroker()).isTrue();
        List<String> queued = queued();
        assertThat(queued).hasSize(COUNT);
        for (int i = 0; i < COUNT; i++) {
            assertThat(queued.get(i).contains("\"released\":true")).isEqualTo(i >= 2 && i < 5);
        }
    }

    private List<String> queued() {
        StringWriter lines = new StringWriter();
        try {
            Path image = Files.createDirectories(home.resolve("look" + System.nanoTime()));
            copy(home.resolve("data"), image.resolve("data"));
            try (OfflineData data = OfflineData.openExisting(StorageConfig.DEFAULT, image.resolve("data"))) {
                data.exportTo(lines);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines.toString()
                .lines()
                .filter(line -> line.contains("\"queued\""))
                .toList();
    }
}
