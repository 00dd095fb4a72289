// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.storage;

import io.skep.broker.storage.RocksDbProvider;
import io.skep.sdk.storage.StorageProvider;

final class RocksDbFsyncTest extends StorageContractTest {

    @Override
    protected StorageProvider provider() {
        return new RocksDbProvider();
    }
}
