// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import io.skep.acceptance.Mqtt5Clients.Announced;
import io.skep.acceptance.Mqtt5Clients.Connect;
import io.skep.acceptance.Mqtt5Clients.Subscribe;
import io.skep.acceptance.Mqtt5Clients.Will;
import io.skep.acceptance.Mqtt5Message.Properties;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What MQTT 5.0 adds, with each client that has it; at the other end is often the HiveMQ client. */
class Mqtt5IT extends Mqtt5World {

    private static final int NOT_AUTHORIZED = 0x87;
    private static final int PACKET_TOO_LARGE = 0x95;
    private static final int SESSION_TAKEN_OVER = 0x8E;
    private static final List<Integer> NO_ALIASES = List.of(0, 0, 0, 0);

    @Test
    void whatIsSaidAboutAMessageReachesEachClientFromEachOther() throws Exception {
        eachHearsEach(all(), "said", List.of("z=1", "z=1", "z=0", "a=9"));
    }

    /** mqtt.js has a list of values for each name, and so no order between different names. */
    @Test
    void userPropertiesKeepTheirOrder() throws Exception {
        eachHearsEach(List.of(hive, paho, mosquitto), "order", List.of("z=1", "a=2", "z=1", "a=0", "b=9"));
    }

    private void eachHearsEach(List<Mqtt5Clients> clients, String topic, List<String> user) throws Exception {
        List<Mqtt5Connection> connections = new ArrayList<>();
        for (Mqtt5Clients each : clients) {
            Mqtt5Connection connection = each.connect(as(each, topic));
            connection.subscribe(Subscribe.to(topic));
            connections.add(connection);
        }
        for (int sender = 0; sender < clients.size(); sender++) {
            var properties = new Properties(0, "text/plain", "answers/" + sender, "42", user, List.of(), 0);
            Mqtt5Message message =
                    new Mqtt5Message(topic, "from " + clients.get(sender).name(), 1).with(properties);
            assertThat(connections.get(sender).publish(message)).isZero();
            for (Mqtt5Connection receiver : connections) {
                assertThat(receiver.next()).isEqualTo(message);
            }
        }
        for (Mqtt5Connection connection : connections) {
            connection.close();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void queuedMessagesComeWhenTheSessionIsResumed(Mqtt5Clients clients) throws Exception {
        Connect staying = as(clients, "stays").staying(3600);
        String topic = "queued/" + clients.name();
        try (Mqtt5Connection before = clients.connect(staying)) {
            before.subscribe(Subscribe.to(topic));
        }
        var once = new Mqtt5Message(topic, "at least once", 1);
        var exactly = new Mqtt5Message(topic, "exactly once", 2);
        other.publish(once);
        other.publish(exactly);
        try (Mqtt5Connection after = clients.connect(staying.resuming())) {
            assertThat(after.next()).isEqualTo(once);
            assertThat(after.next()).isEqualTo(exactly);
        }
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void sessionPresentSaysWhetherTheSessionHasExpired(Mqtt5Clients clients) throws Exception {
        Connect brief = as(clients, "brief").staying(1);
        var end = new Mqtt5Message("ends/" + clients.name(), "session over", 1);
        other.subscribe(Subscribe.to(end.topic()));
        try (Mqtt5Connection first = clients.connect(brief.staying(3600))) {
            assertThat(first.announced().sessionPresent()).isFalse();
        }
        Mqtt5Connection second = clients.connect(brief.resuming().with(new Will(end, 3600)));
        assertThat(second.announced().sessionPresent()).isTrue();
        second.leaveWithWill();
        assertThat(other.next()).isEqualTo(end); // a will waits no longer than its session lives
        try (Mqtt5Connection third = clients.connect(brief.resuming())) {
            assertThat(third.announced().sessionPresent()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void aWillIsDelayedWhileAMessageAges(Mqtt5Clients clients) throws Exception {
        String topic = "aging/" + clients.name();
        var gone = new Mqtt5Message("gone/" + clients.name(), "gone", 1);
        other.subscribe(Subscribe.to(gone.topic()));
        Mqtt5Connection doomed =
                clients.connect(as(clients, "doomed").staying(3600).with(new Will(gone, 1)));
        doomed.subscribe(Subscribe.to("nothing"));
        other.publish(new Mqtt5Message(topic, "milk", 1).retained().with(Properties.expiring(100)));

        long startNanos = System.nanoTime();
        doomed.leaveWithWill();
        assertThat(other.next()).isEqualTo(gone);
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
        assertThat(seconds).isPositive();

        try (Mqtt5Connection later = clients.connect(as(clients, "later"))) {
            later.subscribe(Subscribe.to(topic));
            assertThat(later.next().properties().expirySeconds()).isBetween(50L, 100 - seconds);
        }
    }

    @ParameterizedTest
    @MethodSource("identifying")
    void aMessageNamesTheSubscriptionThatItIsFor(Mqtt5Clients clients) throws Exception {
        String topic = "identified/" + clients.name();
        try (Mqtt5Connection connection = clients.connect(as(clients, "identified"))) {
            connection.subscribe(Subscribe.to(topic + "/#").identified(268_435_455));
            other.publish(new Mqtt5Message(topic + "/x", "", 1));
            assertThat(connection.next().properties().subscriptions()).containsExactly(268_435_455);
        }
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void noLocalSparesAClientItsOwnMessages(Mqtt5Clients clients) throws Exception {
        String topic = "echo/" + clients.name();
        try (Mqtt5Connection connection = clients.connect(as(clients, "echo"))) {
            connection.subscribe(Subscribe.to(topic).withoutOwn());
            connection.publish(new Mqtt5Message(topic, "mine", 1));
            other.publish(new Mqtt5Message(topic, "theirs", 1));
            assertThat(connection.next().payload()).isEqualTo("theirs");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void retainAsPublishedLeavesTheFlagAsItIs(Mqtt5Clients clients) throws Exception {
        String topic = "flag/" + clients.name();
        try (Mqtt5Connection plain = clients.connect(as(clients, "plain"));
                Mqtt5Connection keeping = clients.connect(as(clients, "keeping"))) {
            plain.subscribe(Subscribe.to(topic));
            keeping.subscribe(Subscribe.to(topic).keepingRetain());
            var message = new Mqtt5Message(topic, "kept", 1);
            other.publish(message.retained());
            assertThat(plain.next()).isEqualTo(message);
            assertThat(keeping.next()).isEqualTo(message.retained());
        }
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void retainHandlingSaysWhenRetainedMessagesAreSent(Mqtt5Clients clients) throws Exception {
        String topic = "handling/" + clients.name();
        Subscribe subscribe = Subscribe.to(topic);
        Mqtt5Message retained = new Mqtt5Message(topic, "old", 1).retained();
        var live = new Mqtt5Message(topic, "live", 1);
        other.publish(retained);
        try (Mqtt5Connection connection = clients.connect(as(clients, "handling"))) {
            connection.subscribe(subscribe.handlingRetained(2)); // never
            other.publish(live);
            assertThat(connection.next()).isEqualTo(live);
            connection.subscribe(subscribe.handlingRetained(0)); // always
            assertThat(connection.next()).isEqualTo(retained);
            connection.subscribe(subscribe.handlingRetained(1)); // if the subscription is new
            other.publish(live);
            assertThat(connection.next()).isEqualTo(live);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void theMembersOfASharedSubscriptionTakeTurns(Mqtt5Clients clients) throws Exception {
        String topic = "work/" + clients.name();
        List<String> payloads = new ArrayList<>();
        try (Mqtt5Connection one = clients.connect(as(clients, "one"));
                Mqtt5Connection two = clients.connect(as(clients, "two"))) {
            one.subscribe(Subscribe.to("$share/workers/" + topic));
            two.subscribe(Subscribe.to("$share/workers/" + topic));
            for (String payload : List.of("1", "2", "3", "4")) {
                other.publish(new Mqtt5Message(topic, payload, 1));
            }
            for (Mqtt5Connection member : List.of(one, one, two, two)) {
                payloads.add(member.next().payload());
            }
        }
        assertThat(payloads).containsExactlyInAnyOrder("1", "2", "3", "4");
    }

    /** The libraries use aliases of their own accord when a topic comes again. */
    @ParameterizedTest
    @MethodSource("libraries")
    void aTopicAliasOfTheClientStandsForItsTopic(Mqtt5Clients clients) throws Exception {
        Connect connect = as(clients, "naming");
        try (Mqtt5Connection connection = clients.connect(connect)) {
            assertThat(connection.announced().topicAliasMaximum()).isPositive();
            assertThat(echoedAliases(connection, connect.clientId())).containsOnly(0);
        }
    }

    /**
     * The HiveMQ client keeps the aliases to itself; Paho 1.2.5 takes the empty topic beside an alias for a new one.
     */
    @Test
    void aTopicAliasOfTheBrokerStandsForItsTopic() throws Exception {
        for (Mqtt5Clients clients : List.of(hive, mqttJs)) {
            Connect connect = as(clients, "named").aliasing(5);
            try (Mqtt5Connection connection = clients.connect(connect)) {
                List<Integer> aliases = echoedAliases(connection, connect.clientId());
                assertThat(aliases).containsExactlyElementsOf(clients == hive ? NO_ALIASES : List.of(1, 2, 1, 2));
            }
        }
    }

    private static List<Integer> echoedAliases(Mqtt5Connection connection, String topic) throws Exception {
        List<Integer> aliases = new ArrayList<>();
        connection.subscribe(Subscribe.to(topic + "/+"));
        for (String name : List.of("/a", "/b", "/a", "/b")) {
            assertThat(connection.publish(new Mqtt5Message(topic + name, "", 1)))
                    .isZero();
            Mqtt5Message echo = connection.next();
            assertThat(echo.topic()).isEqualTo(topic + name);
            aliases.add(echo.properties().topicAlias());
        }
        return aliases;
    }

    @ParameterizedTest
    @MethodSource("holding")
    void noMoreThanReceiveMaximumIsUnderWay(Mqtt5Clients clients) throws Exception {
        String topic = "flow/" + clients.name();
        try (Mqtt5Connection connection = clients.connect(as(clients, "flow").receiving(2))) {
            connection.subscribe(Subscribe.to(topic));
            for (String payload : List.of("1", "2", "3")) {
                other.publish(new Mqtt5Message(topic, payload, 1));
            }
            other.publish(new Mqtt5Message(topic, "uncounted", 0));
            assertThat(List.of(connection.next().payload(), connection.next().payload()))
                    .containsExactly("1", "2");
            assertThat(connection.next().payload()).isEqualTo("uncounted");
            connection.acknowledge();
            assertThat(connection.next().payload()).isEqualTo("3");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void whoIsReplacedIsToldSo(Mqtt5Clients clients) throws Exception {
        try (Mqtt5Connection first = clients.connect(as(clients, "twice"))) {
            first.subscribe(Subscribe.to("nothing"));
            try (Mqtt5Connection second = hive.connect(as(clients, "twice"))) {
                assertThat(first.disconnected()).isEqualTo(SESSION_TAKEN_OVER);
                assertThat(second.announced().sessionPresent()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void whoMayNotIsToldSo(Mqtt5Clients clients) throws Exception {
        try (Mqtt5Connection connection = clients.connect(as(clients, "denied"))) {
            assertThat(connection.publish(new Mqtt5Message("denied/x", "", 1))).isEqualTo(NOT_AUTHORIZED);
            assertThat(connection.subscribe(Subscribe.to("denied/x"))).isEqualTo(NOT_AUTHORIZED);
            assertThat(connection.subscribe(Subscribe.to("allowed/x"))).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void clientsHearTheLimitsOfTheBroker(Mqtt5Clients clients) throws Exception {
        try (Mqtt5Connection connection = clients.connect(as(clients, "limits"))) {
            assertThat(connection.announced()).isEqualTo(new Announced(false, 20, 10, 10_000));
        }
    }

    @Test
    void whoSendsMoreThanTheLimitIsToldSo() throws Exception {
        var large = new Mqtt5Message("large", "x".repeat(20_000), 0);
        for (Mqtt5Clients clients : List.of(paho, mqttJs)) {
            try (Mqtt5Connection connection = clients.connect(as(clients, "large"))) {
                connection.publish(large);
                assertThat(connection.disconnected()).isEqualTo(PACKET_TOO_LARGE);
            }
        }
        try (Mqtt5Connection connection = hive.connect(as(hive, "large"))) { // which obeys the limit by itself
            assertThatThrownBy(() -> connection.publish(large)).hasMessageContaining("maximum packet size");
        }
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void aRequestIsAnsweredWhereAndAsItAsks(Mqtt5Clients clients) throws Exception {
        String topic = "service/" + clients.name();
        try (Mqtt5Connection service = clients.connect(as(clients, "service"))) {
            service.subscribe(Subscribe.to(topic));
            String order = "order-" + clients.name();
            try (Program requester = mosquitto.request(broker.port(), topic, "answers/" + clients.name(), order)) {
                Properties asked = service.next().properties();
                service.publish(new Mqtt5Message(String.valueOf(asked.responseTopic()), "yes", 1)
                        .with(Properties.correlated(asked.correlationData())));
                assertThat(requester.output()).containsExactly("yes to " + order);
            }
        }
    }

    @Test
    void whoKnowsThePasswordLogsInWithoutSendingIt() {
        Mqtt5BlockingClient client = scram("secret");
        client.connect();
        client.reauth();
        client.disconnect();

        assertThatThrownBy(scram("Secret")::connect)
                .asInstanceOf(type(Mqtt5ConnAckException.class))
                .extracting(refusal -> refusal.getMqttMessage().getReasonCode())
                .isEqualTo(Mqtt5ConnAckReasonCode.NOT_AUTHORIZED);
    }
}
