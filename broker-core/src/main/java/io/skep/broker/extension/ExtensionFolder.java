// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;

/**
 * What lies in the extensions folder, found out by looking again and again, for that works in every file system and
 * container. Somebody may be in the middle of a copy: a file counts when it has stood still for a moment and can be
 * opened, and one that cannot be opened when it has stood still for longer. What is gone may be about to come back
 * under another name, so its absence has to last, too. Used by one thread.
 */
final class ExtensionFolder {

    private static final String DISABLED = ".disabled";
    private static final long STILL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long GONE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long BROKEN_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Path folder;
    private final Map<Path, Sight> sights = new TreeMap<>();
    private Set<String> disabled = Set.of();

    /** A file over time. */
    private static final class Sight {

        private String stamp = "";
        private long sinceNanos;
        private String settled = FileStamp.GONE;

        boolean isRestless() {
            return !stamp.equals(settled);
        }

        boolean isGone() {
            return stamp.equals(FileStamp.GONE);
        }

        /** {@return whether that is news} */
        boolean settle() {
            boolean news = isRestless();
            settled = stamp;
            return news;
        }
    }

    ExtensionFolder(Path folder) {
        this.folder = folder;
    }

    private static boolean isCandidate(Path file, String name) {
        return !name.startsWith(".") && (name.endsWith(".jar") || name.endsWith(".zip") || Files.isDirectory(file));
    }

    /** Looks for the first time: what is whole counts at once. */
    void lookAtStart() throws IOException {
        look(true);
    }

    /** {@return whether anything has come, changed or gone for good since the last look} */
    boolean look() throws IOException {
        return look(false);
    }

    private boolean look(boolean start) throws IOException {
        Set<Path> present = new HashSet<>();
        Set<String> markers = new TreeSet<>();
        list(present, markers);
        present.forEach(file -> sights.computeIfAbsent(file, name -> new Sight()));
        long now = System.nanoTime();
        for (Map.Entry<Path, Sight> each : sights.entrySet()) {
            Sight sight = each.getValue();
            String stamp = present.contains(each.getKey()) ? stamp(each.getKey()) : FileStamp.GONE;
            if (!stamp.equals(sight.stamp)) {
                sight.stamp = stamp;
                sight.sinceNanos = start ? now - ageNanos(each.getKey()) : now;
            }
        }
        boolean marked = !markers.equals(disabled);
        disabled = markers;
        return settle(start, now) || marked;
    }

    /** Collects what may be an extension, and the ids with a marker; nothing if there is no folder. */
    private void list(Set<Path> candidates, Set<String> markers) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.endsWith(DISABLED)) {
                    markers.add(name.substring(0, name.length() - DISABLED.length()));
                } else if (isCandidate(file, name)) {
                    candidates.add(file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** What has come settles first: whoever is gone may only have changed its name. */
    private boolean settle(boolean start, long now) {
        boolean changed = false;
        boolean arriving = false;
        for (Map.Entry<Path, Sight> each : sights.entrySet()) {
            Sight sight = each.getValue();
            if (!sight.isGone() && sight.isRestless()) {
                long stillNanos = now - sight.sinceNanos;
                boolean whole = (start || stillNanos >= STILL_NANOS) && isWhole(each.getKey());
                boolean settles = whole || stillNanos >= BROKEN_NANOS;
                arriving |= !settles;
                changed |= settles && sight.settle();
            }
        }
        long goneNanos = arriving ? GONE_NANOS : STILL_NANOS;
        for (Sight sight : sights.values()) {
            changed |= sight.isGone() && now - sight.sinceNanos >= goneNanos && sight.settle();
        }
        sights.values().removeIf(sight -> sight.isGone() && !sight.isRestless());
        return changed;
    }

    /** {@return the files that have settled, by name, with their stamps} */
    Map<Path, String> files() {
        Map<Path, String> files = new TreeMap<>();
        sights.forEach((file, sight) -> {
            if (!sight.settled.equals(FileStamp.GONE)) {
                files.put(file, sight.settled);
            }
        });
        return files;
    }

    /** {@return the ids that have a marker {@code <id>.disabled}} */
    Set<String> disabled() {
        return disabled;
    }

    /** {@return what changes when a file, or a JAR of a folder, does} */
    static String stamp(Path source) {
        if (!Files.isDirectory(source)) {
            return FileStamp.of(source);
        }
        try {
            return Staging.jars(source).stream()
                    .map(jar -> source.relativize(jar) + " " + FileStamp.of(jar))
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static long ageNanos(Path source) {
        try {
            List<Path> parts = new ArrayList<>(Files.isDirectory(source) ? Staging.jars(source) : List.of(source));
            long changed = 0;
            for (Path part : parts) {
                changed = Math.max(changed, Files.getLastModifiedTime(part).toMillis());
            }
            return TimeUnit.MILLISECONDS.toNanos(Math.max(0, System.currentTimeMillis() - changed));
        } catch (IOException e) {
            return 0;
        }
    }

    /** {@return whether all parts can be opened: what a JAR or zip has comes at its end} */
    private static boolean isWhole(Path source) {
        try {
            List<Path> zips = Files.isDirectory(source) ? Staging.jars(source) : List.of(source);
            for (Path zip : zips) {
                new ZipFile(zip.toFile()).close();
            }
            return !zips.isEmpty();
        } catch (IOException e) {
            return false;
        }
    }
}
