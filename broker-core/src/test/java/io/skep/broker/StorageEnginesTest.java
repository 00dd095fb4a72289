// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.broker.config.ConfigLoader;
import io.skep.broker.extension.ExtensionHost;
import io.skep.broker.extension.ExtensionJar;
import io.skep.broker.extension.LoadedExtension;
import io.skep.sdk.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Storage engines that come in JARs. */
class StorageEnginesTest {

    @TempDir
    Path home;

    @BeforeEach
    void makeFolders() throws IOException {
        Files.createDirectories(home.resolve("extensions"));
    }

    @Test
    void sessionsAndMessagesAreKeptByTheEngineOfAnExtension() throws IOException {
        ShelfEngine.write(home, "shelf", "return new Shelf(folder);");
        try (RunningBroker broker = RunningBroker.start(home, ShelfEngine.USED)) {
            try (RawClient absent = RawClient.connect(broker.port(), "absent", false)) {
                absent.subscribe(1, "news");
                absent.send(Packets.disconnect());
            }
            try (RawClient publisher = RawClient.connect(broker.port(), "publisher", true)) {
                publisher.send(Packets.publish("news", 1, 1, "kept".getBytes(UTF_8)));
                publisher.expect(Packets.PUBACK);
            }
        }
        assertThat(home.resolve("data/shelf")).isRegularFile();
        assertThat(home.resolve("data/rocksdb")).doesNotExist();
        try (RunningBroker broker = RunningBroker.start(home, ShelfEngine.USED);
                RawClient back = RawClient.open(broker.port())) {
            back.send(Packets.connect("absent", false, 0));
            assertThat(back.expect(Packets.CONNACK).body()[0]).isEqualTo((byte) 1); // session present
            assertThat(back.expect(Packets.PUBLISH).payload()).asString(UTF_8).isEqualTo("kept");
        }
    }

    @Test
    void theStorageIsClosedBeforeItsExtensionStops() throws IOException {
        ShelfEngine.write(home, "shelf", "return new Shelf(folder);");
        RunningBroker.start(home, ShelfEngine.USED).close();
        assertThat(home.resolve("data/notes")).content().isEqualTo("closed stopped"); // with a class that loads late
    }

    @Test
    void whoProvidesTheEngineThatIsInUseStaysUntilTheNextStart() throws IOException {
        ShelfEngine.write(home, "shelf", "return new Shelf(folder);");
        Path file = Files.writeString(home.resolve("skep.yaml"), "listeners: [{port: 0}]\n" + ShelfEngine.USED);
        try (LogLines log = new LogLines();
                Broker broker = Broker.start(new ConfigLoader(home).load(file, Map.of(), Map.of()), home)) {
            Files.delete(home.resolve("extensions/shelf.jar"));
            RunningBroker.await("a warning", () -> !log.complaints().isEmpty());
            assertThat(log.complaints())
                    .singleElement()
                    .asString()
                    .endsWith("extension shelf 1.0.0 goes on, the change of shelf.jar is not used:"
                            + " its storage is in use, so this takes effect at the next start");
            assertThat(broker.get(ExtensionHost.class).loaded())
                    .extracting(LoadedExtension::state)
                    .containsExactly(LoadedExtension.State.STARTED);
            RawClient.connect(broker.addresses().get(0).getPort(), "ann", false).close(); // its session is stored
        }
    }

    @Test
    void anEngineThatNobodyProvidesStopsTheStart() throws IOException {
        ShelfEngine.write(home, "shelf", "return new Shelf(folder);");
        assertStartFails(ShelfEngine.USED.replace("shelf", "shelves"))
                .isInstanceOf(StartException.class)
                .hasMessage("storage.engine: 'shelves' (expected: one of rocksdb, memory, shelf)");
    }

    @Test
    void anExtensionThatCouldNotStartIsNamedWhereItsEngineIsMissed() throws IOException {
        ExtensionJar.extension("broken", "x.Main")
                .source(
                        "x.Main",
                        "public class Main implements Extension { public void start(ExtensionContext context) {"
                                + " throw new IllegalArgumentException(\"url: none (expected: one)\"); } }")
                .write(home.resolve("extensions/broken.jar"));
        ShelfEngine.write(home, "disabled", "return new Shelf(folder);");
        assertStartFails(ShelfEngine.USED.replace("{config", "{disabled: [disabled], config"))
                .isInstanceOf(StartException.class)
                .hasMessage("storage.engine: 'shelf' (expected: one of rocksdb, memory;"
                        + " broken.jar does not run: url: none (expected: one);"
                        + " disabled.jar does not run: it is disabled)");
    }

    @Test
    void anEngineOfTwoExtensionsStopsTheStart() throws IOException {
        ShelfEngine.write(home, "a", "return new Shelf(folder);");
        ShelfEngine.write(home, "b", "return new Shelf(folder);");
        assertStartFails(ShelfEngine.USED)
                .isInstanceOf(StartException.class)
                .hasMessage("storage.engine: 'shelf'"
                        + " (expected: provided once, but there is one of each: extension a, extension b)");
    }

    @Test
    void whatAnEngineSaysOfItsDataIsForTheOperator() throws IOException {
        ShelfEngine.write(home, "shelf", "throw new StorageException(\"shelf: full (expected: empty)\", null);");
        assertStartFails(ShelfEngine.USED)
                .isInstanceOf(StorageException.class)
                .hasMessage("shelf: full (expected: empty)");
    }

    @Test
    void anEngineThatFailsStopsTheStartUnderTheNameOfItsExtension() throws IOException {
        ShelfEngine.write(home, "shelf", "throw new NoClassDefFoundError(\"y/Missing\");");
        assertStartFails(ShelfEngine.USED)
                .isInstanceOf(StorageException.class)
                .hasMessage("storage.engine: 'shelf' (expected: one that can be opened, but that of extension shelf"
                        + " failed with java.lang.NoClassDefFoundError: y/Missing)");
    }

    @Test
    void anEngineThatOpensNothingStopsTheStart() throws IOException {
        ShelfEngine.write(home, "shelf", "return null;");
        assertStartFails(ShelfEngine.USED).isInstanceOf(StartException.class).hasMessageContaining("returned null");
    }

    @Test
    void afterAStartThatFailedTheFolderIsFree() throws IOException {
        ShelfEngine.write(home, "shelf", "return null;");
        assertStartFails(ShelfEngine.USED).isInstanceOf(StartException.class);
        Files.delete(home.resolve("extensions/shelf.jar"));
        RunningBroker.start(home, "").close();
    }

    private AbstractThrowableAssert<?, ?> assertStartFails(String yaml) throws IOException {
        Path file = Files.writeString(home.resolve("skep.yaml"), yaml);
        return assertThatThrownBy(() -> Broker.start(new ConfigLoader(home).load(file, Map.of(), Map.of()), home));
    }
}
