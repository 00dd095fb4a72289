// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

import java.nio.file.Path;

/** Reads the configuration of an extension; the broker's is the same that reads {@code skep.yaml}. */
@FunctionalInterface
public interface ConfigReader {

    /**
     * {@return the file as a record; read anew at each call}
     *
     * @param file need not exist, which is the same as an empty one
     * @throws IllegalArgumentException naming every unknown or wrong key with its line
     */
    <T extends Record> T bind(Path file, Class<T> type);
}
