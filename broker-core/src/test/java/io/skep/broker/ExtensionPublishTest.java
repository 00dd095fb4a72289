// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static io.skep.broker.ServedBroker.all;
import static io.skep.broker.ServedBroker.soon;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.broker.RawClient.Packet;
import io.skep.broker.config.ExtensionsConfig;
import io.skep.broker.hook.ExtensionHooks;
import io.skep.broker.hook.HookChains;
import io.skep.broker.metrics.Metrics;
import io.skep.sdk.HookOptions;
import io.skep.sdk.Qos;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.UserProperty;
import io.skep.sdk.publish.PublishAnswer;
import io.skep.sdk.publish.PublishInterceptor;
import io.skep.sdk.service.Message;
import io.skep.sdk.service.Published;
import io.skep.sdk.service.Published.Outcome;
import io.skep.sdk.service.Publisher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExtensionPublishTest {

    @TempDir
    private Path home;

    @Test
    void aMessageReachesWhoSubscribedAndTheResultSaysHowMany() throws IOException {
        try (ServedBroker served = ServedBroker.start(home);
                RawClient ann = RawClient.connect(served.port(), "ann", true);
                RawClient bob = RawClient.connect(served.port(), "bob", true)) {
            ann.subscribe(1, "news/#", "news/today");
            bob.subscribe(0, "news/+");
            Publisher publisher = served.services.publisher();
            assertThat(soon(publisher.publish(Message.of("news/today", "rain").withQos(Qos.AT_LEAST_ONCE))))
                    .isEqualTo(new Published(Outcome.DELIVERED, 2));
            for (RawClient client : List.of(ann, bob)) {
                Packet packet = client.expect(Packets.PUBLISH);
                assertThat(packet.topic()).isEqualTo("news/today");
                assertThat(packet.payload()).asString(UTF_8).isEqualTo("rain");
            }
            assertThat(soon(publisher.publish(Message.of("nobody/cares", "x"))))
                    .isEqualTo(new Published(Outcome.DELIVERED, 0));
        }
    }

    @Test
    void messagesOfOneThreadKeepTheirOrder() throws IOException {
        try (ServedBroker served = ServedBroker.start(home);
                RawClient ann = RawClient.connect(served.port(), "ann", true);
                RawClient bob = RawClient.connect(served.port(), "bob", true)) { // on the other loop
            ann.subscribe(0, "n");
            bob.subscribe(0, "n");
            Publisher publisher = served.services.publisher();
            for (int i = 0; i < 4_999; i++) {
                publisher.publish(Message.of("n", "" + i));
            }
            soon(publisher.publish(Message.of("n", "4999")));
            for (RawClient client : List.of(ann, bob)) {
                for (int i = 0; i < 5_000; i++) {
                    assertThat(client.expect(Packets.PUBLISH).payload())
                            .asString(UTF_8)
                            .isEqualTo("" + i);
                }
            }
        }
    }

    @Test
    void whatTheStageSaysIsStoredSurvivesARestart() throws IOException {
        try (ServedBroker served = ServedBroker.start(home)) {
            try (RawClient ann = RawClient.connect(served.port(), "ann", false)) {
                ann.subscribe(1, "orders");
            }
            Publisher publisher = served.services.publisher();
            soon(publisher.publish(Message.of("orders", "one").withQos(Qos.AT_LEAST_ONCE)));
            soon(publisher.publish(Message.of("state", "on").withRetain(true)));
        }
        try (ServedBroker served = ServedBroker.start(home);
                RawClient ann = RawClient.connect(served.port(), "ann", false)) {
            assertThat(ann.expect(Packets.PUBLISH).payload()).asString(UTF_8).isEqualTo("one");
            assertThat(soon(served.services.retained().find("state"))
                            .orElseThrow()
                            .text())
                    .isEqualTo("on");
        }
    }

    @Test
    void aMessageToOneClientNeedsNoSubscription() throws IOException {
        try (ServedBroker served = ServedBroker.start(home)) {
            Publisher publisher = served.services.publisher();
            Message message = Message.of("for/you", "hello").withQos(Qos.AT_LEAST_ONCE);
            assertThat(soon(publisher.publishTo("ann", message)).recipients()).isZero();
            try (RawClient ann = RawClient.connect(served.port(), "ann", false);
                    RawClient bob = RawClient.connect(served.port(), "bob", true)) {
                bob.subscribe(0, "#");
                assertThat(soon(publisher.publishTo("ann", message)).recipients())
                        .isOne();
                Packet packet = ann.expect(Packets.PUBLISH);
                assertThat(packet.topic()).isEqualTo("for/you");
                assertThat(packet.qos()).isOne();
                ann.send(Packets.ack(Packets.PUBACK, packet.packetId()));
                soon(publisher.publish(Message.of("for/all", "x")));
                assertThat(bob.expect(Packets.PUBLISH).topic()).isEqualTo("for/all");
            }
            RunningBroker.await("the end of a connection", () -> served.broker.connections() == 0);
            assertThat(soon(publisher.publishTo("ann", message.withQos(Qos.AT_MOST_ONCE)))
                            .recipients())
                    .as("QoS 0 to an absent client")
                    .isZero();
            assertThat(soon(publisher.publishTo("ann", message)).recipients()).isOne();
            try (RawClient ann = RawClient.connect(served.port(), "ann", false)) {
                assertThat(ann.expect(Packets.PUBLISH).topic()).isEqualTo("for/you");
            }
        }
    }

    @Test
    void theResultSaysThatAQueueIsFullAndRejects() throws IOException {
        String full = "sessions: {queue-messages-max: 1, overflow: reject}\n";
        try (ServedBroker served = ServedBroker.start(home, full)) {
            try (RawClient ann = RawClient.connect(served.port(), "ann", false)) {
                ann.subscribe(1, "q");
            }
            RunningBroker.await("the end of a connection", () -> served.broker.connections() == 0);
            Publisher publisher = served.services.publisher();
            Message message = Message.of("q", "x").withQos(Qos.AT_LEAST_ONCE);
            assertThat(soon(publisher.publish(message)).outcome()).isEqualTo(Outcome.DELIVERED);
            assertThat(soon(publisher.publish(message)).outcome()).isEqualTo(Outcome.QUEUE_FULL);
        }
    }

    @Test
    void interceptorsAreAskedOnlyIfThatIsChosen() throws IOException {
        PublishInterceptor interceptor = (client, publish) -> switch (publish.topic()) {
            case "dropped" -> PublishAnswer.drop();
            case "denied" -> PublishAnswer.deny(ReasonCode.NOT_AUTHORIZED);
            default -> PublishAnswer.change(publish.withTopic("changed/" + client.id()));
        };
        try (ServedBroker served = ServedBroker.start(home);
                RawClient ann = RawClient.connect(served.port(), "ann", true)) {
            ExtensionHooks hooks = new ExtensionHooks(
                    "probe", ExtensionsConfig.DEFAULT, Runnable::run, served.broker.get(Metrics.class));
            hooks.publishInterceptor(interceptor, HookOptions.DEFAULT);
            served.broker.get(HookChains.class).add(hooks);
            ann.subscribe(0, "#");
            Publisher publisher = served.services.publisher();
            List<Outcome> outcomes = new ArrayList<>();
            for (String topic : List.of("dropped", "denied", "other")) {
                outcomes.add(soon(publisher.publishIntercepted(Message.of(topic, "x")))
                        .outcome());
            }
            soon(publisher.publish(Message.of("dropped", "x")));
            assertThat(outcomes).containsExactly(Outcome.DROPPED, Outcome.DENIED, Outcome.DELIVERED);
            assertThat(ann.expect(Packets.PUBLISH).topic()).isEqualTo("changed/probe");
            assertThat(ann.expect(Packets.PUBLISH).topic()).isEqualTo("dropped");
        }
    }

    @Test
    void whatThisBrokerDoesNotTakeIsRefused() throws IOException {
        String small = "mqtt: {topic-bytes-max: 10, features: {retain: false}}\n";
        try (ServedBroker served = ServedBroker.start(home, small)) {
            Publisher publisher = served.services.publisher();
            for (Message wrong : List.of(
                    Message.of("much/too/long", "x"),
                    Message.of("$share/g/a", "x"),
                    Message.of("a", "x").withRetain(true))) {
                assertThatThrownBy(() -> soon(publisher.publish(wrong)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("(expected: ");
            }
            for (String topic : List.of("", "a/#", "+", "\0")) {
                assertThatThrownBy(() -> Message.of(topic, "x")).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void retainedMessagesAreFoundListedAndRemoved() throws IOException {
        try (ServedBroker served = ServedBroker.start(home);
                RawClient ann = RawClient.connect(served.port(), "ann", true)) {
            Publisher publisher = served.services.publisher();
            Message rich = Message.of("room/1/state", "warm")
                    .withRetain(true)
                    .withQos(Qos.AT_LEAST_ONCE)
                    .withExpirySeconds(1_000)
                    .withProperties(Message.Properties.NONE
                            .withContentType("text/plain", true)
                            .withResponse("answers", ByteBuffer.wrap(new byte[] {1, 2}))
                            .withUserProperties(List.of(new UserProperty("a", "b"))));
            soon(publisher.publish(rich));
            for (int i = 2; i < 50; i++) {
                soon(publisher.publish(
                        Message.of("room/" + i + "/state", "cold").withRetain(true)));
            }
            soon(publisher.publish(Message.of("other", "x").withRetain(true)));
            assertThat(soon(served.services.retained().find("room/1/state"))).contains(rich);
            assertThat(all(served.services.retained().matching("room/+/state"), 7))
                    .extracting(Message::topic)
                    .hasSize(49)
                    .doesNotHaveDuplicates()
                    .doesNotContain("other");
            ann.subscribe(0, "room/1/#");
            ann.expect(Packets.PUBLISH);
            assertThat(soon(served.services.retained().remove("room/1/state"))).isTrue();
            assertThat(soon(served.services.retained().remove("room/1/state"))).isFalse();
            soon(publisher.publish(Message.of("room/1/next", "x")));
            assertThat(ann.expect(Packets.PUBLISH).topic())
                    .as("subscribers are not told of the removal")
                    .isEqualTo("room/1/next");
        }
        try (ServedBroker served = ServedBroker.start(home)) {
            assertThat(soon(served.services.retained().find("room/1/state"))).isEmpty();
            assertThat(soon(served.services.retained().find("room/2/state"))).isPresent();
        }
    }

    @Test
    void aRetainedMessageIsSetAndReplacedWithoutTellingSubscribersAndSurvivesARestart() throws IOException {
        try (ServedBroker served = ServedBroker.start(home);
                RawClient ann = RawClient.connect(served.port(), "ann", true)) {
            ann.subscribe(0, "#");
            var retained = served.services.retained();
            assertThat(soon(retained.set(Message.of("state", "old")))).isFalse();
            assertThat(soon(retained.set(Message.of("state", "new")))).isTrue();
            assertThatThrownBy(() -> retained.set(Message.of("state", new byte[0])))
                    .isInstanceOf(IllegalArgumentException.class);
            soon(served.services.publisher().publish(Message.of("next", "x")));
            assertThat(ann.expect(Packets.PUBLISH).topic()).isEqualTo("next");
        }
        try (ServedBroker served = ServedBroker.start(home);
                RawClient bob = RawClient.connect(served.port(), "bob", true)) {
            assertThat(soon(served.services.retained().find("state")))
                    .contains(Message.of("state", "new").withRetain(true));
            bob.subscribe(0, "state");
            assertThat(bob.expect(Packets.PUBLISH).topic()).isEqualTo("state");
        }
    }

    @Test
    void aListingOfRetainedMessagesGoesOnWhateverComesAndGoes() throws IOException {
        try (ServedBroker served = ServedBroker.start(home)) {
            Publisher publisher = served.services.publisher();
            for (char c = 'a'; c <= 'j'; c++) {
                soon(publisher.publish(Message.of("t/" + c, "x").withRetain(true)));
            }
            var listing = served.services.retained().matching("t/#");
            List<String> seen = new ArrayList<>();
            soon(listing.next(3)).forEach(message -> seen.add(message.topic()));
            soon(served.services.retained().remove("t/c")); // where the listing stands
            soon(served.services.retained().remove("t/e"));
            soon(publisher.publish(Message.of("t/bb", "x").withRetain(true))); // behind it
            all(listing, 3).forEach(message -> seen.add(message.topic()));
            assertThat(seen).containsExactly("t/a", "t/b", "t/c", "t/d", "t/f", "t/g", "t/h", "t/i", "t/j");
        }
    }
}
