// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Until;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.event.Event.MessageDropped;
import io.skep.sdk.publish.PublishAnswer;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What listeners hear of messages that are dropped, whoever drops them. */
class DroppedEventTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create()
            .set("sessions.queue-messages-max", 3)
            .set("sessions.overflow", "drop-oldest")
            .set("mqtt.payload-format-check", true);

    @RegisterExtension
    static final BrokerExtension keepsOld = BrokerExtension.create().set("sessions.queue-messages-max", 3);

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @RegisterExtension
    final Clients clientsOfKeepsOld = new Clients(keepsOld);

    private final BlockingQueue<MessageDropped> heard = new LinkedBlockingQueue<>();

    private void listen(BrokerExtension which) {
        which.hooks(hooks -> hooks.listen(MessageDropped.class, heard::add));
    }

    private void expect(MessageDropped... events) throws InterruptedException {
        for (MessageDropped event : events) {
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo(event);
        }
        assertThat(heard).isEmpty();
    }

    private void absent(Clients of, String clientId, String filter) {
        of.connect(Connect5.persistent(clientId)).subscribe5(filter, 1).disconnect();
    }

    private void fill(Clients of, String prefix, int from, int to) {
        RawClient sender = of.connect5("sender");
        for (int i = from; i <= to; i++) {
            sender.publishAcknowledged5(1, prefix + i, "x");
        }
        sender.close();
    }

    private static byte[] message(int qos, String topic) {
        return qos == 0 ? publish(topic, "x") : publish(qos, topic.hashCode() & 0xFF, topic, "x");
    }

    @Test
    void whatIsOnDiskOnlyIsNamedByItsTopic() throws InterruptedException {
        listen(broker);
        absent(clients, "away", "disk/#");
        fill(clients, "disk/", 1, 5);
        expect(
                new MessageDropped("away", "disk/1", "DROPPED_QUEUE_FULL"),
                new MessageDropped("away", "disk/2", "DROPPED_QUEUE_FULL"));
        RawClient back = clients.connect(Connect5.persistent("away"));
        for (int left = 3; left <= 5; left++) {
            assertThat(back.nextPublish5().topic()).isEqualTo("disk/" + left);
        }
    }

    @Test
    void whatAnEarlierBrokerHasStoredIsNamedByItsTopic() throws InterruptedException {
        absent(clients, "earlier", "earlier/#");
        fill(clients, "earlier/", 1, 3);
        broker.restart();
        listen(broker);
        fill(clients, "earlier/", 4, 6);
        expect(
                new MessageDropped("earlier", "earlier/1", "DROPPED_QUEUE_FULL"),
                new MessageDropped("earlier", "earlier/2", "DROPPED_QUEUE_FULL"),
                new MessageDropped("earlier", "earlier/3", "DROPPED_QUEUE_FULL"));
    }

    @Test
    void aNewMessageForAFullQueueIsNamed() throws InterruptedException {
        listen(keepsOld);
        absent(clientsOfKeepsOld, "full", "full/#");
        fill(clientsOfKeepsOld, "full/", 1, 4);
        expect(new MessageDropped("full", "full/4", "DROPPED_QUEUE_FULL"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theQueueOfASharedGroupIsKnownByItsFilter(boolean oldest) throws InterruptedException {
        Clients of = oldest ? clients : clientsOfKeepsOld;
        listen(oldest ? broker : keepsOld);
        absent(of, "member", "$share/crew/shared/#");
        fill(of, "shared/", 1, 4);
        expect(new MessageDropped("", oldest ? "shared/1" : "shared/4", "DROPPED_QUEUE_FULL", "$share/crew/shared/#"));
    }

    @Test
    void whatExpiresInAQueueIsTold() throws InterruptedException {
        listen(keepsOld);
        absent(clientsOfKeepsOld, "late", "late/#");
        absent(clientsOfKeepsOld, "late-member", "$share/crew/late/#");
        byte[] second = Props.four(Props.MESSAGE_EXPIRY_INTERVAL, 1);
        clientsOfKeepsOld.connect5("sender").publishAcknowledged5(1, "late/x", "x", second);
        clientsOfKeepsOld.connect5("clock").publishRetained5("clock", "tick", second);
        Until.holds(
                () -> { // until the broker says that a second has passed
                    RawClient watcher = clientsOfKeepsOld.connect5("watcher");
                    watcher.send(subscribe(1, "clock", 0)).next5(9);
                    boolean gone = watcher.isOpenAndSilent();
                    watcher.close();
                    return gone;
                });
        clientsOfKeepsOld.connect(Connect5.persistent("late"));
        clientsOfKeepsOld.connect(Connect5.persistent("late-member"));
        Until.holds(() -> heard.size() == 2);
        assertThat(heard)
                .containsExactlyInAnyOrder(
                        new MessageDropped("late", "late/x", "DROPPED_EXPIRED"),
                        new MessageDropped("", "late/x", "DROPPED_EXPIRED", "$share/crew/late/#"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void whatAPublisherMayNotPublishIsTold(int qos) throws InterruptedException {
        broker.hooks(hooks -> {
            hooks.authorizer(
                    (client, operation) -> operation.topic().startsWith("secret") ? Decision.deny() : Decision.next());
            hooks.listen(MessageDropped.class, heard::add);
        });
        long before = broker.metrics().get(Metric.DROPPED_NOT_AUTHORIZED);
        clients.connect5("sneak").send(message(qos, "secret/plan"));
        expect(new MessageDropped("sneak", "secret/plan", "DROPPED_NOT_AUTHORIZED"));
        assertThat(broker.metrics().get(Metric.DROPPED_NOT_AUTHORIZED)).isEqualTo(before + 1);
    }

    @Test
    void whatIsNotTheTextThatItDeclaresIsTold() throws InterruptedException {
        listen(broker);
        byte[] text = Props.one(Props.PAYLOAD_FORMAT_INDICATOR, 1);
        byte[] packet = publish(1, 1, "format/t", "x", text);
        packet[packet.length - 1] = (byte) 0xFF;
        clients.connect5("binary").send(packet);
        expect(new MessageDropped("binary", "format/t", "DROPPED_PAYLOAD_FORMAT"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void whatAPublishInterceptorDropsOrDeniesIsCountedAndTold(int qos) throws InterruptedException {
        broker.hooks(hooks -> {
            hooks.publishInterceptor((client, publish) -> switch (publish.topic()) {
                case "drop" -> PublishAnswer.drop();
                case "deny" -> PublishAnswer.deny(ReasonCode.QUOTA_EXCEEDED);
                default -> PublishAnswer.pass();
            });
            hooks.listen(MessageDropped.class, heard::add);
        });
        long before = broker.metrics().get(Metric.DROPPED_BY_PUBLISH_INTERCEPTOR);
        clients.connect5("p").send(message(qos, "drop"), message(qos, "deny"));
        expect(
                new MessageDropped("p", "drop", "DROPPED_BY_PUBLISH_INTERCEPTOR"),
                new MessageDropped("p", "deny", "DROPPED_NOT_AUTHORIZED"));
        assertThat(broker.metrics().get(Metric.DROPPED_BY_PUBLISH_INTERCEPTOR)).isEqualTo(before + 1);
    }
}
