// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.again;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static io.skep.conformance.wire.Packets.twoBytes;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.subscribe;
import static io.skep.conformance.wire.Props.MESSAGE_EXPIRY_INTERVAL;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.conformance.wire.Until;
import io.skep.sdk.testkit.BrokerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Messages and sessions that end by time. Time is what the broker says it is: tests wait until the Message Expiry
 * Interval of a retained message has come down.
 */
class ExpiryTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static byte[] expiry(long seconds) {
        return Props.four(MESSAGE_EXPIRY_INTERVAL, seconds);
    }

    private static byte[] session(long seconds) {
        return Props.four(Props.SESSION_EXPIRY_INTERVAL, seconds);
    }

    private RawClient durable(String id) {
        return clients.connect(Connect5.persistent(id));
    }

    /** Waits until so many seconds have passed for the broker. */
    private void pass(int seconds) {
        RawClient clock = clients.connect5("clock").publishRetained5("expiry/clock", "tick", expiry(1_000));
        Until.holds(() -> {
            clock.send(subscribe(1, "expiry/clock", 0)).next5(9);
            return secondsLeft(clock.nextPublish5()) <= 1_000 - seconds;
        });
    }

    private static long secondsLeft(Seen5 found) {
        return (long) found.all(MESSAGE_EXPIRY_INTERVAL).get(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Normative(version = "5.0", value = "MQTT-3.3.2-6")
    void aMessageThatDoesNotWaitKeepsItsInterval(int qos) {
        RawClient here = clients.connect5("here").subscribe5("expiry/live", qos);
        RawClient sender = clients.connect5("sender");
        for (long interval : new long[] {1, 10, 0xFFFF_FFFFL}) {
            sender.send(
                    qos == 0
                            ? publish("expiry/live", "x", expiry(interval))
                            : publish(qos, 1, "expiry/live", "x", expiry(interval)));
            if (qos > 0) {
                sender.next5(3 + qos);
            }
            if (qos == 2) {
                sender.send(pubrel(1)).expect(pubcomp(1));
            }
            assertThat(here.nextPublish5().property(MESSAGE_EXPIRY_INTERVAL)).isEqualTo(interval);
        }
        sender.send(publish("expiry/live", "without"));
        assertThat(here.nextPublish5().property(MESSAGE_EXPIRY_INTERVAL)).isNull();
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.3.2-5", "MQTT-3.3.2-6"})
    @Normative(version = "extra", value = "U5-3.3.1-2")
    void theIntervalCountsDownInQueuesAndInTheRetainedStore() {
        durable("away").subscribe5("expiry/queue/+", 2).disconnect();
        clients.connect(Connect.persistent("away3"))
                .subscribe("expiry/queue/+", 2)
                .disconnect();
        clients.connect(Connect5.persistent("away-shared"))
                .subscribe5("$share/g/expiry/queue/+", 1)
                .disconnect();
        Connect5 one = Connect5.clean("window").with(Props.two(Props.RECEIVE_MAXIMUM, 1));
        RawClient window = clients.connect(one).subscribe5("expiry/queue/+", 1);
        RawClient sender = clients.connect5("sender");
        sender.send(publish(1, 1, "expiry/queue/first", "first")).expect(puback(1));
        sender.send(publish(1, 2, "expiry/queue/short", "short", expiry(1))).expect(puback(2));
        sender.send(publish(2, 3, "expiry/queue/short", "short", expiry(2))).expect(pubrec(3));
        sender.send(publish(1, 4, "expiry/queue/long", "long", expiry(600))).expect(puback(4));
        sender.publishRetained5("expiry/kept/short", "short", expiry(1));
        sender.publishRetained5("expiry/kept/long", "long", expiry(600));
        int first = window.nextPublish5().id();

        pass(2);

        assertExpired(durable("away").expectPayloads5("first"));
        assertExpired(durable("away-shared").expectPayloads5("first"));
        assertExpired(window.send(puback(first)));
        assertExpired(clients.connect5("late").subscribe5("expiry/kept/+", 0));
        clients.connect5("exact").subscribe5("expiry/kept/short", 0).expectSilence();
        RawClient away3 = clients.resume("away3");
        assertThat(away3.drainQueue()).containsExactly("first", "long");
    }

    /** Expects that only the message comes that had long to live, and not all of its time. */
    private static void assertExpired(RawClient client) {
        Seen5 found = client.nextPublish5();
        assertThat(found.payload()).isEqualTo("long");
        assertThat(secondsLeft(found)).isBetween(560L, 598L);
        client.expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.3.2-6")
    void theIntervalCountsDownWhileTheBrokerIsStopped() {
        durable("restart").subscribe5("expiry/restart", 1).disconnect();
        RawClient sender = clients.connect5("sender");
        sender.send(publish(1, 1, "expiry/restart", "short", expiry(1))).expect(puback(1));
        sender.send(publish(1, 2, "expiry/restart", "long", expiry(600))).expect(puback(2));
        byte[] kept = packet(0x33, "expiry/restart/kept", twoBytes(3), Props.of(expiry(600)), "long".getBytes(UTF_8));
        sender.send(kept).next5(4);
        pass(2);

        broker.restart();

        assertExpired(durable("restart"));
        assertExpired(clients.connect5("late").subscribe5("expiry/restart/kept", 0));
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-4.3.3-7", "MQTT-4.4.0-1"})
    void whatWasSentOnceIsSentAgainThoughItHasExpired() {
        RawClient receiver = durable("begun").subscribe5("expiry/begun", 2);
        RawClient sender = clients.connect5("sender");
        sender.send(publish(2, 1, "expiry/begun", "two", expiry(1))).expect(pubrec(1));
        sender.send(publish(1, 2, "expiry/begun", "one", expiry(1))).expect(puback(2));
        sender.send(publish(2, 3, "expiry/begun", "long", expiry(600))).expect(pubrec(3));
        int two = receiver.nextPublish5().id();
        receiver.expectPayloads5("one", "long").drop();

        pass(2);

        RawClient back = durable("begun");
        Seen5 repeated = back.nextPublish5();
        assertThat(repeated.first()).isEqualTo(0x3C);
        assertThat(repeated.id()).isEqualTo(two);
        assertThat(repeated.payload()).isEqualTo("two");
        back.expectPayloads5("one");
        assertThat(secondsLeft(back.nextPublish5())).isBetween(560L, 598L);
        back.send(pubrec(two)).expect(pubrel(two)).send(pubcomp(two)).expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-4.3.3-13")
    void anInboundQos2ExchangeGoesOnThoughItsMessageExpires() {
        durable("inbound").subscribe5("expiry/inbound", 2).disconnect();
        RawClient sender = durable("inbound-sender");
        byte[] packet = publish(2, 7, "expiry/inbound", "x", expiry(1));
        sender.send(packet).expect(pubrec(7));

        pass(1);

        sender.send(again(packet)).expect(pubrec(7)).drop();
        RawClient back = durable("inbound-sender");
        back.send(again(packet)).expect(pubrec(7)).send(pubrel(7)).expect(pubcomp(7));
        assertThat(durable("inbound").drainQueue5()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @Normative(version = "5.0", value = "MQTT-4.1.0-1")
    void noStateIsLostWhileTheConnectionIsOpen(int seconds) {
        RawClient client = clients.connect(Connect5.clean("open" + seconds).with(session(seconds)));
        client.subscribe5("expiry/open", 2);
        client.send(publish(2, 9, "expiry/elsewhere", "x")).next5(5);
        RawClient sender = clients.connect5("sender").send(publish(2, 1, "expiry/open", "before"));
        int held = client.nextPublish5().id();

        pass(2);

        sender.send(publish(1, 2, "expiry/open", "after"));
        client.expectPayloads5("after").send(pubrec(held)).expect(pubrel(held)).send(pubcomp(held));
        client.send(again(publish(2, 9, "expiry/elsewhere", "x")))
                .expect(pubrec(9))
                .send(pubrel(9))
                .expect(pubcomp(9));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @Normative(version = "5.0", value = "MQTT-4.1.0-2")
    void afterItsIntervalASessionIsGone(int seconds) {
        Connect5 connect = Connect5.clean("gone" + seconds).withFlags(0).with(session(seconds));
        String topic = "expiry/gone/" + seconds;
        clients.connect(connect).subscribe5(topic, 1).disconnect();
        RawClient sender = clients.connect5("sender");
        Until.holds(() -> sender.send(publish(1, 1, topic, "queued")).next5(4).reason() == 0x10); // nobody there
        RawClient fresh = clients.open().send(connect.packed());
        assertThat(fresh.next5(2).sessionPresent()).isFalse();
        sender.send(publish(1, 2, topic, "for nobody")).next5(4);
        fresh.expectSilence();
        assertThat(fresh.drainQueue5()).isEmpty();
    }
}
