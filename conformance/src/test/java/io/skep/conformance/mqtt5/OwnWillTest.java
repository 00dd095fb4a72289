// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a client gets of its own will. */
class OwnWillTest {

    private static final int NO_LOCAL = 4;

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @Test
    @Normative(version = "5.0", value = "MQTT-3.8.3-3")
    void noLocalKeepsItAway() {
        RawClient other = clients.connect5("other").subscribe5("will/+", 1);
        Connect5 connect = Connect5.persistent("mine").will(1, false, "will/mine", "gone");
        RawClient former = clients.connect(connect).subscribe5("will/+", 1 | NO_LOCAL);
        RawClient back = clients.open().send(Connect5.persistent("mine").packed());
        assertThat(former.expectDisconnect(0x8E).type()).isEqualTo(14);
        assertThat(other.next5().payload()).isEqualTo("gone");
        assertThat(back.next5().sessionPresent()).isTrue();
        back.expectSilence();
    }
}
