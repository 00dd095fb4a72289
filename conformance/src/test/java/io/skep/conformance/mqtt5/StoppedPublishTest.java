// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.again;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.Packets5;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.Client;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.publish.Publish;
import io.skep.sdk.publish.PublishAnswer;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that a publish interceptor drops or denies reach nobody, and their publisher is answered all the same. */
class StoppedPublishTest {

    private static final String TOPIC = "stop/x";
    private static final BlockingQueue<String> ASKED = new LinkedBlockingQueue<>();

    @RegisterExtension
    final BrokerExtension broker =
            BrokerExtension.create().hooks(hooks -> hooks.publishInterceptor(StoppedPublishTest::intercept));

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private enum Sender {
        V3_CLEAN,
        V3_KEPT,
        V5_CLEAN,
        V5_KEPT;

        private boolean isV5() {
            return this == V5_CLEAN || this == V5_KEPT;
        }

        /** {@return a CONNECT of this kind, as it is sent each time} */
        private byte[] connect() {
            return switch (this) {
                case V3_CLEAN -> Connect.clean(name()).packed();
                case V3_KEPT -> Connect.persistent(name()).packed();
                case V5_CLEAN -> Connect5.clean(name()).packed();
                case V5_KEPT -> Connect5.persistent(name()).packed();
            };
        }

        private byte[] publish(int qos, int id, String payload) {
            return isV5() ? Packets5.publish(qos, id, TOPIC, payload) : Packets.publish(qos, id, TOPIC, payload);
        }
    }

    /** The payload says what becomes of the message. */
    private static PublishAnswer intercept(Client client, Publish publish) {
        String payload = UTF_8.decode(publish.payload()).toString();
        ASKED.add(payload);
        PublishAnswer answer = switch (payload.substring(payload.lastIndexOf(' ') + 1)) {
            case "drop" -> PublishAnswer.drop();
            case "deny" -> PublishAnswer.deny(ReasonCode.QUOTA_EXCEEDED, "enough for today");
            default -> PublishAnswer.pass();
        };
        return payload.startsWith("later")
                ? PublishAnswer.later(CompletableFuture.supplyAsync(
                        () -> answer, CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS)))
                : answer;
    }

    private RawClient watcher() {
        return clients.connect5("watcher").subscribe5("stop/#", 2);
    }

    private RawClient publisher(Sender sender) {
        ASKED.clear();
        RawClient client = clients.open().send(sender.connect());
        assertThat(client.next()[3]).as("CONNACK").isZero();
        return client;
    }

    /** Nothing came before this message, and it does come: also with the packet identifier of one that was stopped. */
    private static void expectOnly(RawClient watcher, Sender sender, RawClient publisher, int id) {
        publisher
                .send(sender.publish(2, id, "marker"))
                .expect(pubrec(id))
                .send(pubrel(id))
                .expect(pubcomp(id));
        assertThat(watcher.nextPublish5().payload()).isEqualTo("marker");
        watcher.expectSilence();
        publisher.expectSilence();
    }

    @ParameterizedTest
    @EnumSource
    void aDroppedMessageOfQos1IsAcknowledgedEachTimeItComes(Sender sender) {
        RawClient watcher = watcher();
        RawClient publisher = publisher(sender);
        byte[] dropped = sender.publish(1, 1, "drop");

        publisher.send(dropped).expect(puback(1)).send(again(dropped)).expect(puback(1));

        expectOnly(watcher, sender, publisher, 1);
        assertThat(ASKED).containsExactly("drop", "drop", "marker");
    }

    @ParameterizedTest
    @EnumSource
    void aDroppedMessageOfQos2HasItsWholeExchangeAndARepetitionIsNotShownAgain(Sender sender) {
        RawClient watcher = watcher();
        RawClient publisher = publisher(sender);
        byte[] dropped = sender.publish(2, 7, "drop");

        publisher.send(dropped).expect(pubrec(7)).send(again(dropped)).expect(pubrec(7));
        publisher.send(pubrel(7)).expect(pubcomp(7));

        expectOnly(watcher, sender, publisher, 7);
        assertThat(ASKED).containsExactly("drop", "marker");
    }

    @ParameterizedTest
    @EnumSource(names = ".*_KEPT", mode = EnumSource.Mode.MATCH_ALL)
    void theExchangeOfADroppedMessageGoesOnAfterTheConnectionAndTheBrokerHaveEnded(Sender sender) {
        byte[] dropped = sender.publish(2, 7, "drop");
        RawClient first = publisher(sender).send(dropped).expect(pubrec(7));
        first.drop();
        RawClient second = publisher(sender).send(again(dropped)).expect(pubrec(7));
        second.drop();
        broker.restart();

        RawClient watcher = watcher();
        RawClient third = publisher(sender).send(again(dropped)).expect(pubrec(7));
        third.send(pubrel(7)).expect(pubcomp(7));

        assertThat(ASKED).isEmpty();
        expectOnly(watcher, sender, third, 7);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsDroppedLaterIsAcknowledgedInTheOrderOfTheMessages(Sender sender) {
        RawClient watcher = watcher();
        RawClient publisher = publisher(sender);

        byte[] twice = sender.publish(2, 2, "later drop");
        publisher.send(sender.publish(1, 1, "later drop"), twice, again(twice), sender.publish(1, 3, "drop"));

        publisher.expect(puback(1), pubrec(2), pubrec(2), puback(3));
        publisher.send(pubrel(2)).expect(pubcomp(2));
        expectOnly(watcher, sender, publisher, 2);
        assertThat(ASKED).containsExactly("later drop", "later drop", "drop", "marker");
    }

    @ParameterizedTest
    @ValueSource(strings = {"deny", "later deny"})
    void aDeniedMessageOfMqtt5IsAnsweredWithReasonAndTextAndItsExchangeIsOver(String payload) {
        RawClient watcher = watcher();
        RawClient publisher = publisher(Sender.V5_KEPT);

        for (int qos : new int[] {1, 2}) {
            for (int i = 0; i < 2; i++) {
                Seen5 answer =
                        publisher.send(Packets5.publish(qos, 9, TOPIC, payload)).next5(qos == 1 ? 4 : 5);
                assertThat(answer.id()).isEqualTo(9);
                assertThat(answer.reason()).isEqualTo(0x97);
                assertThat(answer.property(Props.REASON_STRING)).isEqualTo("enough for today");
            }
        }

        assertThat(ASKED).containsOnly(payload).hasSize(4);
        assertThat(publisher.send(pubrel(9)).next5(7).reason()).isEqualTo(0x92);
        expectOnly(watcher, Sender.V5_KEPT, publisher, 9);
    }

    @ParameterizedTest
    @EnumSource(names = "V3_.*", mode = EnumSource.Mode.MATCH_ALL)
    void aDeniedMessageOfAnOlderClientIsAcknowledgedDroppedAndCounted(Sender sender) {
        RawClient watcher = watcher();
        RawClient publisher = publisher(sender);
        byte[] second = sender.publish(2, 2, "deny");

        publisher.send(sender.publish(1, 1, "deny")).expect(puback(1));
        publisher.send(second).expect(pubrec(2)).send(again(second)).expect(pubrec(2));
        publisher.send(pubrel(2)).expect(pubcomp(2));

        assertThat(ASKED).containsExactly("deny", "deny");
        assertThat(broker.metrics().get(Metric.DROPPED_NOT_AUTHORIZED)).isEqualTo(2);
        expectOnly(watcher, sender, publisher, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"drop", "later drop", "deny", "later deny"})
    void aMessageOfQos0ThatIsStoppedHasNoAnswerAndItsPublisherStays(String payload) {
        RawClient watcher = watcher();
        RawClient publisher = publisher(Sender.V5_CLEAN);

        publisher.send(Packets5.publish(TOPIC, payload));

        expectOnly(watcher, Sender.V5_CLEAN, publisher, 1);
        assertThat(ASKED).containsExactly(payload, "marker");
    }

    @Test
    void aStoppedMessageNeitherReplacesNorBecomesTheRetainedOne() {
        RawClient publisher = publisher(Sender.V5_CLEAN).publishRetained5("stop/kept", "kept");
        publisher.publishRetained5("stop/kept", "drop").publishRetained5("stop/kept", "deny");
        publisher.publishRetained5("stop/none", "drop").publishRetained5("stop/none", "deny");

        RawClient late = watcher();
        assertThat(late.nextPublish5().payload()).isEqualTo("kept");
        late.expectSilence();
    }
}
