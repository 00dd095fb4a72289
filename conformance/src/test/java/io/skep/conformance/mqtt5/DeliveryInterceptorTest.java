// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static io.skep.conformance.wire.Packets5.publish;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.HookOptions;
import io.skep.sdk.UserProperty;
import io.skep.sdk.event.Event;
import io.skep.sdk.publish.DeliveryAnswer;
import io.skep.sdk.publish.Publish;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What extensions make of messages on their way to a client. */
class DeliveryInterceptorTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static String text(Publish publish) {
        return UTF_8.decode(publish.payload()).toString();
    }

    /** Drops what says so, for a client of a name. */
    private static DeliveryAnswer withoutDropped(Publish publish) {
        return text(publish).startsWith("drop") ? DeliveryAnswer.drop() : DeliveryAnswer.pass();
    }

    private static Connect5 narrow(Connect5 connect) {
        return connect.with(Props.two(Props.RECEIVE_MAXIMUM, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void eachRecipientGetsWhatTheInterceptorMakesForIt(int qos) {
        broker.hooks(hooks -> hooks.deliveryInterceptor((recipient, publish) -> {
            assertThat(publish.qos().ordinal()).isEqualTo(qos);
            return recipient.id().equals("masked")
                    ? DeliveryAnswer.change(publish.withTopic("masked")
                            .withPayload(UTF_8.encode("***"))
                            .withContentType("stars")
                            .withUserProperties(List.of(new UserProperty("for", recipient.id()))))
                    : DeliveryAnswer.pass();
        }));
        RawClient masked = clients.connect5("masked").subscribe5("each/#", qos);
        RawClient plain = clients.connect5("plain").subscribe5("each/#", qos);

        clients.connect5("p").send(publish(2, 1, "each/x", "secret", Props.user("a", "b")));

        Seen5 changed = masked.nextPublish5();
        assertThat(changed.topic()).isEqualTo("masked");
        assertThat(changed.payload()).isEqualTo("***");
        assertThat(changed.qos()).isEqualTo(qos);
        assertThat(changed.all(Props.USER_PROPERTY)).containsExactly("for=masked");
        assertThat(changed.property(Props.CONTENT_TYPE)).isEqualTo("stars");
        Seen5 same = plain.nextPublish5();
        assertThat(same.topic()).isEqualTo("each/x");
        assertThat(same.payload()).isEqualTo("secret");
        assertThat(same.all(Props.USER_PROPERTY)).containsExactly("a=b");
    }

    @ParameterizedTest
    @CsvSource({"1,false", "2,false", "1,true", "2,true"})
    void aDroppedMessageFreesItsPlaceInTheWindow(int qos, boolean durable) {
        broker.hooks(hooks -> hooks.deliveryInterceptor((recipient, publish) -> withoutDropped(publish)));
        String name = "window" + qos + durable;
        RawClient client = clients.connect(narrow(durable ? Connect5.persistent(name) : Connect5.clean(name)))
                .subscribe5("window/#", qos);
        RawClient sender = clients.connect5("sender");
        long before = broker.metrics().get(Metric.DROPPED_BY_EXTENSION);

        int id = 0;
        for (String payload : List.of("drop 1", "drop 2", "drop 3", "first", "drop 4", "second")) {
            send(sender, qos, ++id, payload);
        }

        Seen5 first = client.nextPublish5();
        assertThat(first.payload()).isEqualTo("first");
        finish(client, qos, first.id());
        Seen5 second = client.nextPublish5();
        assertThat(second.payload()).isEqualTo("second");
        finish(client, qos, second.id());
        client.expectSilence();
        assertThat(broker.metrics().get(Metric.DROPPED_BY_EXTENSION) - before).isEqualTo(4);
    }

    private static void send(RawClient sender, int qos, int id, String payload) {
        sender.send(publish(qos, id, "window/x", payload));
        if (qos == 1) {
            sender.next5(4);
        } else {
            sender.next5(5);
            sender.send(pubrel(id)).next5(7);
        }
    }

    private static void finish(RawClient client, int qos, int id) {
        if (qos == 1) {
            client.send(puback(id));
        } else {
            client.send(pubrec(id)).expect(pubrel(id)).send(pubcomp(id));
        }
    }

    @Test
    void whatWaitsInAQueueIsShownWhenItIsSentAndADroppedMessageIsGone() {
        clients.connect(Connect5.persistent("away")).subscribe5("away/#", 1).disconnect();
        RawClient sender = clients.connect5("sender");
        for (int i = 1; i <= 3; i++) {
            sender.publishAcknowledged5(i, "away/x", i == 2 ? "drop" : "keep " + i);
        }
        broker.hooks(hooks -> hooks.deliveryInterceptor((recipient, publish) -> withoutDropped(publish)));

        RawClient back = clients.connect(Connect5.persistent("away"));
        assertThat(back.drainQueue5()).extracting(Seen5::payload).containsExactly("keep 1", "keep 3");
        back.disconnect();
        assertThat(clients.connect(Connect5.persistent("away")).drainQueue5()).isEmpty();
    }

    @Test
    void aQos2MessageThatTheClientMayHaveEndsWithPubrelWhenItIsDropped() {
        RawClient client = clients.connect(Connect5.persistent("maybe")).subscribe5("maybe/#", 2);
        RawClient sender = clients.connect5("sender").publishAcknowledged5(1, "maybe/x", "lost");
        sender.send(publish(2, 2, "maybe/x", "drop")).next5(5);
        client.nextPublish5();
        Seen5 seen = client.nextPublish5();
        assertThat(seen.payload()).isEqualTo("drop");
        client.drop();
        broker.hooks(hooks -> hooks.deliveryInterceptor((recipient, publish) -> withoutDropped(publish)));

        RawClient back = clients.connect(Connect5.persistent("maybe"));
        assertThat(back.nextPublish5().dup()).isTrue();
        Seen5 pubrel = back.next5(6);
        assertThat(pubrel.id()).isEqualTo(seen.id());
        back.send(pubcomp(seen.id()));
        sender.publishAcknowledged5(3, "maybe/x", "next");
        assertThat(back.nextPublish5().payload()).isEqualTo("next");
    }

    @Test
    void retainedAndSharedMessagesAreShownToo() {
        broker.hooks(hooks -> hooks.deliveryInterceptor(
                (recipient, publish) -> DeliveryAnswer.change(
                        publish.withPayload(UTF_8.encode(text(publish) + " " + publish.retain()))),
                HookOptions.DEFAULT.withTopicFilter("kept/#")));
        RawClient sender = clients.connect5("sender").publishRetained5("kept/x", "still");

        RawClient client = clients.connect5("reader").subscribe5("kept/#", 1);
        assertThat(client.nextPublish5().payload()).isEqualTo("still true");
        RawClient member = clients.connect5("member").subscribe5("$share/g/kept/#", 1);
        sender.publishAcknowledged5(1, "kept/y", "live");
        assertThat(member.nextPublish5().payload()).isEqualTo("live false");
        assertThat(client.nextPublish5().payload()).isEqualTo("live false");
        sender.publishRetained5("kept/x", "");
    }

    @Test
    void aFailureDropsOrPassesAsTheFallbackSaysAndTheOthersGetTheirs() {
        broker.hooks(hooks -> hooks.deliveryInterceptor((recipient, publish) -> {
            if (recipient.id().startsWith("bad")) {
                throw new NoSuchMethodError("made for another version");
            }
            return DeliveryAnswer.pass();
        }));
        RawClient bad = clients.connect5("bad").subscribe5("fail", 0);
        RawClient good = clients.connect5("good").subscribe5("fail", 0);
        clients.connect5("p").publishAcknowledged5(1, "fail", "x");

        assertThat(good.nextPublish5().payload()).isEqualTo("x");
        bad.expectSilence();
        assertThat(broker.metrics().get(Metric.HOOK_FAILURES)).isPositive();
    }

    @Test
    void aDropIsToldToListeners() throws InterruptedException {
        BlockingQueue<Event> told = new LinkedBlockingQueue<>();
        broker.hooks(hooks -> {
            hooks.deliveryInterceptor((recipient, publish) -> withoutDropped(publish));
            hooks.listen(Event.MessageDropped.class, told::add);
        });
        clients.connect5("told").subscribe5("told", 0);
        clients.connect5("p").publishAcknowledged5(1, "told", "drop");

        assertThat(told.poll(30, TimeUnit.SECONDS))
                .isEqualTo(new Event.MessageDropped("told", "told", "DROPPED_BY_EXTENSION"));
    }
}
