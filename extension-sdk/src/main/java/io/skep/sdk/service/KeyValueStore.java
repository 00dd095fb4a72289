// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A place for the extension's own data, in the broker's storage: whatever engine that is, in its backups, and in what
 * {@code skep data export} writes. No other extension sees it. It stays when the extension is removed.
 *
 * <p>Keys are texts, ordered by their bytes in UTF-8, values are bytes. What one thread asks for happens in the order
 * of its calls: who puts and then gets, gets what was put, or something later. A stage of a change completes when it is
 * as durable as {@code storage.durability} says, and fails with a {@link io.skep.sdk.storage.StorageException} if it
 * cannot be stored; so do {@link #get} and a page of {@link #scan} if nothing can be read. Keys and values that are too
 * long are refused by {@link Changes}, before anything is asked.
 */
public interface KeyValueStore {

    /**
     * {@return the value of a key, if there is one}
     *
     * @param key the key
     */
    CompletionStage<Optional<byte[]>> get(String key);

    /**
     * {@return the entries whose key begins with a prefix, by key}
     *
     * @param prefix empty for all
     */
    Listing<Entry> scan(String prefix);

    /**
     * Makes changes all or none.
     *
     * @param changes with what they depend on
     * @return whether all that was expected was found, and so the changes are made
     */
    CompletionStage<Boolean> commit(Changes changes);

    /**
     * Sets a value.
     *
     * @param key of 1 to {@value Changes#KEY_BYTES_MAX} bytes in UTF-8
     * @param value up to {@value Changes#VALUE_BYTES_MAX} bytes; is copied
     * @return completes when it is durable
     */
    default CompletionStage<Boolean> put(String key, byte[] value) {
        return commit(new Changes().put(key, value));
    }

    /**
     * Removes a value, if there is one.
     *
     * @param key the key
     * @return completes when that is durable
     */
    default CompletionStage<Boolean> delete(String key) {
        return commit(new Changes().delete(key));
    }

    /**
     * Replaces a value if it is still the one that was read.
     *
     * @param key the key
     * @param expected null if there must be none
     * @param value the new one; null for none
     * @return whether it was replaced
     */
    default CompletionStage<Boolean> replace(String key, byte @Nullable [] expected, byte @Nullable [] value) {
        Changes changes = new Changes().expect(key, expected);
        return commit(value == null ? changes.delete(key) : changes.put(key, value));
    }

    /**
     * A key and its value.
     *
     * @param key the key
     * @param value the reader's own
     */
    record Entry(String key, byte[] value) {}
}
