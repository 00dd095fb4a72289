// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.PINGREQ;
import static io.skep.conformance.wire.Packets.PINGRESP;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.publish;
import static io.skep.conformance.wire.Packets.pubrec;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.HeldJournal;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** While as much waits for the disk as memory allows, publishers who would add to it are not read. */
class FullJournalTest {

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @BeforeEach
    void someoneIsAbsent() {
        clients.connect(Connect.persistent("absent")).subscribe("full/#", 2).disconnect();
    }

    /** Others are served many times, while nothing comes back to this one. */
    private void expectNotRead(RawClient client) {
        RawClient other = clients.connect("served");
        for (int i = 0; i < 50; i++) {
            other.expectSilence();
        }
        other.disconnect();
        assertThat(client.isOpenAndSilent()).isTrue();
    }

    @Test
    void aPublisherWhoseMessageWaitsIsNotReadUntilItIsStored() {
        RawClient sender = clients.connect("sender");
        try (HeldJournal journal = new HeldJournal(broker).full()) {
            sender.send(publish(1, 1, "full/a", "first"));
            sender.send(publish(1, 2, "full/a", "second"), PINGREQ);
            expectNotRead(sender);
            assertThat(journal.isHeld()).isTrue();
        }
        sender.expectInAnyOrder(puback(1), puback(2), PINGRESP);
        sender.publishAcknowledged(3, "full/a", "third");
        assertThat(clients.resume("absent").drainQueue()).containsExactly("first", "second", "third");
    }

    @Test
    void soItIsAtQos2() {
        RawClient sender = clients.connect(Connect.persistent("sender"));
        try (HeldJournal journal = new HeldJournal(broker).full()) {
            sender.send(publish(2, 1, "full/exactly", "once"));
            sender.send(PINGREQ);
            expectNotRead(sender);
            assertThat(journal.isHeld()).isTrue();
        }
        sender.expect(pubrec(1), PINGRESP);
    }

    @Test
    void whoStoresNothingIsReadAllTheTime() {
        RawClient subscriber = clients.connect("subscriber").subscribe("free/#", 1);
        RawClient sender = clients.connect("sender");
        try (HeldJournal journal = new HeldJournal(broker).full()) {
            for (int i = 1; i <= 10; i++) {
                sender.publishAcknowledged(i, "free/a", "message " + i);
                assertThat(subscriber.nextDelivery().payload()).isEqualTo("message " + i);
            }
            assertThat(journal.isHeld()).isTrue();
        }
    }

    @Test
    void aMessageThatWaitsNeverCostsAnotherPublisherItsOwn() {
        RawClient one = clients.connect("one");
        RawClient other = clients.connect("other");
        try (HeldJournal journal = new HeldJournal(broker).full()) {
            for (int i = 1; i <= 50; i++) {
                one.send(publish(1, i, "full/one", "message " + i));
                other.send(publish(1, i, "full/other", "message " + i));
            }
            expectNotRead(one);
            expectNotRead(other);
            assertThat(journal.isHeld()).isTrue();
        }
        for (int i = 1; i <= 50; i++) {
            one.expect(puback(i));
            other.expect(puback(i));
        }
        assertThat(clients.resume("absent").drainQueue()).hasSize(100);
    }
}
