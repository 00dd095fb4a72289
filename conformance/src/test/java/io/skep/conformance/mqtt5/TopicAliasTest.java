// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets5.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Topic aliases, those of clients and those of the broker. */
class TopicAliasTest {

    private static final int MAXIMUM = 7;

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create().set("mqtt.topic-alias-maximum", MAXIMUM);

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static byte[] alias(int alias) {
        return Props.two(Props.TOPIC_ALIAS, alias);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.3.2-12")
    void eachAliasUpToTheAnnouncedMaximumWorks() {
        RawClient receiver = clients.connect5("receiver").subscribe5("alias/each/#", 0);
        RawClient sender = clients.open().send(Connect5.clean("sender").packed());
        assertThat(sender.next5(2).property(Props.TOPIC_ALIAS_MAXIMUM)).isEqualTo((long) MAXIMUM);
        for (int i = 1; i <= MAXIMUM; i++) {
            sender.send(publish("alias/each/" + i, "set", alias(i)));
        }
        for (int i = MAXIMUM; i >= 1; i--) {
            sender.send(publish("", "used", alias(i)));
        }
        for (int i = 1; i <= MAXIMUM; i++) {
            assertThat(receiver.nextPublish5().topic()).isEqualTo("alias/each/" + i);
        }
        for (int i = MAXIMUM; i >= 1; i--) {
            Seen5 found = receiver.nextPublish5();
            assertThat(found.topic()).isEqualTo("alias/each/" + i);
            assertThat(found.payload()).isEqualTo("used");
            assertThat(found.property(Props.TOPIC_ALIAS)).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, MAXIMUM + 1, 65_535})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.3.2-8", "MQTT-3.3.2-9"})
    void anAliasOutOfRangeClosesTheConnection(int outOfRange) {
        clients.connect5("wrong")
                .send(publish("alias/range", "x", alias(outOfRange)))
                .expectDisconnect(0x94);
    }

    @Test
    @Normative(version = "extra", value = "U5-3.3.4-1")
    void anAliasThatWasNotSetClosesTheConnection() {
        clients.connect5("unknown")
                .send(publish("alias/unknown", "x", alias(1)), publish("", "x", alias(2)))
                .expectDisconnect(0x82);
    }

    @Test
    @Normative(version = "extra", value = "U5-3.3.4-2")
    void aKnownAliasWithAnotherTopicStandsForThatFromThenOn() {
        RawClient receiver = clients.connect5("receiver").subscribe5("alias/map/#", 1);
        RawClient sender = clients.connect5("sender");
        sender.send(publish("alias/map/old", "1", alias(3)), publish("", "2", alias(3)));
        sender.send(publish(1, 1, "alias/map/new", "3", alias(3)), publish(1, 2, "", "4", alias(3)))
                .expect(puback(1), puback(2));
        for (String topic : new String[] {"old", "old", "new", "new"}) {
            assertThat(receiver.nextPublish5().topic()).isEqualTo("alias/map/" + topic);
        }
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.3.2-7")
    void aliasesEndWithTheConnectionThoughTheSessionGoesOn() {
        RawClient first = clients.connect(Connect5.persistent("again"));
        first.publishAcknowledged5(1, "alias/again", "x", alias(1))
                .publishAcknowledged5(2, "", "x", alias(1))
                .drop();
        clients.connect(Connect5.persistent("again"))
                .send(publish("", "x", alias(1)))
                .expectDisconnect(0x82);
    }

    @Test
    void anAliasDoesNotGoRoundPermissions() {
        broker.hooks(hooks -> hooks.authorizer((client, operation) -> {
            boolean secret =
                    operation.action() == Action.PUBLISH && operation.topic().equals("alias/secret");
            return secret ? Decision.deny() : Decision.next();
        }));
        RawClient receiver = clients.connect5("receiver").subscribe5("alias/#", 0);
        RawClient sender = clients.connect5("sender");
        sender.send(publish(1, 1, "alias/secret", "no", alias(1)), publish(1, 2, "", "no", alias(1)));
        assertThat(sender.next5(4).reason()).isEqualTo(0x87);
        assertThat(sender.next5(4).reason()).isEqualTo(0x87);
        sender.send(publish("alias/open", "yes", alias(1)), publish("", "yes", alias(1)));
        receiver.expectPayloads5("yes", "yes");
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.3.2-8", "MQTT-3.3.2-11"})
    void theBrokersAliasesAreAtMostThoseThatTheClientTakes() {
        RawClient receiver = clients.connect(Connect5.clean("few").with(Props.two(Props.TOPIC_ALIAS_MAXIMUM, 3)));
        receiver.subscribe5("alias/few/#", 0);
        RawClient sender = clients.connect5("sender");
        Map<Object, String> topics = new HashMap<>();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 5; i++) {
                sender.send(publish("alias/few/" + i, "x"));
                Seen5 found = receiver.nextPublish5();
                Object alias = found.property(Props.TOPIC_ALIAS);
                if (alias != null) {
                    assertThat((long) alias).isBetween(1L, 3L);
                    topics.merge(alias, found.topic(), (known, fresh) -> fresh.isEmpty() ? known : fresh);
                }
                String topic = found.topic().isEmpty() ? topics.get(alias) : found.topic();
                assertThat(topic).isEqualTo("alias/few/" + i);
            }
        }
        assertThat(topics).hasSize(3);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.3.2-11")
    void whoTakesNoAliasesGetsNone() {
        RawClient receiver = clients.connect5("none").subscribe5("alias/none", 0);
        RawClient sender = clients.connect5("sender");
        for (int i = 0; i < 3; i++) {
            sender.send(publish("alias/none", "x", alias(1)));
            Seen5 found = receiver.nextPublish5();
            assertThat(found.topic()).isEqualTo("alias/none");
            assertThat(found.property(Props.TOPIC_ALIAS)).isNull();
        }
    }

    @Test
    @Normative(version = "extra", value = "U5-3.3.4-3")
    void theAliasesOfTheTwoDirectionsHaveNothingToDoWithEachOther() {
        RawClient client = clients.connect(Connect5.clean("both").with(Props.two(Props.TOPIC_ALIAS_MAXIMUM, 1)));
        client.subscribe5("alias/in", 0);
        RawClient other = clients.connect5("other").subscribe5("alias/out", 0);
        client.send(publish("alias/out", "set", alias(1)));
        other.send(publish("alias/in", "set"), publish("alias/in", "used"));
        assertThat(client.nextPublish5().property(Props.TOPIC_ALIAS)).isEqualTo(1L);
        Seen5 used = client.nextPublish5();
        assertThat(used.topic()).isEmpty();
        assertThat(used.property(Props.TOPIC_ALIAS)).isEqualTo(1L);
        client.send(publish("", "used", alias(1)));
        other.expectPayloads5("set");
        assertThat(other.nextPublish5().topic()).isEqualTo("alias/out");
    }
}
