// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.storage;

/** The writes of one commit, applied in call order. Filled by one thread, and seen by nobody until it is committed. */
public interface WriteBatch {

    /**
     * Sets a value.
     *
     * @param keyspace the map
     * @param key not empty, and at most 65,543 bytes: a topic and a number; not changed afterwards by the caller
     * @param value not changed afterwards by the caller
     */
    void put(Keyspace keyspace, byte[] key, byte[] value);

    /**
     * Removes a value, if there is one.
     *
     * @param keyspace the map
     * @param key not empty
     */
    void delete(Keyspace keyspace, byte[] key);

    /**
     * Removes all values of a range.
     *
     * @param keyspace the map
     * @param from first key
     * @param to behind the last key; not before the first
     */
    void deleteRange(Keyspace keyspace, byte[] from, byte[] to);
}
