// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Working copies of what lies in the extensions folder: a file there may be replaced while its classes are in use. A
 * copy is a folder with the JAR of the extension, and its libraries in {@code lib}.
 */
final class Staging implements AutoCloseable {

    private static final Pattern JAR = Pattern.compile("(lib/)?[^/\\\\]+\\.jar");

    private final StagingFolder root = new StagingFolder();
    private final Set<Path> copies = new HashSet<>();
    private int count;

    Staging() throws IOException {}

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
        Path copy = Files.createDirectory(root.path().resolve(Integer.toString(count++)));
        copies.add(copy);
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

    /** Deletes all copies but some. */
    void keep(Set<Path> used) {
        for (Path copy : List.copyOf(copies)) {
            if (!used.contains(copy)) {
                copies.remove(copy);
                StagingFolder.delete(copy);
            }
        }
    }

    @Override
    public void close() {
        root.close();
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
