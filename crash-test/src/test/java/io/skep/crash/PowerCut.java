// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A folder whose power can be cut. {@code cut.c}, preloaded into the process that writes there, remembers what was
 * synced; when that process is dead, {@link #cut} puts the folder into a state that a disk could be found in.
 *
 * <p>What was not synced may survive all the same, and what does is chosen at random: {@link Names} and {@link Tails}.
 */
final class PowerCut {

    /** Which names are in the folder. */
    enum Names {
        /** Those of its last sync. */
        SYNCED,
        /** All of them: the file system had written its journal. */
        LIVE
    }

    /** What there is behind the synced content of a file that has grown. */
    enum Tails {
        NOTHING,
        /** Some of what was written. */
        SOME,
        /** All of it, but for pages that were not written: they are zeros. */
        HOLES
    }

    private static final int PAGE_BYTES = 4096;

    private final Path folder;
    private final Path shadow;
    private final Path library;

    private PowerCut(Path folder, Path shadow, Path library) {
        this.folder = folder;
        this.shadow = shadow;
        this.library = library;
    }

    /** Builds the library, and an empty folder beside what it has to remember. */
    static PowerCut prepare(Path parent) throws IOException {
        Path base = Files.createDirectories(parent).toRealPath();
        Path folder = Files.createDirectories(base.resolve("data"));
        Path shadow = base.resolve("shadow");
        for (String name : List.of("kept", "synced", "names")) {
            Files.createDirectories(shadow.resolve(name));
        }
        Path library = base.resolve("cut.so");
        Tool.run(
                "gcc",
                "gcc libc6-dev",
                "-std=gnu11",
                "-shared",
                "-fPIC",
                "-O2",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-pthread",
                "-o",
                library.toString(),
                Path.of("src", "test", "c", "cut.c").toAbsolutePath().toString());
        return new PowerCut(folder, shadow, library);
    }

    Path folder() {
        return folder;
    }

    /** While this file exists, nothing can be written to the folder. */
    Path full() {
        return shadow.resolve("full");
    }

    /** {@return what a process that writes to the folder has to be started with} */
    Map<String, String> environment(Duration sync) {
        return Map.of(
                "LD_PRELOAD", library.toString(),
                "POWER_CUT_FOLDER", folder.toString(),
                "POWER_CUT_SHADOW", shadow.toString(),
                "POWER_CUT_MICROS", Long.toString(sync.toNanos() / 1000),
                "POWER_CUT_FULL", full().toString());
    }

    /** Cuts it as the dice say. */
    String cut(Random random) throws IOException {
        Names names = Names.values()[random.nextInt(Names.values().length)];
        Tails tails = Tails.values()[random.nextInt(Tails.values().length)];
        cut(names, tails, random);
        return names + " names, tails: " + tails;
    }

    /** No process may write to the folder any more. */
    void cut(Names names, Tails tails, Random random) throws IOException {
        Map<Path, byte[]> files = new LinkedHashMap<>();
        List<Path> folders = new ArrayList<>();
        collect(folder, inode(folder), new Survivors(names, tails, random, folders, files));
        clear(folder);
        for (String name : List.of("kept", "synced", "names")) {
            clear(shadow.resolve(name));
        }
        for (Path path : folders) {
            Files.createDirectories(path);
        }
        for (Map.Entry<Path, byte[]> file : files.entrySet()) {
            String inode = inode(Files.write(file.getKey(), file.getValue()));
            Files.createLink(shadow.resolve("kept").resolve(inode), file.getKey());
            Files.write(shadow.resolve("synced").resolve(inode), file.getValue());
        }
        for (Path path : folders) { // what is there now is on the disk
            Files.write(shadow.resolve("names").resolve(inode(path)), list(path));
        }
    }

    /** How to choose them, and those that were found. */
    private record Survivors(Names names, Tails tails, Random random, List<Path> folders, Map<Path, byte[]> files) {}

    private void collect(Path path, String inode, Survivors survivors) throws IOException {
        survivors.folders().add(path);
        Path synced = shadow.resolve("names").resolve(inode);
        List<String> lines = List.of();
        if (survivors.names() == Names.LIVE) {
            lines = list(path);
        } else if (Files.exists(synced)) {
            lines = Files.readAllLines(synced, UTF_8);
        }
        for (String line : lines) {
            String[] words = line.split(" ", 3);
            Path entry = path.resolve(words[2]);
            if (words[0].equals("d")) {
                collect(entry, words[1], survivors);
            } else {
                survivors.files().put(entry, content(entry, words[1], survivors));
            }
        }
    }

    /** {@return the names in a folder, as {@code cut.c} writes them down} */
    private static List<String> list(Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.sorted().toList()) {
                if (Files.isDirectory(entry)) {
                    lines.add("d " + inode(entry) + " " + entry.getFileName());
                } else if (Files.isRegularFile(entry)) { // nothing is kept in a socket
                    lines.add("f " + inode(entry) + " " + entry.getFileName());
                }
            }
        }
        return lines;
    }

    private byte[] content(Path file, String inode, Survivors survivors) throws IOException {
        Path copy = shadow.resolve("synced").resolve(inode);
        byte[] synced = Files.exists(copy) ? Files.readAllBytes(copy) : new byte[0];
        Path kept = shadow.resolve("kept").resolve(inode);
        byte[] written = Files.readAllBytes(Files.exists(kept) ? kept : file);
        if (written.length < synced.length || !Arrays.equals(written, 0, synced.length, synced, 0, synced.length)) {
            return synced; // rewritten, not grown
        }
        Random random = survivors.random();
        return switch (survivors.tails()) {
            case NOTHING -> synced;
            case SOME -> Arrays.copyOf(written, synced.length + random.nextInt(written.length - synced.length + 1));
            case HOLES -> pierce(written, synced.length, random);
        };
    }

    private static byte[] pierce(byte[] written, int from, Random random) {
        for (int page = from - from % PAGE_BYTES; page < written.length; page += PAGE_BYTES) {
            if (random.nextBoolean()) {
                Arrays.fill(written, Math.max(page, from), Math.min(page + PAGE_BYTES, written.length), (byte) 0);
            }
        }
        return written;
    }

    private static String inode(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino").toString();
    }

    private static void clear(Path folder) throws IOException {
        try (Stream<Path> entries = Files.walk(folder)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                if (!entry.equals(folder)) {
                    Files.delete(entry);
                }
            }
        }
    }

    /** Makes what was written to a file, or the names of a folder, survive. */
    static void sync(Path path) throws IOException {
        StandardOpenOption mode = Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
        try (FileChannel channel = FileChannel.open(path, mode)) {
            channel.force(true);
        }
    }
}
