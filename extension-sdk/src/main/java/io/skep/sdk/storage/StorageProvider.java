// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.storage;

import java.nio.file.Path;

/**
 * Opens one kind of storage; chosen by its name in the configuration. An extension offers one with
 * {@link io.skep.sdk.Hooks#storageProvider}. {@link #open} runs on the thread that starts the broker.
 */
public interface StorageProvider {

    /**
     * {@return the name in the configuration, for instance {@code rocksdb}; always the same} One that throws or is null
     * when the engine is offered fails the start of its extension.
     */
    String name();

    /**
     * Opens the storage, for one broker at a time.
     *
     * @param folder the data folder, which exists; an engine that keeps its data elsewhere may ignore it
     * @param durability what {@link Storage#commit} promises
     * @return the open storage
     * @throws StorageException if the data is in use, of a newer format, damaged, or out of reach: the message says
     *     what to do, and the broker does not start
     */
    Storage open(Path folder, Durability durability) throws StorageException;
}
