// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who says nothing for one and a half keep alives is gone. */
class KeepAliveTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.1.2-24", "MQTT-3.1.2-8"})
    @Normative(version = "extra", value = "U3-3.1.2-1")
    void aSilentClientIsDroppedAndOneWithoutKeepAliveIsNot() {
        RawClient watcher = clients.connect("watcher").subscribe("keep-alive", 0);
        RawClient idle = clients.connect("idle");
        long start = System.nanoTime();
        Connect connect = Connect.clean("silent").withKeepAlive(1).will(0, false, "keep-alive", "gone");
        RawClient silent = clients.connect(connect);

        silent.expectClosed();

        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(1_490L, 8_000L);
        assertThat(broker.metrics().get(Metric.CLOSED_KEEP_ALIVE)).isPositive();
        watcher.expect(publish("keep-alive", "gone"));
        idle.expectSilence();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.1.2-24")
    void anyPacketKeepsAClientAliveAndWhatItIsSentDoesNot() {
        RawClient talking = clients.connect(Connect.clean("talking").withKeepAlive(1));
        RawClient listening =
                clients.connect(Connect.clean("listening").withKeepAlive(1)).subscribe("keep-alive/talk", 0);
        long start = System.nanoTime();
        do {
            talking.send(publish("keep-alive/talk", "x"));
        } while (listening.isPacketNext() && listening.next().length > 0);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(1_490L, 8_000L);
        talking.expectSilence();
    }
}
