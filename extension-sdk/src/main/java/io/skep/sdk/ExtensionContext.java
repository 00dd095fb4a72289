// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk;

import java.nio.file.Path;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;

/** What the broker offers one extension. Thread-safe. */
public interface ExtensionContext {

    /** {@return the id of this extension, from its manifest} */
    String id();

    /** {@return where hooks are registered; open until {@link Extension#start} returns} */
    Hooks hooks();

    /**
     * Binds {@code conf/extensions/<id>.yaml} to a record. Each call reads the file anew. A component that the file
     * leaves out takes the default of the record's compact constructor if it is of a reference type, else 0 or false.
     *
     * @param type a record; nested records, lists, maps, enums, strings, numbers and durations are understood
     * @param <T> the record
     * @return the bound record; without a file, as if the file were empty
     * @throws IllegalArgumentException naming every unknown or wrong key with its line
     */
    <T extends Record> T config(Class<T> type);

    /**
     * Binds another file to a record, in the same way.
     *
     * @param type a record
     * @param file a YAML file; relative to {@link #configFolder}
     * @param <T> the record
     * @return the bound record; without a file, as if the file were empty
     * @throws IllegalArgumentException naming every unknown or wrong key with its line
     */
    <T extends Record> T config(Class<T> type, Path file);

    /** {@return the folder {@code conf/extensions}, which need not exist} */
    Path configFolder();

    /** {@return a logger named after the extension} */
    Logger logger();

    /** {@return threads of this extension alone, for work that waits; stopped with the extension} */
    ScheduledExecutorService executor();
}
