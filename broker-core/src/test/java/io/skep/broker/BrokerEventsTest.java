// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.extension.ExtensionJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a deployed extension hears of the life of its broker. */
class BrokerEventsTest {

    private static final String DIARY = """
            public final class Diary implements Extension {

                public void start(ExtensionContext context) throws IOException {
                    new CompletableFuture<Void>().orTimeout(1, TimeUnit.HOURS);
                    Path file = context.configFolder().resolve("diary");
                    Files.createDirectories(file.getParent());
                    Files.createFile(file);
                    context.hooks().listen(Event.BrokerStarting.class, event -> write(file, "starting"));
                    context.hooks().listen(Event.BrokerReady.class, event -> {
                        try {
                            new java.net.Socket(event.addresses().get(0).getAddress(), event.addresses().get(0).getPort()).close();
                            write(file, "ready");
                        } catch (IOException e) {
                            write(file, "not ready: " + e);
                        }
                    });
                    context.hooks().listen(Event.BrokerStopping.class, event -> write(file, "stopping"));
                }

                private static void write(Path file, String line) {
                    try {
                        Files.writeString(file, line + "\\n", StandardOpenOption.APPEND);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
            """;

    @TempDir
    Path home;

    private List<String> diary() {
        try {
            return Files.readAllLines(home.resolve("conf/extensions/diary"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anExtensionHearsThatTheBrokerStartsIsReadyAndStops() throws IOException {
        Path jar = Files.createDirectories(home.resolve("extensions")).resolve("diary.jar");
        ExtensionJar.extension("diary", "test.Diary")
                .source("test.Diary", DIARY)
                .write(jar);
        try (RunningBroker broker = RunningBroker.start(home, "")) {
            RunningBroker.await("the event of a broker that is ready", () -> diary().size() >= 2);
            assertThat(diary()).containsExactly("starting", "ready");
            assertThat(broker.port()).isPositive();
        }
        assertThat(diary()).containsExactly("starting", "ready", "stopping");
    }

    /** As long as this JVM runs; without help it would be that of the first extension that limits a wait. */
    @Test
    void theClassesOfNoExtensionAreKeptByTheTimerOfFutures() throws IOException {
        anExtensionHearsThatTheBrokerStartsIsReadyAndStops();
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().equals("CompletableFutureDelayScheduler"))
                .singleElement()
                .satisfies(thread -> assertThat(
                                thread.getContextClassLoader().getClass().getPackageName())
                        .doesNotStartWith("io.skep"));
    }
}
