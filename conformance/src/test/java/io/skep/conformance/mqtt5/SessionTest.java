// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.DISCONNECT;
import static io.skep.conformance.wire.Packets.again;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static io.skep.conformance.wire.Packets5.ack;
import static io.skep.conformance.wire.Packets5.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a session keeps while its client is away, whose it is, and when it ends. */
class SessionTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create().set("sessions.expiry-max", "4294967295s");

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private RawClient connect(Connect5 connect, boolean sessionPresent) {
        RawClient client = clients.open().send(connect.packed());
        Seen5 connack = client.next5();
        assertThat(connack.reason()).isZero();
        assertThat(connack.acknowledgeFlags()).isEqualTo(sessionPresent ? 1 : 0);
        return client;
    }

    private void publishAcknowledged(int qos, String topic, String payload) {
        RawClient sender = clients.connect5("sender").send(publish(qos, 1, topic, payload));
        assertThat(sender.next5().type()).isEqualTo(qos == 1 ? 4 : 5);
        if (qos == 2) {
            sender.send(pubrel(1));
            assertThat(sender.next5().type()).isEqualTo(7);
        }
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.2-5", "MQTT-3.1.2-23", "MQTT-3.2.2-3", "MQTT-3.2.0-1"})
    void aSessionIsResumedWithAllThatItHas() {
        RawClient first =
                connect(Connect5.persistent("all").withFlags(2), false).subscribe5("session/all", 2);
        publishAcknowledged(1, "session/all", "unacknowledged");
        int open = first.next5().id();
        publishAcknowledged(2, "session/all", "received");
        int received = first.next5().id();
        first.send(pubrec(received)).expect(pubrel(received));
        first.send(publish(2, 9, "session/other", "half"));
        assertThat(first.next5().id()).isEqualTo(9);
        first.disconnect(); // and not dropped, which the broker may notice only after the next message
        publishAcknowledged(1, "session/all", "queued");

        RawClient back = connect(Connect5.persistent("all"), true);

        back.expect(again(publish(1, open, "session/all", "unacknowledged")), pubrel(received));
        Seen5 queued = back.next5();
        assertThat(queued.payload()).isEqualTo("queued");
        assertThat(queued.dup()).isFalse();
        back.send(puback(open), ack(0x70, received, 0), puback(queued.id()), pubrel(9));
        assertThat(back.next5()).matches(pubcomp -> pubcomp.id() == 9 && pubcomp.reason() == 0);
        publishAcknowledged(1, "session/all", "live");
        assertThat(back.next5().payload()).isEqualTo("live");
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.2-4", "MQTT-3.2.2-2", "MQTT-3.2.2-3"})
    void cleanStartThrowsAwayWhatWasStored() {
        RawClient first = connect(Connect5.persistent("clean"), false).subscribe5("session/clean", 2);
        publishAcknowledged(1, "session/clean", "unacknowledged");
        first.next5();
        first.send(publish(2, 9, "session/other", "half"));
        assertThat(first.next5().id()).isEqualTo(9);
        first.drop();
        publishAcknowledged(1, "session/clean", "queued");

        RawClient fresh = connect(Connect5.persistent("clean").withFlags(2), false);

        publishAcknowledged(1, "session/clean", "for nobody");
        fresh.expectSilence().send(pubrel(9));
        assertThat(fresh.next5().reason()).isEqualTo(0x92);
        fresh.send(DISCONNECT).expectClosed();
        connect(Connect5.persistent("clean"), true).expectSilence();
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.2-6", "MQTT-3.2.2-3"})
    void withoutAStoredSessionThereIsAnEmptyOne() {
        RawClient first = connect(Connect5.persistent("empty"), false);
        first.expectSilence();
        publishAcknowledged(1, "session/empty", "for nobody");
        first.expectSilence();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Normative(version = "extra", value = "U5-3.1.2-1")
    void withoutExpiryASessionEndsWithItsConnection(boolean explicit) {
        byte[] zero = Props.four(Props.SESSION_EXPIRY_INTERVAL, 0);
        String id = explicit ? "brief-zero" : "brief";
        Connect5 connect = Connect5.clean(id).withFlags(0).with(explicit ? zero : new byte[0]);
        connect(connect, false).subscribe5("session/brief", 1).disconnect();
        publishAcknowledged(1, "session/brief", "for nobody");
        connect(connect, false).expectSilence().drop();
        publishAcknowledged(1, "session/brief", "for nobody");
        connect(Connect5.persistent(id), false).expectSilence();
    }

    @Test
    @Normative(version = "extra", value = "U5-3.1.2-1")
    void theLargestExpiryIsNone() {
        Connect5 connect =
                Connect5.clean("never").withFlags(0).with(Props.four(Props.SESSION_EXPIRY_INTERVAL, 0xFFFFFFFFL));
        RawClient client = clients.open().send(connect.packed());
        assertThat(client.next5().property(Props.SESSION_EXPIRY_INTERVAL)).isNull();
        client.disconnect();
        RawClient clock = clients.connect5("clock").subscribe5("session/clock", 0);
        connect(
                        Connect5.clean("timer")
                                .with(Props.four(Props.SESSION_EXPIRY_INTERVAL, 1))
                                .will(0, false, "session/clock", "over", Props.four(Props.WILL_DELAY_INTERVAL, 9)),
                        false)
                .drop();
        clock.expect(publish("session/clock", "over"));
        connect(connect, true);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.2-23")
    void aSessionEndsWhenItsExpiryIsOver() {
        RawClient clock = clients.connect5("clock").subscribe5("session/over", 0);
        Connect5 second = Connect5.clean("second").withFlags(0).with(Props.four(Props.SESSION_EXPIRY_INTERVAL, 4));
        connect(second, false).drop();
        connect(second, true).drop();
        connect(second.will(0, false, "session/over", "over", Props.four(Props.WILL_DELAY_INTERVAL, 9)), true)
                .drop();
        clock.expect(publish("session/over", "over"));
        connect(second, false);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.1.3-2")
    void aSessionBelongsToItsClientIdAlone() {
        connect(Connect5.persistent("mine"), false)
                .subscribe5("session/mine", 1)
                .disconnect();
        publishAcknowledged(1, "session/mine", "for mine");
        for (String other : List.of("mine2", "MINE", "min", "mine ")) {
            connect(Connect5.persistent(other), false).expectSilence();
        }
        Connect5 elsewhere = Connect5.persistent("mine").user("another", "word");
        assertThat(connect(elsewhere, true).next5().payload()).isEqualTo("for mine");
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.4-3", "MQTT-3.1.4-4", "MQTT-3.14.4-2"})
    void theOlderConnectionIsToldAndClosedAndTheNewerWorks() {
        RawClient older = connect(Connect5.persistent("taken"), false).subscribe5("session/taken", 1);
        publishAcknowledged(1, "session/taken", "under way");
        int id = older.next5().id();

        RawClient newer = connect(Connect5.persistent("taken"), true);

        older.expectDisconnect(0x8E);
        newer.expect(again(publish(1, id, "session/taken", "under way"))).send(puback(id));
        publishAcknowledged(1, "session/taken", "live");
        assertThat(newer.next5().payload()).isEqualTo("live");
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.4-3", "MQTT-3.1.4-4", "MQTT-3.1.2-4", "MQTT-3.2.2-2"})
    void cleanStartAtTakeoverRemovesTheStateOfTheOlder() {
        RawClient older = connect(Connect5.persistent("removed"), false).subscribe5("session/removed", 1);
        publishAcknowledged(1, "session/removed", "under way");
        older.next5();

        RawClient newer = connect(Connect5.persistent("removed").withFlags(2), false);

        older.expectDisconnect(0x8E);
        publishAcknowledged(1, "session/removed", "for nobody");
        newer.expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.2.2-3")
    void aSessionWithoutExpiryIsNotPresentAtTakeover() {
        RawClient older = connect(Connect5.clean("passing"), false).subscribe5("session/passing", 1);
        connect(Connect5.persistent("passing"), false);
        older.expectDisconnect(0x8E);
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.2.0-1", "MQTT-3.2.0-2"})
    void connackComesFirstAndOnceAlsoWithAFullQueue() {
        connect(Connect5.persistent("full"), false)
                .subscribe5("session/full", 1)
                .disconnect();
        RawClient sender = clients.connect5("full-sender");
        for (int i = 1; i <= 200; i++) {
            sender.send(publish(1, i, "session/full", "message " + i)).expect(puback(i));
        }
        RawClient back = connect(Connect5.persistent("full"), true);
        for (int i = 1; i <= 200; i++) {
            assertThat(back.next5().payload()).isEqualTo("message " + i);
        }
        back.expectSilence();
    }
}
