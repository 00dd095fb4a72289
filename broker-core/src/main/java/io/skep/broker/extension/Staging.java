// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Working copies of what lies in the extensions folder: a file there may be replaced while its classes are in use. A
 * copy is a folder with the JAR of the extension, and its libraries in {@code lib}.
 */
final class Staging implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Staging.class);
    private static final Pattern JAR = Pattern.compile("(lib/)?[^/\\\\]+\\.jar");

    private final Path root;
    private int copies;

    Staging() throws IOException {
        root = Files.createTempDirectory("skep-extensions-");
    }

    /** {@return what in a folder may be an extension, by name} */
    static List<Path> candidates(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Staging::isCandidate).sorted().toList();
        }
    }

    /** {@return the class path of a copy: its JARs, then its libraries} */
    static List<Path> jars(Path copy) throws IOException {
        List<Path> jars = new ArrayList<>();
        for (Path folder : List.of(copy, copy.resolve("lib"))) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.list(folder)) {
                    files.filter(file -> file.toString().endsWith(".jar"))
                            .sorted()
                            .forEach(jars::add);
                }
            }
        }
        return jars;
    }

    /** {@return a copy of a JAR, of a zip with {@code lib}, or of a folder like that} */
    Path copy(Path source) throws IOException {
        Path copy = Files.createDirectory(root.resolve(Integer.toString(copies++)));
        Files.createDirectory(copy.resolve("lib"));
        if (Files.isDirectory(source)) {
            for (Path jar : jars(source)) {
                Files.copy(jar, copy.resolve(source.relativize(jar).toString()));
            }
        } else if (source.toString().endsWith(".zip")) {
            unzip(source, copy);
        } else {
            Files.copy(source, copy.resolve("extension.jar"));
        }
        return copy;
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            log.warn("working copies of extensions stay in {}, which may be deleted: {}", root, e.toString());
        }
    }

    private static boolean isCandidate(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".") && (name.endsWith(".jar") || name.endsWith(".zip") || Files.isDirectory(file));
    }

    private static void unzip(Path source, Path copy) throws IOException {
        try (ZipFile zip = new ZipFile(source.toFile())) {
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                if (JAR.matcher(entry.getName()).matches()) { // nothing else, so nothing outside of the copy
                    try (InputStream content = zip.getInputStream(entry)) {
                        Files.copy(content, copy.resolve(entry.getName()));
                    }
                }
            }
        }
    }
}
