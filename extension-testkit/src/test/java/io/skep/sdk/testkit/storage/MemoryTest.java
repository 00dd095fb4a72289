// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.storage;

import io.skep.broker.storage.MemoryProvider;
import io.skep.sdk.storage.StorageProvider;

final class MemoryTest extends StorageContractTest {

    @Override
    protected StorageProvider provider() {
        return new MemoryProvider();
    }

    @Override
    protected boolean remembers() {
        return false;
    }
}
