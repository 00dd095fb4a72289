// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance;

import static io.skep.conformance.Packets.ACCEPTED;
import static io.skep.conformance.Packets.RESUMED;

import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Opens the clients of a test, and closes them when it ends. */
final class Clients implements AfterEachCallback {

    private final BrokerExtension broker;
    private final List<RawClient> opened = new ArrayList<>();

    Clients(BrokerExtension broker) {
        this.broker = broker;
    }

    /** {@return a client that has sent nothing yet} */
    RawClient open() {
        RawClient client = new RawClient(broker.address());
        opened.add(client);
        return client;
    }

    /** {@return a client that takes little and says nothing yet} */
    RawClient openNarrow() {
        RawClient client = new RawClient(broker.address(), 4_096);
        opened.add(client);
        return client;
    }

    /** {@return a client of MQTT 3.1.1 with a clean session} */
    RawClient connect(String clientId) {
        return connect(Connect.clean(clientId));
    }

    /** {@return a client whose CONNECT was accepted, and that had no session} */
    RawClient connect(Connect connect) {
        return open().send(connect.packed()).expect(ACCEPTED);
    }

    /** {@return a client whose CONNECT was accepted, and that has its session back} */
    RawClient resume(String clientId) {
        return open().send(Connect.persistent(clientId).packed()).expect(RESUMED);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        opened.forEach(RawClient::close);
    }
}
