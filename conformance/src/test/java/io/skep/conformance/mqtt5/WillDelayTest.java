// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets5.disconnect;
import static io.skep.conformance.wire.Packets5.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wills that wait after the end of their connection, and what ends the wait. */
class WillDelayTest {

    private static final int LONG_SECONDS = 3600;

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static Connect5 willed(String id, long expirySeconds, long delaySeconds) {
        return Connect5.clean(id)
                .with(Props.four(Props.SESSION_EXPIRY_INTERVAL, expirySeconds))
                .will(0, false, "delay/" + id, "gone", Props.four(Props.WILL_DELAY_INTERVAL, delaySeconds));
    }

    /** Expects that no will is published: a message that is published after it would have been comes alone. */
    private void expectNone(RawClient watcher, String id) {
        clients.connect5("sender").send(publish("delay/" + id, "end"));
        watcher.expect(publish("delay/" + id, "end")).expectSilence();
    }

    @ParameterizedTest
    @CsvSource({"delayed, 3600, 1", "session-end, 1, 3600", "both, 1, 1", "never, 0xFFFFFFFF, 1"})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.2-7", "MQTT-3.1.2-8"})
    @Normative(version = "extra", value = "U5-3.1.3-2")
    void aWillIsPublishedAfterItsDelayOrWithTheEndOfItsSession(String id, String expiry, int delay) {
        RawClient watcher = clients.connect5("watcher").subscribe5("delay/" + id, 0);
        RawClient client = clients.connect(willed(id, Long.decode(expiry), delay));
        long start = System.nanoTime();
        client.drop();
        watcher.expect(publish("delay/" + id, "gone"));
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(950L, 10_000L);
        watcher.expectSilence();
    }

    @Test
    @Normative(version = "extra", value = "U5-3.1.3-2")
    void withoutASessionThatGoesOnThereIsNoDelay() {
        RawClient watcher = clients.connect5("watcher").subscribe5("delay/none", 0);
        clients.connect(willed("none", 0, LONG_SECONDS)).drop();
        watcher.expect(publish("delay/none", "gone")).expectSilence();
    }

    @Test
    @Normative(version = "extra", value = "U5-3.1.3-2")
    @Normative(version = "5.0", value = "MQTT-3.14.4-3")
    void theExpiryThatDisconnectSetsEndsTheDelayToo() {
        RawClient watcher = clients.connect5("watcher").subscribe5("delay/set", 0);
        clients.connect(willed("set", LONG_SECONDS, LONG_SECONDS))
                .send(disconnect(4, Props.four(Props.SESSION_EXPIRY_INTERVAL, 0)))
                .expectClosed();
        watcher.expect(publish("delay/set", "gone")).expectSilence();
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.1.3-9", "MQTT-3.1.2-8", "MQTT-3.1.2-10"})
    void aSessionThatIsResumedInTimeKeepsItsWillBack() {
        RawClient watcher = clients.connect5("watcher").subscribe5("delay/resumed", 0);
        clients.connect(willed("resumed", LONG_SECONDS, 4)).drop();
        clients.connect(willed("other", LONG_SECONDS, 5)).drop();
        RawClient back = clients.connect(Connect5.persistent("resumed"));
        RawClient others = clients.connect5("others").subscribe5("delay/other", 0);
        others.expect(publish("delay/other", "gone")); // so the time of the first is over
        expectNone(watcher, "resumed");
        back.drop();
        expectNone(watcher, "resumed");
    }

    @Test
    @Normative(version = "extra", value = "U5-3.1.3-2")
    @Normative(version = "5.0", value = "MQTT-3.1.2-8")
    void aCleanStartPublishesAWaitingWillAtOnce() {
        RawClient watcher = clients.connect5("watcher").subscribe5("delay/clean", 0);
        clients.connect(willed("clean", LONG_SECONDS, LONG_SECONDS)).drop();
        expectNone(watcher, "clean");
        clients.connect5("clean");
        watcher.expect(publish("delay/clean", "gone")).expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.14.4-3")
    void aNormalDisconnectLeavesNoWaitingWill() {
        RawClient watcher = clients.connect5("watcher").subscribe5("delay/normal", 0);
        clients.connect(willed("normal", LONG_SECONDS, LONG_SECONDS)).disconnect();
        clients.connect5("normal");
        expectNone(watcher, "normal");
    }

    @Test
    @Normative(version = "extra", value = "U5-3.1.4-2")
    void aTakeoverWithWhichTheSessionGoesOnKeepsADelayedWillBack() {
        RawClient watcher = clients.connect5("watcher").subscribe5("delay/taken", 0);
        RawClient older = clients.connect(willed("taken", LONG_SECONDS, LONG_SECONDS));
        clients.connect(Connect5.persistent("taken"));
        older.expectDisconnect(0x8E);
        expectNone(watcher, "taken");
    }

    @ParameterizedTest
    @ValueSource(strings = {"clean-start", "no-expiry", "no-delay"})
    @Normative(version = "extra", value = "U5-3.1.4-2")
    @Normative(version = "5.0", value = "MQTT-3.1.2-8")
    void anyOtherTakeoverPublishesTheWill(String why) {
        RawClient watcher = clients.connect5("watcher").subscribe5("delay/" + why, 0);
        int expiry = why.equals("no-expiry") ? 0 : LONG_SECONDS;
        int delay = why.equals("no-delay") ? 0 : LONG_SECONDS;
        RawClient older = clients.connect(willed(why, expiry, delay));
        clients.connect(Connect5.persistent(why).withFlags(why.equals("clean-start") ? 2 : 0));
        older.expectDisconnect(0x8E);
        watcher.expect(publish("delay/" + why, "gone")).expectSilence();
    }
}
