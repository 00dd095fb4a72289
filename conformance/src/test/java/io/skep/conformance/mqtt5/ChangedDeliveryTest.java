// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.mqtt5.WholeMessage.assertProperties;
import static io.skep.conformance.mqtt5.WholeMessage.listOf;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets5.publish;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.Qos;
import io.skep.sdk.UserProperty;
import io.skep.sdk.publish.DeliveryAnswer;
import io.skep.sdk.publish.Publish;
import io.skep.sdk.testkit.BrokerExtension;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each thing that a delivery interceptor can change of a message to one client; the others get it as it was. */
class ChangedDeliveryTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    /** Changes what goes to the client that is called so. */
    private static void changing(UnaryOperator<Publish> change) {
        broker.hooks(hooks ->
                hooks.deliveryInterceptor((recipient, publish) -> recipient.id().equals("changed")
                        ? DeliveryAnswer.change(change.apply(publish))
                        : DeliveryAnswer.pass()));
    }

    /** {@return what the one client gets of a message that has everything; another one gets all of it} */
    private Seen5 seen(UnaryOperator<Publish> change) {
        changing(change);
        RawClient client = clients.connect5("changed").subscribe5("deliver/#", 1);
        RawClient plain = clients.connect5("plain").subscribe5("deliver/#", 1);
        clients.connect5("p").publishAcknowledged5(1, "deliver/x", "whole", WholeMessage.PROPERTIES);

        assertWhole(plain.nextPublish5());
        Seen5 seen = client.nextPublish5();
        assertThat(seen.qos()).isEqualTo(1);
        client.expectSilence();
        return seen;
    }

    private static void assertWhole(Seen5 seen) {
        assertProperties(seen, Map.of());
        assertThat(seen.topic()).isEqualTo("deliver/x");
        assertThat(seen.payload()).isEqualTo("whole");
        assertThat(seen.qos()).isEqualTo(1);
        assertThat(seen.retain()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void theQosStaysThatOfTheDelivery(int to) {
        assertWhole(seen(publish -> publish.withQos(Qos.of(to))));
    }

    @Test
    void theRetainFlagIsSet() {
        Seen5 seen = seen(publish -> publish.withRetain(true));
        assertThat(seen.retain()).isTrue();
        assertProperties(seen, Map.of());
        clients.connect5("late").subscribe5("deliver/#", 1).expectSilence();
    }

    @Test
    void theRetainFlagOfARetainedMessageIsCleared() {
        changing(publish -> publish.withRetain(false));
        clients.connect5("p").publishRetained5("deliver/kept", "kept");

        assertThat(clients.connect5("changed")
                        .subscribe5("deliver/kept", 1)
                        .nextPublish5()
                        .retain())
                .isFalse();
        assertThat(clients.connect5("plain")
                        .subscribe5("deliver/kept", 1)
                        .nextPublish5()
                        .retain())
                .isTrue();
        clients.connect5("p").publishRetained5("deliver/kept", "");
    }

    @Test
    void anotherExpiryIsThatOfTheDelivery() {
        Seen5 seen = seen(publish -> publish.withExpirySeconds(50));
        assertThat((Long) seen.property(Props.MESSAGE_EXPIRY_INTERVAL)).isBetween(20L, 50L);
        assertProperties(seen, Map.of(Props.MESSAGE_EXPIRY_INTERVAL, seen.all(Props.MESSAGE_EXPIRY_INTERVAL)));
    }

    @Test
    void theExpiryIsTakenAway() {
        assertProperties(
                seen(publish -> publish.withExpirySeconds(-1)), Map.of(Props.MESSAGE_EXPIRY_INTERVAL, List.of()));
    }

    @Test
    void theMarkOfTextIsTakenAway() {
        Seen5 seen = seen(publish ->
                publish.withPayload(ByteBuffer.wrap(new byte[] {0x41})).withPayloadIsText(false));
        assertThat(seen.payload()).isEqualTo("A");
        assertProperties(seen, Map.of(Props.PAYLOAD_FORMAT_INDICATOR, List.of()));
    }

    @Test
    void theContentTypeIsTakenAway() {
        assertProperties(seen(publish -> publish.withContentType(null)), Map.of(Props.CONTENT_TYPE, List.of()));
    }

    @ParameterizedTest
    @CsvSource({"answers/there,0908", "answers/there,", ",0908", ","})
    void otherDataForAResponseOrNone(@Nullable String topic, @Nullable String correlation) {
        ByteBuffer data = correlation == null ? null : ByteBuffer.wrap(Packets.hex(correlation));
        assertProperties(
                seen(publish -> publish.withResponse(topic, data)),
                Map.of(Props.RESPONSE_TOPIC, listOf(topic), Props.CORRELATION_DATA, listOf(correlation)));
    }

    @Test
    void userPropertiesAreTakenAway() {
        assertProperties(
                seen(publish -> publish.withUserProperties(List.of())), Map.of(Props.USER_PROPERTY, List.of()));
    }

    @Test
    void aPlainMessageGetsEverything() {
        changing(publish -> publish.withPayloadIsText(true)
                .withExpirySeconds(1_000)
                .withContentType("text/plain")
                .withResponse("answers/here", ByteBuffer.wrap(new byte[] {1, 2, 3}))
                .withUserProperties(List.of(new UserProperty("b", "2"), new UserProperty("a", "1"))));
        RawClient client = clients.connect5("changed").subscribe5("deliver/#", 1);
        clients.connect("p").publishAcknowledged(1, "deliver/x", "whole");
        assertWhole(client.nextPublish5());
    }

    @Test
    void anOlderClientGetsTheTopicAndThePayload() {
        changing(publish -> publish.withTopic("deliver/y").withPayload(UTF_8.encode("other")));
        RawClient client = clients.connect("changed").subscribe("deliver/#", 1);
        clients.connect5("p").publishAcknowledged5(1, "deliver/x", "whole", WholeMessage.PROPERTIES);
        client.expect(Packets.publish(1, 1, "deliver/y", "other"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4_097, 100_000})
    void anotherPayloadMayBeOfAnyLength(int length) {
        String payload = "x".repeat(length);
        Seen5 seen = seen(publish -> publish.withPayload(UTF_8.encode(payload)));
        assertThat(seen.payload()).isEqualTo(payload);
        assertProperties(seen, Map.of());
    }

    @Test
    void subscriptionIdentifiersStay() {
        changing(publish -> publish.withPayload(UTF_8.encode("other")).withUserProperties(List.of()));
        byte[] identifier = Props.variable(Props.SUBSCRIPTION_IDENTIFIER, 300);
        RawClient client = clients.connect5("changed").subscribe5("deliver/#", 1, identifier);
        clients.connect5("p").publishAcknowledged5(1, "deliver/x", "whole", WholeMessage.PROPERTIES);

        Seen5 seen = client.nextPublish5();
        assertThat(seen.payload()).isEqualTo("other");
        assertProperties(seen, Map.of(Props.SUBSCRIPTION_IDENTIFIER, List.of(300L), Props.USER_PROPERTY, List.of()));
    }

    @Test
    void aTopicAliasNeverStandsForTheTopicOfBefore() {
        broker.hooks(hooks -> hooks.deliveryInterceptor(
                (recipient, publish) -> publish.userProperties().isEmpty()
                        ? DeliveryAnswer.pass()
                        : DeliveryAnswer.change(publish.withTopic("elsewhere"))));
        RawClient client = clients.connect(Connect5.clean("changed").with(Props.two(Props.TOPIC_ALIAS_MAXIMUM, 5)))
                .subscribe5("deliver/#", 0);
        RawClient sender = clients.connect5("p");
        Map<Object, String> aliases = new HashMap<>();
        for (int i = 0; i < 6; i++) {
            boolean other = i % 2 == 0;
            sender.send(other ? publish("deliver/x", "", Props.user("a", "1")) : publish("deliver/x", ""));
            Seen5 seen = client.nextPublish5();
            Object alias = seen.property(Props.TOPIC_ALIAS);
            if (alias != null && !seen.topic().isEmpty()) {
                aliases.put(alias, seen.topic());
            }
            String topic = seen.topic().isEmpty() && alias != null ? aliases.get(alias) : seen.topic();
            assertThat(topic).isEqualTo(other ? "elsewhere" : "deliver/x");
        }
        assertThat(aliases).containsValue("deliver/x");
    }

    @Test
    void whatHasBecomeTooLargeForItsClientIsDroppedAndFreesItsPlace() {
        changing(publish ->
                publish.payload().remaining() == 1 ? publish.withPayload(ByteBuffer.allocate(200)) : publish);
        RawClient client = clients.connect(Connect5.clean("changed")
                        .with(Props.four(Props.MAXIMUM_PACKET_SIZE, 100), Props.two(Props.RECEIVE_MAXIMUM, 1)))
                .subscribe5("deliver/#", 1);
        long before = broker.metrics().get(Metric.DROPPED_TOO_LARGE);
        RawClient sender = clients.connect5("p");
        for (int i = 1; i <= 6; i++) {
            sender.publishAcknowledged5(i, "deliver/x", i % 2 == 0 ? "small " + i : "x");
        }
        for (int i = 2; i <= 6; i += 2) {
            Seen5 seen = client.nextPublish5();
            assertThat(seen.payload()).isEqualTo("small " + i);
            client.send(puback(seen.id()));
        }
        client.expectSilence();
        assertThat(broker.metrics().get(Metric.DROPPED_TOO_LARGE) - before).isEqualTo(3);
    }
}
