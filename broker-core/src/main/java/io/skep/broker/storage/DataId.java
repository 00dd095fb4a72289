// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.WriteBatch;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** A name that data is given when it is new, and that goes along wherever it is copied. */
public final class DataId {

    private static final byte[] KEY = "id".getBytes(StandardCharsets.US_ASCII);

    private DataId() {}

    /**
     * {@return the name of the data in a storage; data that has none yet gets one}
     *
     * @throws io.skep.sdk.storage.StorageException if it cannot be stored
     */
    public static String of(Storage storage) {
        byte[] found = storage.get(Keyspace.META, KEY);
        if (found != null) {
            return new String(found, StandardCharsets.US_ASCII);
        }
        String id = UUID.randomUUID().toString();
        WriteBatch batch = storage.batch();
        batch.put(Keyspace.META, KEY, id.getBytes(StandardCharsets.US_ASCII));
        DataFormat.commit(storage, batch);
        return id;
    }
}
