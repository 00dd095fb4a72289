// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import static io.skep.broker.ServedBroker.all;
import static io.skep.broker.ServedBroker.bytes;
import static io.skep.broker.ServedBroker.soon;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.broker.RawClient.Packet;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.Qos;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.service.ConnectedClient;
import io.skep.sdk.service.Message;
import io.skep.sdk.service.SessionFacts;
import io.skep.sdk.service.Subscriber;
import io.skep.sdk.service.Subscriptions;
import io.skep.sdk.service.TopicSubscription;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExtensionSessionsTest {

    @TempDir
    private Path home;

    @Test
    void aConnectedClientIsFoundWithItsSession() throws IOException {
        Instant before = Instant.now().minusMillis(1);
        try (ServedBroker served = ServedBroker.start(home);
                RawClient ann = RawClient.connect(served.port(), "ann", false)) {
            ann.subscribe(1, "a", "b");
            ConnectedClient found = soon(served.services.clients().find("ann")).orElseThrow();
            assertThat(found.client().version()).isEqualTo(ProtocolVersion.V3_1_1);
            assertThat(found.client().address().getPort())
                    .isEqualTo(ann.socket().getLocalPort());
            assertThat(found.connectedAt()).isBetween(before, Instant.now());
            assertThat(found.session().connected()).isTrue();
            assertThat(found.session().subscriptions()).isEqualTo(2);
            assertThat(soon(served.services.clients().find("bob"))).isEmpty();
        }
    }

    @Test
    void aSessionOfAnAbsentClientTellsWhatWaits() throws IOException {
        try (ServedBroker served = ServedBroker.start(home, "sessions: {queue-messages-max: 2}\n")) {
            try (RawClient ann = RawClient.connect(served.port(), "ann", false)) {
                ann.subscribe(1, "q");
            }
            RunningBroker.await("the end of a connection", () -> served.broker.connections() == 0);
            for (int i = 0; i < 5; i++) {
                soon(served.services
                        .publisher()
                        .publish(Message.of("q", "12345678").withQos(Qos.AT_LEAST_ONCE)));
            }
            SessionFacts facts = soon(served.services.sessions().find("ann")).orElseThrow();
            assertThat(facts.connected()).isFalse();
            assertThat(facts.disconnectedAt()).isNotNull();
            assertThat(facts.expirySeconds()).isPositive();
            assertThat(facts.queuedMessages()).isEqualTo(2);
            assertThat(facts.queuedBytes()).isGreaterThanOrEqualTo(18);
            assertThat(facts.droppedMessages()).isEqualTo(3);
            assertThat(soon(served.services.clients().find("ann"))).isEmpty();
        }
    }

    @Test
    void allSessionsAreListedOnceWhateverComesAndGoes() throws IOException {
        List<String> stay = new ArrayList<>();
        try (ServedBroker served = ServedBroker.start(home)) {
            for (int i = 0; i < 40; i++) {
                RawClient.connect(served.port(), "stays" + i, false).close();
                stay.add("stays" + i);
                RawClient.connect(served.port(), "goes" + i, false).close();
            }
            RunningBroker.await("the end of all connections", () -> served.broker.connections() == 0);
            var listing = served.services.sessions().all();
            List<String> seen = new ArrayList<>();
            List<SessionFacts> page = soon(listing.next(9));
            for (int i = 0; !page.isEmpty(); i++) {
                page.forEach(facts -> seen.add(facts.clientId()));
                soon(served.services.sessions().end("goes" + i));
                RawClient.connect(served.port(), "new" + i, false).close();
                page = soon(listing.next(9));
            }
            assertThat(seen).doesNotHaveDuplicates().containsAll(stay);
            RunningBroker.await("the end of all connections", () -> served.broker.connections() == 0);
            assertThat(all(served.services.clients().all(), 10)).isEmpty();
        }
    }

    @Test
    void aListingVisitsEverything() throws IOException {
        try (ServedBroker served = ServedBroker.start(home)) {
            for (int i = 0; i < 20; i++) {
                RawClient.connect(served.port(), "c" + i, false).close();
            }
            List<String> seen = new ArrayList<>();
            soon(served.services.sessions().all().forEach(facts -> seen.add(facts.clientId())));
            assertThat(seen).hasSize(20).doesNotHaveDuplicates();
        }
    }

    @Test
    void aClientIsDisconnectedForAReason() throws IOException {
        try (ServedBroker served = ServedBroker.start(home);
                RawClient ann = RawClient.open(served.port())) {
            ann.send(Packets.connect5("ann"));
            ann.expect(Packets.CONNACK);
            var clients = served.services.clients();
            assertThat(soon(clients.disconnect("ann", ReasonCode.QUOTA_EXCEEDED, "too much", true)))
                    .isTrue();
            Packet bye = ann.expect(Packets.DISCONNECT);
            assertThat(bye.body()[0]).isEqualTo((byte) 0x97);
            assertThat(new String(bye.body(), UTF_8)).contains("too much");
            assertThat(ann.isClosedByBroker()).isTrue();
            assertThat(soon(clients.disconnect("ann", ReasonCode.QUOTA_EXCEEDED, "again", true)))
                    .isFalse();
            assertThatThrownBy(() -> clients.disconnect("ann", ReasonCode.SUCCESS, "", true))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theWillIsPublishedOrNotAsChosen() throws IOException {
        try (ServedBroker served = ServedBroker.start(home);
                RawClient watcher = RawClient.connect(served.port(), "watcher", true)) {
            watcher.subscribe(0, "#");
            for (boolean publishWill : new boolean[] {false, true}) {
                try (RawClient ann = RawClient.open(served.port())) {
                    ann.send(withWill("ann", "wills/" + publishWill));
                    ann.expect(Packets.CONNACK);
                    soon(served.services
                            .clients()
                            .disconnect("ann", ReasonCode.ADMINISTRATIVE_ACTION, "", publishWill));
                    assertThat(ann.isClosedByBroker()).isTrue();
                }
            }
            assertThat(watcher.expect(Packets.PUBLISH).topic()).isEqualTo("wills/true");
        }
    }

    private static byte[] withWill(String clientId, String topic) {
        byte[] rest = Packets.connect(clientId, true, 0);
        byte[] will = new byte[4 + topic.length()];
        will[1] = (byte) topic.length();
        System.arraycopy(bytes(topic), 0, will, 2, topic.length());
        byte[] packet = new byte[rest.length + will.length];
        System.arraycopy(rest, 0, packet, 0, rest.length);
        System.arraycopy(will, 0, packet, rest.length, will.length);
        packet[1] += (byte) will.length;
        packet[9] |= 4;
        return packet;
    }

    @Test
    void anEndedSessionIsGoneWithAllThatBelongsToIt() throws IOException {
        try (ServedBroker served = ServedBroker.start(home)) {
            try (RawClient ann = RawClient.connect(served.port(), "ann", false)) {
                ann.subscribe(1, "q");
                assertThat(soon(served.services.sessions().end("ann"))).isTrue();
                assertThat(ann.isClosedByBroker()).isTrue();
            }
            assertThat(soon(served.services.sessions().find("ann"))).isEmpty();
            assertThat(soon(served.services.sessions().end("ann"))).isFalse();
            assertThat(soon(served.services.publisher().publish(Message.of("q", "x")))
                            .recipients())
                    .isZero();
        }
        try (ServedBroker served = ServedBroker.start(home)) {
            assertThat(soon(served.services.sessions().find("ann"))).isEmpty();
        }
    }

    @Test
    void subscriptionsThatAreAddedSurviveARestartAndThoseRemovedDoNot() throws IOException {
        TopicSubscription rich = new TopicSubscription("news/#", Qos.AT_LEAST_ONCE, true, true, 7);
        try (ServedBroker served = ServedBroker.start(home)) {
            RawClient.connect(served.port(), "ann", false).close();
            Subscriptions subscriptions = served.services.subscriptions();
            TopicSubscription plain = TopicSubscription.of("plain", Qos.EXACTLY_ONCE);
            assertThat(soon(subscriptions.add("ann", List.of(rich, plain), false)))
                    .isTrue();
            assertThat(soon(subscriptions.add("bob", List.of(rich), false))).isFalse();
            assertThat(soon(subscriptions.remove("ann", List.of("plain", "never"))))
                    .containsExactly("plain");
            assertThat(soon(subscriptions.remove("bob", List.of("plain")))).isEmpty();
        }
        try (ServedBroker served = ServedBroker.start(home)) {
            assertThat(all(served.services.subscriptions().of("ann"), 10)).containsExactly(rich);
            assertThat(soon(served.services
                                    .publisher()
                                    .publish(Message.of("news/1", "x").withQos(Qos.AT_LEAST_ONCE)))
                            .recipients())
                    .isOne();
            try (RawClient ann = RawClient.connect(served.port(), "ann", false)) {
                assertThat(ann.expect(Packets.PUBLISH).topic()).isEqualTo("news/1");
            }
        }
    }

    @Test
    void retainedMessagesComeWithAnAddedSubscriptionIfAskedFor() throws IOException {
        try (ServedBroker served = ServedBroker.start(home)) {
            soon(served.services
                    .publisher()
                    .publish(
                            Message.of("state", "on").withQos(Qos.AT_LEAST_ONCE).withRetain(true)));
            RawClient.connect(served.port(), "away", false).close();
            RunningBroker.await("the end of a connection", () -> served.broker.connections() == 0);
            List<TopicSubscription> state = List.of(TopicSubscription.of("state", Qos.AT_LEAST_ONCE));
            Subscriptions subscriptions = served.services.subscriptions();
            try (RawClient ann = RawClient.connect(served.port(), "ann", true)) {
                soon(subscriptions.add("ann", state, true));
                assertThat(ann.expect(Packets.PUBLISH).topic()).isEqualTo("state");
            }
            soon(subscriptions.add("away", state, true));
            try (RawClient away = RawClient.connect(served.port(), "away", false)) {
                assertThat(away.expect(Packets.PUBLISH).topic()).isEqualTo("state");
            }
        }
    }

    @Test
    void subscribersAreListedByTopicAndByFilter() throws IOException {
        try (ServedBroker served = ServedBroker.start(home)) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 25; i++) {
                RawClient client = RawClient.connect(served.port(), "c" + i, true);
                clients.add(client);
                client.subscribe(1, "a/+", "$share/g/a/b", i == 0 ? "#" : "unrelated");
            }
            Subscriptions subscriptions = served.services.subscriptions();
            assertThat(all(subscriptions.matching("a/b"), 4))
                    .hasSize(51)
                    .doesNotHaveDuplicates()
                    .contains(
                            new Subscriber("c0", TopicSubscription.of("#", Qos.AT_LEAST_ONCE)),
                            new Subscriber("c7", TopicSubscription.of("a/+", Qos.AT_LEAST_ONCE)),
                            new Subscriber("c7", TopicSubscription.of("$share/g/a/b", Qos.AT_LEAST_ONCE)));
            assertThat(all(subscriptions.with("a/+"), 10)).hasSize(25);
            assertThat(all(subscriptions.with("$share/g/a/b"), 10)).hasSize(25);
            assertThat(all(subscriptions.with("#"), 10))
                    .extracting(Subscriber::clientId)
                    .containsExactly("c0");
            assertThat(all(subscriptions.with("a/b"), 10)).isEmpty();
            for (String wrong : List.of("a/#/b", "$share/g")) {
                assertThatThrownBy(() -> all(subscriptions.with(wrong), 10))
                        .isInstanceOf(IllegalArgumentException.class);
            }
            clients.forEach(RawClient::close);
        }
    }

    @Test
    void aPageHasALimitAndComesBeforeTheNextIsAskedFor() throws IOException {
        try (ServedBroker served = ServedBroker.start(home)) {
            var listing = served.services.sessions().all();
            for (int wrong : new int[] {0, 1_001}) {
                assertThatThrownBy(() -> listing.next(wrong)).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }
}
