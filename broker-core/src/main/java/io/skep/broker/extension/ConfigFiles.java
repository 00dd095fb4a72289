// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * The configuration files that one extension has read. When one of them has changed, and then stayed as it is from one
 * look to the next, for somebody may be in the middle of writing, the extension is given its configuration anew, on a
 * thread of its own. What cannot be read is reported once, and the extension keeps what it has.
 */
final class ConfigFiles {

    private final Path main;
    private final ConfigReader reader;
    private final Executor executor;
    private final Logger logger;
    private final Map<Path, String> read = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean reading = new AtomicBoolean();
    private Map<Path, String> seen = Map.of();

    ConfigFiles(Path main, ConfigReader reader, Executor executor, Logger logger) {
        this.main = main;
        this.reader = reader;
        this.executor = executor;
        this.logger = logger;
    }

    /** Reads a file; notes its stamp before, so that what changes meanwhile is seen by a later look. Any thread. */
    <T extends Record> T read(Path file, Class<T> type) {
        read.put(file, FileStamp.of(file));
        return reader.bind(file, type);
    }

    /** Calls a listener with each change. Any thread. */
    <T extends Record> void onChange(Class<T> type, Consumer<? super T> listener) {
        read.putIfAbsent(main, FileStamp.of(main));
        listeners.add(() -> listener.accept(read(main, type)));
    }

    /** Looks once. By one thread at a time. */
    void look() {
        if (listeners.isEmpty() || reading.get()) {
            return;
        }
        Map<Path, String> now = new TreeMap<>();
        read.keySet().forEach(file -> now.put(file, FileStamp.of(file)));
        boolean settled = now.equals(seen);
        seen = now;
        if (settled && !now.equals(read) && reading.compareAndSet(false, true)) {
            schedule(now);
        }
    }

    private void schedule(Map<Path, String> now) {
        try {
            executor.execute(() -> {
                try {
                    readAgain(now);
                } finally {
                    reading.set(false);
                }
            });
        } catch (RejectedExecutionException e) {
            reading.set(false); // the extension stops
        }
    }

    private void readAgain(Map<Path, String> now) {
        boolean vanished = FileStamp.GONE.equals(now.get(main)) && !FileStamp.GONE.equals(read.get(main));
        read.putAll(now); // what is wrong with it is said once
        try {
            if (vanished) {
                throw new IllegalArgumentException(main + ": gone (expected: a file, if need be an empty one)");
            }
            listeners.forEach(Runnable::run);
        } catch (RuntimeException | LinkageError e) {
            boolean operators = e instanceof IllegalArgumentException;
            logger.warn(
                    "the change of the configuration is not used: {}",
                    operators ? e.getMessage() : e,
                    operators ? null : e);
        }
    }
}
