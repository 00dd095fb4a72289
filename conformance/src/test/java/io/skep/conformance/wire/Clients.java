// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.wire;

import static io.skep.conformance.wire.Packets.ACCEPTED;
import static io.skep.conformance.wire.Packets.RESUMED;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Opens the clients of a test, and closes them when it ends. */
public final class Clients implements AfterEachCallback {

    private final BrokerExtension broker;
    private final List<RawClient> opened = new ArrayList<>();

    public Clients(BrokerExtension broker) {
        this.broker = broker;
    }

    /** {@return a client that has sent nothing yet} */
    public RawClient open() {
        RawClient client = new RawClient(broker.address());
        opened.add(client);
        return client;
    }

    /** {@return a client that takes little and says nothing yet} */
    public RawClient openNarrow() {
        RawClient client = new RawClient(broker.address(), 4_096);
        opened.add(client);
        return client;
    }

    /** {@return a client of MQTT 3.1.1 with a clean session} */
    public RawClient connect(String clientId) {
        return connect(Connect.clean(clientId));
    }

    /** {@return a client whose CONNECT was accepted, and that had no session} */
    public RawClient connect(Connect connect) {
        return open().send(connect.packed()).expect(ACCEPTED);
    }

    /** {@return a client whose CONNECT was accepted, and that has its session back} */
    public RawClient resume(String clientId) {
        return open().send(Connect.persistent(clientId).packed()).expect(RESUMED);
    }

    /** {@return a client of MQTT 5.0 whose CONNECT was accepted, with or without a session} */
    public RawClient connect(Connect5 connect) {
        RawClient client = open().send(connect.packed());
        assertThat(client.next5().reasons()).as("CONNACK").containsExactly(0);
        return client;
    }

    /** {@return a client of MQTT 5.0 with Clean Start, whose session ends with its connection} */
    public RawClient connect5(String clientId) {
        return connect(Connect5.clean(clientId));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        opened.forEach(RawClient::close);
    }
}
