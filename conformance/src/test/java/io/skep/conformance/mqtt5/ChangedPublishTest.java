// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.mqtt5.WholeMessage.assertProperties;
import static io.skep.conformance.mqtt5.WholeMessage.listOf;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static io.skep.conformance.wire.Packets5.publish;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.Packets5;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.Qos;
import io.skep.sdk.UserProperty;
import io.skep.sdk.publish.Publish;
import io.skep.sdk.publish.PublishAnswer;
import io.skep.sdk.testkit.BrokerExtension;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EmptySource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each thing that a publish interceptor can change of a message, as subscribers see it; what it does not change stays.
 */
class ChangedPublishTest {

    private static final int AS_PUBLISHED = 0x08;

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static void changing(UnaryOperator<Publish> change) {
        broker.hooks(
                hooks -> hooks.publishInterceptor((client, publish) -> PublishAnswer.change(change.apply(publish))));
    }

    private RawClient watcher() {
        return clients.connect5("watcher").subscribe5("change/#", 2 | AS_PUBLISHED);
    }

    /** {@return what becomes of a message that has everything} */
    private Seen5 seen(UnaryOperator<Publish> change) {
        changing(change);
        RawClient watcher = watcher();
        clients.connect5("p").publishAcknowledged5(1, "change/x", "whole", WholeMessage.PROPERTIES);
        Seen5 seen = watcher.nextPublish5();
        watcher.expectSilence();
        return seen;
    }

    private static void assertProperty(Seen5 seen, int property, Object... values) {
        assertProperties(seen, Map.of(property, List.of(values)));
        assertThat(seen.topic()).isEqualTo("change/x");
        assertThat(seen.payload()).isEqualTo("whole");
        assertThat(seen.qos()).isEqualTo(1);
        assertThat(seen.retain()).isFalse();
    }

    @Test
    void anotherTopicGoesToTheSubscribersOfThatTopicAlone() {
        changing(publish -> publish.topic().equals("change/x") ? publish.withTopic("other/topic") : publish);
        RawClient old = watcher();
        RawClient watcher = clients.connect5("other").subscribe5("other/+", 2);
        clients.connect5("p")
                .publishAcknowledged5(1, "change/x", "whole", WholeMessage.PROPERTIES)
                .publishAcknowledged5(2, "change/y", "end");

        Seen5 seen = watcher.nextPublish5();
        assertThat(seen.topic()).isEqualTo("other/topic");
        assertThat(seen.payload()).isEqualTo("whole");
        assertProperties(seen, Map.of());
        old.expectPayloads5("end").expectSilence();
        watcher.expectSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4_096, 100_000})
    void anotherPayloadMayBeOfAnyLength(int length) {
        String payload = "x".repeat(length);
        Seen5 seen = seen(publish -> publish.withPayload(UTF_8.encode(payload)));
        assertThat(seen.payload()).isEqualTo(payload);
        assertThat(seen.topic()).isEqualTo("change/x");
        assertProperties(seen, Map.of());
    }

    @ParameterizedTest
    @CsvSource({"0,0", "0,1", "0,2", "1,0", "1,1", "1,2", "2,0", "2,1", "2,2"})
    void anotherQosIsThatOfTheDeliveryAndThePublisherIsAnsweredByItsOwn(int from, int to) {
        changing(publish -> publish.withQos(Qos.of(to)));
        RawClient watcher = watcher();
        RawClient publisher = clients.connect5("p");
        switch (from) {
            case 0 -> publisher.send(Packets5.publish("change/x", "whole", WholeMessage.PROPERTIES));
            case 1 ->
                publisher
                        .send(publish(1, 1, "change/x", "whole", WholeMessage.PROPERTIES))
                        .expect(puback(1));
            default ->
                publisher
                        .send(publish(2, 1, "change/x", "whole", WholeMessage.PROPERTIES))
                        .expect(pubrec(1))
                        .send(pubrel(1))
                        .expect(pubcomp(1));
        }

        Seen5 seen = watcher.nextPublish5();
        assertThat(seen.qos()).isEqualTo(to);
        assertThat(seen.payload()).isEqualTo("whole");
        assertProperties(seen, Map.of());
        publisher.expectSilence();
        watcher.expectSilence();
    }

    @Test
    void aMessageThatGetsTheRetainFlagIsKeptForThoseWhoComeLater() {
        assertThat(seen(publish -> publish.withRetain(true)).retain()).isTrue();

        RawClient late = clients.connect5("late").subscribe5("change/x", 2);
        Seen5 kept = late.nextPublish5();
        assertThat(kept.retain()).isTrue();
        assertThat(kept.payload()).isEqualTo("whole");
        assertProperties(kept, Map.of());
        clients.connect5("p").publishRetained5("change/x", "");
    }

    @Test
    void aMessageThatLosesTheRetainFlagIsNotKept() {
        changing(publish -> publish.withRetain(false));
        RawClient watcher = watcher();
        clients.connect5("p").publishRetained5("change/x", "whole", WholeMessage.PROPERTIES);

        Seen5 seen = watcher.nextPublish5();
        assertThat(seen.retain()).isFalse();
        assertProperties(seen, Map.of());
        clients.connect5("late").subscribe5("change/x", 2).expectSilence();
    }

    @Test
    void anotherExpiryCountsFromTheChange() {
        Seen5 seen = seen(publish -> publish.withExpirySeconds(50));
        assertThat((Long) seen.property(Props.MESSAGE_EXPIRY_INTERVAL)).isBetween(20L, 50L);
        assertProperties(seen, Map.of(Props.MESSAGE_EXPIRY_INTERVAL, seen.all(Props.MESSAGE_EXPIRY_INTERVAL)));
    }

    @Test
    void theExpiryIsTakenAway() {
        assertProperty(seen(publish -> publish.withExpirySeconds(-1)), Props.MESSAGE_EXPIRY_INTERVAL);
    }

    @Test
    void theMarkOfTextIsTakenAway() {
        assertProperty(seen(publish -> publish.withPayloadIsText(false)), Props.PAYLOAD_FORMAT_INDICATOR);
    }

    @ParameterizedTest
    @ValueSource(strings = "a/b")
    @NullSource
    void anotherContentTypeOrNone(@Nullable String type) {
        Seen5 seen = seen(publish -> publish.withContentType(type));
        assertProperty(seen, Props.CONTENT_TYPE, listOf(type).toArray());
    }

    @ParameterizedTest
    @CsvSource({"answers/there,0908", "answers/there,", ",0908", ","})
    void otherDataForAResponseOrNone(@Nullable String topic, @Nullable String correlation) {
        ByteBuffer data = correlation == null ? null : ByteBuffer.wrap(Packets.hex(correlation));
        Seen5 seen = seen(publish -> publish.withResponse(topic, data));
        assertProperties(
                seen, Map.of(Props.RESPONSE_TOPIC, listOf(topic), Props.CORRELATION_DATA, listOf(correlation)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"z=1 a= z=1", "a=1"})
    @EmptySource
    void otherUserPropertiesInTheirOrderOrNone(String text) {
        List<String> pairs = text.isEmpty() ? List.of() : List.of(text.split(" "));
        List<UserProperty> others = pairs.stream()
                .map(pair -> pair.split("=", 2))
                .map(parts -> new UserProperty(parts[0], parts[1]))
                .toList();
        assertProperty(seen(publish -> publish.withUserProperties(others)), Props.USER_PROPERTY, pairs.toArray());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatAnOlderClientCannotSayIsAddedAtOnceOrLater(boolean later) {
        broker.hooks(hooks -> hooks.publishInterceptor((client, publish) -> {
            PublishAnswer answer = PublishAnswer.change(everything(publish.copy()));
            return later
                    ? PublishAnswer.later(CompletableFuture.supplyAsync(
                            () -> answer, CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS)))
                    : answer;
        }));
        RawClient watcher = watcher();
        RawClient older = clients.connect("older").subscribe("change/#", 2);
        clients.connect("p").publishAcknowledged(1, "change/x", "little");

        Seen5 seen = watcher.nextPublish5();
        assertThat(seen.topic()).isEqualTo("change/y");
        assertThat(seen.payload()).isEqualTo("whole");
        assertThat(seen.qos()).isEqualTo(2);
        assertProperties(seen, Map.of());
        older.expect(Packets.publish(2, 1, "change/y", "whole"));
    }

    private static Publish everything(Publish publish) {
        return publish.withTopic("change/y")
                .withPayload(UTF_8.encode("whole"))
                .withQos(Qos.EXACTLY_ONCE)
                .withPayloadIsText(true)
                .withExpirySeconds(1_000)
                .withContentType("text/plain")
                .withResponse("answers/here", ByteBuffer.wrap(new byte[] {1, 2, 3}))
                .withUserProperties(List.of(new UserProperty("b", "2"), new UserProperty("a", "1")));
    }

    @ParameterizedTest
    @CsvSource({"change/#, 128", "$SYS/broker/version, 135", "'', 128"})
    void aTopicThatNobodyMayPublishToIsRefused(String topic, int reason) {
        changing(publish -> publish.withTopic(topic));
        RawClient watcher = watcher();
        RawClient publisher = clients.connect5("p").send(publish(1, 1, "change/x", "x"));
        assertThat(publisher.next5(4).reason()).isEqualTo(reason);
        watcher.expectSilence();
    }
}
