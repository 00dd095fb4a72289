// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets5.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who says nothing for one and a half keep alives is told so, and gone. */
class KeepAliveTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.2-22", "MQTT-3.2.2-22", "MQTT-3.1.2-8"})
    void aSilentClientIsDisconnectedAndItsWillPublished() {
        RawClient watcher = clients.connect5("watcher").subscribe5("keep-alive", 0);
        RawClient idle = clients.connect5("idle");
        long start = System.nanoTime();
        RawClient silent = clients.open()
                .send(Connect5.clean("silent")
                        .withKeepAlive(1)
                        .will(0, false, "keep-alive", "gone")
                        .packed());
        assertThat(silent.next5().property(Props.SERVER_KEEP_ALIVE)).isNull();

        silent.expectDisconnect(0x8D);

        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(1_490L, 8_000L);
        watcher.expect(publish("keep-alive", "gone"));
        idle.expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.2-22")
    void anyPacketKeepsAClientAliveAndWhatItIsSentDoesNot() {
        RawClient talking = clients.connect(Connect5.clean("talking").withKeepAlive(1));
        RawClient listening =
                clients.connect(Connect5.clean("listening").withKeepAlive(1)).subscribe5("keep-alive/talk", 0);
        long start = System.nanoTime();
        Seen5 seen;
        do {
            talking.send(publish("keep-alive/talk", "x"));
            seen = listening.next5();
        } while (seen.type() == 3);
        assertThat(seen.reason()).isEqualTo(0x8D);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(1_490L, 8_000L);
        talking.expectSilence();
    }
}
