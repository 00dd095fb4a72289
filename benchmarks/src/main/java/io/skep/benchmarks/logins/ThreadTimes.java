// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.benchmarks.logins;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How long each thread of a process has run, and how long it could have but had no processor, as Linux counts it.
 *
 * @param threads by their numbers
 */
record ThreadTimes(Map<String, Times> threads) {

    /**
     * Of one thread, or several.
     *
     * @param waitNanos ready to run, but no processor was free
     * @param turns how often it was given one
     */
    record Times(String name, long runNanos, long waitNanos, long turns) {

        private Times minus(Times earlier) {
            return new Times(name, runNanos - earlier.runNanos, waitNanos - earlier.waitNanos, turns - earlier.turns);
        }

        private Times plus(Times other) {
            return new Times(name, runNanos + other.runNanos, waitNanos + other.waitNanos, turns + other.turns);
        }
    }

    static ThreadTimes of(long pid) throws IOException {
        Map<String, Times> threads = new TreeMap<>();
        try (Stream<Path> folders = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path folder : folders.toList()) {
                try {
                    String[] numbers =
                            Files.readString(folder.resolve("schedstat")).trim().split(" ", -1);
                    String name = Files.readString(folder.resolve("comm")).trim();
                    threads.put(
                            folder.getFileName().toString(),
                            new Times(
                                    name,
                                    Long.parseLong(numbers[0]),
                                    Long.parseLong(numbers[1]),
                                    Long.parseLong(numbers[2])));
                } catch (IOException e) {
                    // it has just ended
                }
            }
        }
        return new ThreadTimes(threads);
    }

    /** {@return what came since then, of threads whose names begin like this} */
    Times since(ThreadTimes earlier, List<String> names) {
        Times sum = new Times("", 0, 0, 0);
        for (Map.Entry<String, Times> each : threads.entrySet()) {
            if (names.stream().anyMatch(each.getValue().name()::startsWith)) {
                sum = sum.plus(
                        each.getValue().minus(earlier.threads.getOrDefault(each.getKey(), new Times("", 0, 0, 0))));
            }
        }
        return sum;
    }
}
