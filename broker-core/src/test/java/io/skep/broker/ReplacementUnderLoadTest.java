// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.extension.ExtensionHost;
import io.skep.broker.extension.ExtensionJar;
import io.skep.broker.extension.LoadedExtension;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Extensions are replaced while messages pass through them. */
final class ReplacementUnderLoadTest {

    private static final int REPLACEMENTS = 20;
    private static final int RELOADS = 50;
    private static final int UNDER_WAY_MAX = 20;
    private static final Duration LIVE_MAX = Duration.ofSeconds(2);

    /** Writes its version before each payload, at once or later, and uses whatever else there is. */
    private static final String PASSING = """
            public class Passing implements Extension {
                private int events;
                public record Settings(String text) {}
                public void start(ExtensionContext context) {
                    context.config(Settings.class);
                    context.onConfigChange(Settings.class, settings -> {});
                    context.logger().debug("hello");
                    context.executor().scheduleAtFixedRate(() -> events++, 1, 1, TimeUnit.MILLISECONDS);
                    context.hooks().listen(Event.class, event -> events++);
                    context.hooks().publishInterceptor((client, publish) -> {
                        Publish kept = publish.copy();
                        if (kept.payload().get(kept.payload().limit() - 1) % 2 == 0) {
                            return changed(kept);
                        }
                        return PublishAnswer.later(
                                CompletableFuture.supplyAsync(() -> changed(kept), context.executor()));
                    });
                }
                private static PublishAnswer changed(Publish publish) {
                    String text = "%s " + StandardCharsets.UTF_8.decode(publish.payload());
                    return PublishAnswer.change(
                            publish.withPayload(java.nio.ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
                }
            }
            """;

    @TempDir
    private Path home;

    private Path jar = Path.of("");

    @BeforeEach
    void makeFolder() throws IOException {
        jar = Files.createDirectories(home.resolve("extensions")).resolve("passing.jar");
    }

    @Test
    void nothingIsLostReorderedOrDoubledAndEachVersionIsSeenSoon() throws Exception {
        List<Path> versions = new ArrayList<>();
        for (int i = 1; i <= REPLACEMENTS; i++) {
            versions.add(passing(i, home.resolve(i + ".jar")));
        }
        passing(0, jar);
        try (RunningBroker broker = RunningBroker.start(home, "threads: {loops: 2}\n")) {
            AtomicBoolean goesOn = new AtomicBoolean(true);
            List<Stream> streams = new ArrayList<>();
            for (int qos = 0; qos < 3; qos++) {
                streams.add(new Stream(broker.port(), qos, goesOn));
            }
            List<Duration> delays = new ArrayList<>();
            for (int i = 1; i <= REPLACEMENTS; i++) {
                int version = i;
                long begin = System.nanoTime();
                Files.move(versions.get(i - 1), jar, StandardCopyOption.REPLACE_EXISTING);
                RunningBroker.await(
                        "version " + version, () -> streams.stream().allMatch(stream -> stream.version() == version));
                delays.add(Duration.ofNanos(System.nanoTime() - begin));
            }
            goesOn.set(false);
            for (Stream stream : streams) {
                stream.end();
            }
            assertThat(delays.stream().sorted().toList().get(REPLACEMENTS / 2)).isLessThan(LIVE_MAX);
        }
    }

    @Test
    void whatWasReloadedFiftyTimesIsCollected() throws Exception {
        passing(0, jar);
        try (RunningBroker broker = RunningBroker.start(home, "threads: {loops: 2}\n")) {
            AtomicBoolean goesOn = new AtomicBoolean(true);
            Stream stream = new Stream(broker.port(), 1, goesOn);
            List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
            for (int i = 0; i < RELOADS; i++) {
                loaders.add(loader());
                int before = stream.received();
                assertThat(broker.get(ExtensionHost.class).reload("passing", RunningBroker.SOON))
                        .isTrue();
                RunningBroker.await("messages", () -> stream.received() > before);
            }
            goesOn.set(false);
            stream.end();
            assertThat(broker.get(ExtensionHost.class).loaded())
                    .extracting(LoadedExtension::state)
                    .containsExactly(LoadedExtension.State.STARTED);
            RunningBroker.await(
                    "the end of the threads of all but the last",
                    () -> threads().count() <= 4);
            RunningBroker.await("collection of all class loaders but the last", () -> {
                System.gc();
                return loaders.stream().allMatch(loader -> loader.get() == null);
            });
        }
    }

    private static java.util.stream.Stream<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && thread.getName().startsWith("skep-ext-passing"));
    }

    /** {@return the class loader of the extension, or of one that it has replaced a moment ago} */
    private static WeakReference<ClassLoader> loader() {
        return new WeakReference<>(threads().findFirst().orElseThrow().getContextClassLoader());
    }

    private static Path passing(int version, Path file) throws IOException {
        return ExtensionJar.extension("passing", "x.Passing")
                .manifest("Plugin-Version", version + ".0.0")
                .source("x.Passing", PASSING.replace("%s", Integer.toString(version)))
                .write(file);
    }

    /** A publisher and a subscriber, with numbered messages between them. */
    private static final class Stream {

        private final int qos;
        private final AtomicBoolean goesOn;
        private final RawClient publisher;
        private final RawClient subscriber;
        private final AtomicInteger sent = new AtomicInteger();
        private final AtomicInteger received = new AtomicInteger();
        private final AtomicInteger version = new AtomicInteger();
        private volatile String wrong = "";
        private final CompletableFuture<Void> publishing;
        private final CompletableFuture<Void> receiving;

        Stream(int port, int qos, AtomicBoolean goesOn) throws IOException {
            this.qos = qos;
            this.goesOn = goesOn;
            subscriber = RawClient.connect(port, "subscriber" + qos, true);
            subscriber.subscribe(qos, "load/" + qos);
            publisher = RawClient.connect(port, "publisher" + qos, true);
            receiving = onThread(this::receive);
            publishing = onThread(this::publish);
        }

        private interface Step {
            void run() throws IOException;
        }

        private static CompletableFuture<Void> onThread(Step step) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            new Thread(() -> {
                        try {
                            step.run();
                            done.complete(null);
                        } catch (IOException | RuntimeException | Error e) {
                            done.completeExceptionally(e);
                        }
                    })
                    .start();
            return done;
        }

        /** {@return the version that the last message has passed} */
        int version() {
            if (receiving.isCompletedExceptionally() || publishing.isCompletedExceptionally()) {
                throw new AssertionError("QoS " + qos + " has ended: " + wrong + " " + receiving + " " + publishing);
            }
            return version.get();
        }

        int received() {
            version();
            return received.get();
        }

        private void publish() throws IOException {
            while (goesOn.get()) {
                int number = sent.get();
                byte[] payload = Integer.toString(number).getBytes(UTF_8);
                publisher.send(Packets.publish("load/" + qos, qos, qos == 0 ? 0 : number % 60_000 + 1, payload));
                sent.incrementAndGet();
                if (qos == 1) {
                    publisher.expect(Packets.PUBACK);
                } else if (qos == 2) {
                    publisher.expect(Packets.PUBREC);
                    publisher.send(Packets.ack(Packets.PUBREL, number % 60_000 + 1));
                    publisher.expect(Packets.PUBCOMP);
                }
                RunningBroker.await("what is under way", () -> sent.get() - received.get() < UNDER_WAY_MAX);
            }
        }

        private void receive() throws IOException {
            while (goesOn.get() || received.get() < sent.get()) {
                RawClient.Packet packet = subscriber.read();
                if (packet.type() == Packets.PUBREL) {
                    subscriber.send(Packets.ack(Packets.PUBCOMP, packet.packetId()));
                    continue;
                }
                String[] text = new String(packet.payload(), UTF_8).split(" ");
                int passed = Integer.parseInt(text[0]);
                int number = Integer.parseInt(text[1]);
                if (text.length != 2 || number != received.get() || passed < version.get()) {
                    wrong = String.join(" ", text) + " came, expected " + received + " of version " + version;
                    throw new AssertionError(wrong);
                }
                received.incrementAndGet();
                version.set(passed);
                if (qos > 0) {
                    subscriber.send(Packets.ack(qos == 1 ? Packets.PUBACK : Packets.PUBREC, packet.packetId()));
                }
            }
        }

        void end() {
            RunningBroker.await("the end of the publisher", publishing::isDone);
            RunningBroker.await("all messages", () -> receiving.isDone() || received.get() == sent.get());
            publishing.join();
            subscriber.close();
            publisher.close();
            if (!wrong.isEmpty()) {
                throw new AssertionError(wrong);
            }
            assertThat(received.get()).isEqualTo(sent.get()).isGreaterThan(100);
        }
    }
}
