// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/** What changes when a file does: its time, its size, and which file it is. */
final class FileStamp {

    /** Of a file that is not there. */
    static final String GONE = "gone";

    private FileStamp() {}

    static String of(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS) + " " + attributes.size() + " "
                    + attributes.fileKey();
        } catch (NoSuchFileException e) {
            return GONE;
        } catch (IOException e) {
            return e.toString(); // who reads the file will say it
        }
    }
}
