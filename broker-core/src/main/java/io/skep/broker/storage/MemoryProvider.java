// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.storage.StorageProvider;
import java.nio.file.Path;

/** Storage that lasts as long as the process. */
public final class MemoryProvider implements StorageProvider {

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public Storage open(Path folder, Durability durability) {
        return new MemoryStorage();
    }
}
