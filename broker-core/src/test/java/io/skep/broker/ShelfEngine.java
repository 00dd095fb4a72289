// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import io.skep.broker.extension.ExtensionJar;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A storage engine in a JAR, which fails while there is a file {@code full} beside its own, and once for a file
 * {@code hiccup}; and which adds what it is given to a file {@code given}, if there is one.
 */
final class ShelfEngine {

    /** What chooses it, in {@code skep.yaml}. */
    static final String USED = """
            storage: {engine: shelf}
            extensions: {config-folder: data}
            """;

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
                    if (Files.exists(file.resolveSibling("full")) || file.resolveSibling("hiccup").toFile().delete()) {
                        done.done(new StorageException("shelf: full", null));
                        return;
                    }
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
                        Path given = file.resolveSibling("given");
                        if (Files.exists(given)) {
                            try {
                                Files.write(given, value, StandardOpenOption.APPEND);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        }
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

    private ShelfEngine() {}

    /** Makes an extension whose provider opens the engine with this code. */
    static void write(Path home, String id, String opening) throws IOException {
        ExtensionJar.extension(id, "x.Main")
                .source("x.Main", EXTENSION.formatted(opening))
                .source("x.Shelf", SHELF)
                .write(home.resolve("extensions").resolve(id + ".jar"));
    }
}
