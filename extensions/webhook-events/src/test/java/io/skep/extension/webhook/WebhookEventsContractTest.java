// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.webhook;

import io.skep.sdk.Extension;
import io.skep.sdk.service.Meters;
import io.skep.sdk.testkit.BareContext;
import io.skep.sdk.testkit.BrokerExtension;
import io.skep.sdk.testkit.contract.EventListenerContractTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All events, to a server that takes them. */
final class WebhookEventsContractTest extends EventListenerContractTest {

    private static final AtomicReference<Meters> METERS = new AtomicReference<>();

    @RegisterExtension
    static final BrokerExtension broker =
            BrokerExtension.create().extension("observer", context -> METERS.set(context.meters()));

    private static HookServer server;

    @BeforeAll
    static void startServer() throws IOException {
        server = new HookServer();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    protected String id() {
        return "webhook-events";
    }

    @Override
    protected String config() {
        return "targets:\n  - url: " + server.url("/all") + "\nbatch: {wait-max: 20ms}\n";
    }

    @Override
    protected Extension extension() {
        return new WebhookEvents();
    }

    @Override
    protected BareContext context(Path configFolder) {
        return new BareContext(id(), configFolder) {
            @Override
            public Meters meters() {
                return Objects.requireNonNull(METERS.get(), "meters");
            }
        };
    }
}
