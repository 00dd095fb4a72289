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

    /** Offers an engine, and notes when it ends. */
    private static final String EXTENSION = """
            public class Main implements Extension {
                private ExtensionContext context;
                public void start(ExtensionContext context) throws Exception {
                    this.context = context;
                    context.hooks().storageProvider(new StorageProvider() {
                        public String name() { return "shelf"; }
                        public Storage open(Path folder, Durability durability) {
                            %s
                        }
                    });
                }
                public void stop() throws Exception {
                    Path notes = context.configFolder().resolve("notes");
                    Files.writeString(notes, " stopped", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                }
            }
            """;

    /** Sorted maps that are written to a file when they are closed. */
    private static final String SHELF = """
            class Shelf implements Storage {
                private final Path file;
                private TreeMap<String, byte[]> entries = new TreeMap<>();
                Shelf(Path folder) {
                    file = folder.resolve("shelf");
                    if (Files.exists(file)) {
                        try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(file))) {
                            entries = (TreeMap<String, byte[]>) in.readObject();
                        } catch (Exception e) {
                            throw new StorageException("shelf", e);
                        }
                    }
                }
                private static String name(Keyspace keyspace, byte[] key) {
                    return keyspace + ":" + new String(key, StandardCharsets.ISO_8859_1);
                }
                public byte[] get(Keyspace keyspace, byte[] key) {
                    return entries.get(name(keyspace, key));
                }
                public void scan(Keyspace keyspace, byte[] from, byte[] to, Visitor visitor) {
                    String end = to == null ? keyspace + ";" : name(keyspace, to);
                    for (Map.Entry<String, byte[]> entry : entries.subMap(name(keyspace, from), end).entrySet()) {
                        String key = entry.getKey().substring(keyspace.name().length() + 1);
                        byte[] bytes = key.getBytes(StandardCharsets.ISO_8859_1);
                        if (!visitor.visit(bytes, entry.getValue())) {
                            return;
                        }
                    }
                }
                public WriteBatch batch() {
                    return new Batch();
                }
                public void commit(WriteBatch batch, Done done) {
                    ((Batch) batch).writes.forEach(Runnable::run);
                    done.done(null);
                }
                public void close() {
                    try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(file))) {
                        out.writeObject(entries);
                        Files.writeString(file.resolveSibling("notes"), Late.note());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
                private class Batch implements WriteBatch {
                    private final List<Runnable> writes = new ArrayList<>();
                    public void put(Keyspace keyspace, byte[] key, byte[] value) {
                        writes.add(() -> entries.put(name(keyspace, key), value));
                    }
                    public void delete(Keyspace keyspace, byte[] key) {
                        writes.add(() -> entries.remove(name(keyspace, key)));
                    }
                    public void deleteRange(Keyspace keyspace, byte[] from, byte[] to) {
                        writes.add(() -> entries.subMap(name(keyspace, from), name(keyspace, to)).clear());
                    }
                }
            }
            class Late {
                static String note() {
                    return "closed";
                }
            }
            """;

    private static final String USES_SHELF = """
            storage: {engine: shelf}
            extensions: {config-folder: data}
            """;

    @TempDir
    Path home;

    @BeforeEach
    void makeFolders() throws IOException {
        Files.createDirectories(home.resolve("extensions"));
    }

    @Test
    void sessionsAndMessagesAreKeptByTheEngineOfAnExtension() throws IOException {
        shelf("shelf", "return new Shelf(folder);");
        try (RunningBroker broker = RunningBroker.start(home, USES_SHELF)) {
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
        try (RunningBroker broker = RunningBroker.start(home, USES_SHELF);
                RawClient back = RawClient.open(broker.port())) {
            back.send(Packets.connect("absent", false, 0));
            assertThat(back.expect(Packets.CONNACK).body()[0]).isEqualTo((byte) 1); // session present
            assertThat(back.expect(Packets.PUBLISH).payload()).asString(UTF_8).isEqualTo("kept");
        }
    }

    @Test
    void theStorageIsClosedBeforeItsExtensionStops() throws IOException {
        shelf("shelf", "return new Shelf(folder);");
        RunningBroker.start(home, USES_SHELF).close();
        assertThat(home.resolve("data/notes")).content().isEqualTo("closed stopped"); // with a class that loads late
    }

    @Test
    void whoProvidesTheEngineThatIsInUseStaysUntilTheNextStart() throws IOException {
        shelf("shelf", "return new Shelf(folder);");
        Path file = Files.writeString(home.resolve("skep.yaml"), "listeners: [{port: 0}]\n" + USES_SHELF);
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
        shelf("shelf", "return new Shelf(folder);");
        assertStartFails(USES_SHELF.replace("shelf", "shelves"))
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
        shelf("disabled", "return new Shelf(folder);");
        assertStartFails(USES_SHELF.replace("{config", "{disabled: [disabled], config"))
                .isInstanceOf(StartException.class)
                .hasMessage("storage.engine: 'shelf' (expected: one of rocksdb, memory;"
                        + " broken.jar does not run: url: none (expected: one);"
                        + " disabled.jar does not run: it is disabled)");
    }

    @Test
    void anEngineOfTwoExtensionsStopsTheStart() throws IOException {
        shelf("a", "return new Shelf(folder);");
        shelf("b", "return new Shelf(folder);");
        assertStartFails(USES_SHELF)
                .isInstanceOf(StartException.class)
                .hasMessage("storage.engine: 'shelf'"
                        + " (expected: provided once, but there is one of each: extension a, extension b)");
    }

    @Test
    void whatAnEngineSaysOfItsDataIsForTheOperator() throws IOException {
        shelf("shelf", "throw new StorageException(\"shelf: full (expected: empty)\", null);");
        assertStartFails(USES_SHELF).isInstanceOf(StorageException.class).hasMessage("shelf: full (expected: empty)");
    }

    @Test
    void anEngineThatFailsStopsTheStartUnderTheNameOfItsExtension() throws IOException {
        shelf("shelf", "throw new NoClassDefFoundError(\"y/Missing\");");
        assertStartFails(USES_SHELF)
                .isInstanceOf(StorageException.class)
                .hasMessage("storage.engine: 'shelf' (expected: one that can be opened, but that of extension shelf"
                        + " failed with java.lang.NoClassDefFoundError: y/Missing)");
    }

    @Test
    void anEngineThatOpensNothingStopsTheStart() throws IOException {
        shelf("shelf", "return null;");
        assertStartFails(USES_SHELF).isInstanceOf(StartException.class).hasMessageContaining("returned null");
    }

    @Test
    void afterAStartThatFailedTheFolderIsFree() throws IOException {
        shelf("shelf", "return null;");
        assertStartFails(USES_SHELF).isInstanceOf(StartException.class);
        Files.delete(home.resolve("extensions/shelf.jar"));
        RunningBroker.start(home, "").close();
    }

    /** An extension whose provider opens the engine with this code. */
    private void shelf(String id, String opening) throws IOException {
        ExtensionJar.extension(id, "x.Main")
                .source("x.Main", EXTENSION.formatted(opening))
                .source("x.Shelf", SHELF)
                .write(home.resolve("extensions").resolve(id + ".jar"));
    }

    private AbstractThrowableAssert<?, ?> assertStartFails(String yaml) throws IOException {
        Path file = Files.writeString(home.resolve("skep.yaml"), yaml);
        return assertThatThrownBy(() -> Broker.start(new ConfigLoader(home).load(file, Map.of(), Map.of()), home));
    }
}
