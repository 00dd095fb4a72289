// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.slf4j.Logger;

/**
 * Keys in a file, which is read again once it has changed and then stayed as it is from one poll to the next: somebody
 * may be in the middle of writing. What cannot be read is reported once, and the keys before it hold on. Polled by one
 * thread at a time; the keys are for any thread.
 */
final class KeysFile {

    private static final String GONE = "gone";

    private final Path file;
    private final Logger log;
    private volatile KeySet keys;
    private String read;
    private String seen;

    /**
     * Reads the file.
     *
     * @throws IllegalArgumentException if it has no keys
     */
    KeysFile(Path file, Logger log) {
        this.file = file;
        this.log = log;
        this.read = stamp();
        this.seen = read;
        this.keys = keys();
    }

    KeySet now() {
        return keys;
    }

    /** Reads the file again if it has changed. */
    void poll() {
        String now = stamp();
        boolean settled = now.equals(seen);
        seen = now;
        if (!settled || now.equals(read)) {
            return;
        }
        read = now;
        try {
            keys = keys();
            log.info("{} keys read from {}", keys.keys().size(), file);
        } catch (RuntimeException e) {
            log.warn("the change is not used, the keys stay as they were: {}", e.getMessage());
        }
    }

    private KeySet keys() {
        try {
            KeySet fresh = KeySet.parse(Files.readString(file), true);
            fresh.unused().forEach(reason -> log.warn("{}: not used: {}", file, reason));
            return fresh;
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("keys.file: " + file + " (expected: a file; it is none)", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("keys.file: " + file + " (expected: a readable file): " + e, e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private String stamp() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
        } catch (NoSuchFileException e) {
            return GONE;
        } catch (IOException e) {
            return e.toString(); // reading the file will say it
        }
    }
}
