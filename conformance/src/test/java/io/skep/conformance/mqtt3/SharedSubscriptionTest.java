// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.publish;
import static io.skep.conformance.wire.Packets.retained;
import static io.skep.conformance.wire.Packets.suback;
import static io.skep.conformance.wire.Packets.subscribe;
import static io.skep.conformance.wire.Packets.unsuback;
import static io.skep.conformance.wire.Packets.unsubscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shared subscriptions, which MQTT 3.1.1 does not know but its clients may use. */
class SharedSubscriptionTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void eachMessageGoesToOneMemberInTurn(int qos) {
        List<RawClient> members = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            members.add(clients.connect("turn" + i).subscribe("$share/g/shared/turn", qos));
        }
        RawClient sender = clients.connect("sender");
        for (int i = 1; i <= 30; i++) {
            sender.send(qos == 0 ? publish("shared/turn", "m" + i) : publish(qos, i, "shared/turn", "m" + i));
        }
        List<String> found = new ArrayList<>();
        for (RawClient member : members) {
            for (int i = 0; i < 10; i++) {
                found.add(member.nextDelivery().payload());
            }
            member.expectSilence();
        }
        assertThat(found).hasSize(30).doesNotHaveDuplicates();
    }

    @Test
    void aPlainSubscriptionAndEachGroupHaveTheirOwnCopy() {
        RawClient plain = clients.connect("plain").subscribe("shared/copies", 0);
        RawClient one = clients.connect("one").subscribe("$share/one/shared/+", 0);
        RawClient two = clients.connect("two").subscribe("$share/two/shared/copies", 0);
        RawClient both = clients.connect("both").subscribe("$share/three/shared/copies", 0);
        both.send(subscribe(2, "shared/copies", 0)).expect(suback(2, 0));
        clients.connect("sender").send(publish("shared/copies", "x"));
        for (RawClient client : List.of(plain, one, two)) {
            client.expect(publish("shared/copies", "x")).expectSilence();
        }
        both.expect(publish("shared/copies", "x"), publish("shared/copies", "x"))
                .expectSilence();
    }

    @Test
    void aSharedSubscriptionBringsNoRetainedMessages() {
        clients.connect("sender").send(retained("shared/retained", "kept")).expectSilence();
        clients.connect("member").subscribe("$share/g/shared/retained", 0).expectSilence();
    }

    @Test
    void membersThatAreAwayArePassedOver() {
        clients.connect(Connect.persistent("away"))
                .subscribe("$share/g/shared/away", 1)
                .disconnect();
        RawClient here = clients.connect("here").subscribe("$share/g/shared/away", 1);
        RawClient sender = clients.connect("sender");
        for (int i = 1; i <= 10; i++) {
            sender.publishAcknowledged(i, "shared/away", "m" + i);
            assertThat(here.nextDelivery().payload()).isEqualTo("m" + i);
        }
        clients.resume("away").expectNothingQueued();
    }

    @Test
    void ifAllAreAwayTheGroupQueuesEachMessageOnce() {
        for (String id : List.of("queue0", "queue1")) {
            clients.connect(Connect.persistent(id))
                    .subscribe("$share/g/shared/queue", 1)
                    .disconnect();
        }
        RawClient sender = clients.connect("sender");
        for (int i = 1; i <= 10; i++) {
            sender.publishAcknowledged(i, "shared/queue", "m" + i);
        }
        List<String> found = new ArrayList<>();
        for (String id : List.of("queue0", "queue1")) {
            found.addAll(clients.resume(id).drainQueue());
        }
        assertThat(found).hasSize(10).doesNotHaveDuplicates();
    }

    @Test
    void whatAMemberHasNotAcknowledgedGoesToAnotherWhenItsSessionEnds() {
        RawClient first = clients.connect("inherit0").subscribe("$share/g/shared/inherit", 1);
        RawClient sender = clients.connect("sender").publishAcknowledged(1, "shared/inherit", "x");
        first.expect(publish(1, 1, "shared/inherit", "x"));
        RawClient second = clients.connect("inherit1").subscribe("$share/g/shared/inherit", 1);
        first.drop();
        assertThat(second.nextDelivery().payload()).isEqualTo("x");
        sender.publishAcknowledged(2, "shared/inherit", "y");
        assertThat(second.nextDelivery().payload()).isEqualTo("y");
    }

    @Test
    void whoUnsubscribesIsNoMemberAnyMore() {
        RawClient leaves = clients.connect("leaves").subscribe("$share/g/shared/leaves", 0);
        RawClient stays = clients.connect("stays").subscribe("$share/g/shared/leaves", 0);
        leaves.send(unsubscribe(2, "$share/g/shared/leaves")).expect(unsuback(2));
        RawClient sender = clients.connect("sender");
        for (int i = 0; i < 4; i++) {
            sender.send(publish("shared/leaves", "x"));
            stays.expect(publish("shared/leaves", "x"));
        }
        leaves.expectSilence();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"$share/", "$share/g", "$share//t", "$share/g/", "$share/+/t", "$share/g#/t", "$share/g/a#"})
    void aFilterThatIsNoneClosesTheConnection(String filter) {
        clients.connect("wrong").send(subscribe(1, filter, 0)).expectClosed();
    }
}
