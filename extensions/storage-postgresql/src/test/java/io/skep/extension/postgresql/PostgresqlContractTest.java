// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.postgresql;

import io.skep.sdk.storage.StorageProvider;
import io.skep.sdk.testkit.storage.StorageContractTest;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.RegisterExtension;

final class PostgresqlContractTest extends StorageContractTest {

    @RegisterExtension
    static final PostgresqlServer server = new PostgresqlServer();

    private static final AtomicInteger TESTS = new AtomicInteger();

    private final String schema = "contract_" + TESTS.incrementAndGet();

    @Override
    protected StorageProvider provider() {
        return Engines.provider(server, schema);
    }
}
