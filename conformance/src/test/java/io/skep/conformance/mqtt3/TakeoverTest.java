// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Delivery;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Until;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A second connection with the client id of an open one. */
class TakeoverTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.1.4-2")
    void theOlderConnectionIsClosedAndTheNewerWorks() {
        RawClient older = clients.connect("taken");
        RawClient newer = clients.connect("taken");
        older.expectClosed();
        newer.subscribe("takeover/works", 0)
                .send(publish("takeover/works", "x"))
                .expect(publish("takeover/works", "x"));
    }

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.1.4-3", "MQTT-3.2.2-1"})
    void cleanSessionRemovesSubscriptionsAndQueueOfTheOlder() {
        RawClient older = clients.connect(Connect.persistent("cleaned")).subscribe("takeover/cleaned", 1);
        clients.connect("sender").publishAcknowledged(1, "takeover/cleaned", "for the older");
        older.expect(publish(1, 1, "takeover/cleaned", "for the older"));
        RawClient newer = clients.connect("cleaned");
        older.expectClosed();
        clients.connect("sender").publishAcknowledged(1, "takeover/cleaned", "for nobody");
        newer.expectSilence();
    }

    @Test
    @Normative(
            version = "3.1.1",
            value = {"MQTT-3.1.2-4", "MQTT-3.2.2-2", "MQTT-4.4.0-1"})
    void aPersistentSessionGoesOnWithWhatIsUnderWay() {
        RawClient older = clients.connect(Connect.persistent("goes-on")).subscribe("takeover/goes-on", 1);
        clients.connect("sender").publishAcknowledged(1, "takeover/goes-on", "under way");
        Delivery first = older.nextDelivery();
        RawClient newer = clients.resume("goes-on");
        older.expectClosed();
        newer.expect(Packets.again(publish(1, first.id(), "takeover/goes-on", "under way")));
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.2.2-3")
    void aCleanSessionThatIsTakenOverIsNotPresent() {
        clients.connect("not-present").subscribe("takeover/not-present", 1);
        clients.connect(Connect.persistent("not-present"));
        clients.resume("not-present");
    }

    @Test
    void versionsTakeOverFromEachOther() {
        RawClient older = clients.connect(Connect.persistent("versions"));
        RawClient newer = clients.connect(Connect.persistent("versions").v31());
        older.expectClosed();
        newer.expectSilence();
        clients.resume("versions").expectNothingQueued();
        newer.expectClosed();
    }

    @Test
    @Normative(version = "3.1.1", value = "MQTT-3.1.2-8")
    void theWillOfTheOlderIsPublished() {
        RawClient watcher = clients.connect("watcher").subscribe("takeover/will", 0);
        Connect connect = Connect.clean("willed").will(0, false, "takeover/will", "taken over");
        clients.connect(connect);
        clients.connect("willed");
        watcher.expect(publish("takeover/will", "taken over")).expectSilence();
    }

    @Test
    void oneOfManyConnectionsAtOnceIsLeft() {
        long before = broker.metrics().get(Metric.CLOSED_TAKEN_OVER);
        List<RawClient> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add(clients.open().send(Connect.persistent("crowd").packed()));
        }
        Until.holds(() -> broker.metrics().get(Metric.CLOSED_TAKEN_OVER) - before == 39);

        RawClient last = clients.resume("crowd");

        for (RawClient client : all) {
            assertThat(client.packetsUntilClosed()).isLessThanOrEqualTo(1); // CONNACK, if there was time for it
        }
        last.expectSilence();
    }
}
