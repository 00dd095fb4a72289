// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.twoBytes;
import static io.skep.conformance.wire.Packets5.disconnect;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.subscribe;
import static io.skep.conformance.wire.Packets5.unsubscribe;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.HookOptions;
import io.skep.sdk.Qos;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.UserProperty;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import io.skep.sdk.packet.ConnectRequest;
import io.skep.sdk.packet.Interception;
import io.skep.sdk.packet.SubscribeRequest;
import io.skep.sdk.publish.PublishAnswer;
import io.skep.sdk.testkit.BrokerExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What extensions make of CONNECT, SUBSCRIBE, UNSUBSCRIBE and DISCONNECT. */
class RequestInterceptorTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static <T> Interception<T> later(Interception<T> answer) {
        return Interception.later(CompletableFuture.supplyAsync(
                () -> answer, CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS)));
    }

    @Test
    void aDeniedConnectIsAnsweredWithTheReasonOrTheReturnCode() {
        broker.hooks(hooks ->
                hooks.connectInterceptor(connect -> connect.client().id().startsWith("late")
                        ? later(Interception.deny(ReasonCode.QUOTA_EXCEEDED, "too many of you"))
                        : Interception.deny(ReasonCode.BANNED, "not you")));

        Seen5 refusal = clients.open().send(Connect5.clean("x").packed()).expectRefusal(0x8A);
        assertThat(refusal.property(Props.REASON_STRING)).isEqualTo("not you");
        Seen5 late = clients.open().send(Connect5.clean("late").packed()).expectRefusal(0x97);
        assertThat(late.property(Props.REASON_STRING)).isEqualTo("too many of you");
        clients.open().send(Connect.clean("x").packed()).expect("20 02 00 05").expectClosed();
    }

    @Test
    void aDenyIsNoLargerThanTheClientTakes() {
        broker.hooks(
                hooks -> hooks.connectInterceptor(connect -> Interception.deny(ReasonCode.BANNED, "x".repeat(100))));
        Connect5 small = Connect5.clean("x").with(Props.four(Props.MAXIMUM_PACKET_SIZE, 20));
        Seen5 refusal = clients.open().send(small.packed()).expectRefusal(0x8A);
        assertThat(refusal.property(Props.REASON_STRING)).isNull();
    }

    @Test
    void whatIsChangedOfAConnectHoldsAndAnMqtt5ClientIsTold() {
        BlockingQueue<Login> logins = new LinkedBlockingQueue<>();
        broker.hooks(hooks -> {
            hooks.connectInterceptor(connect -> later(Interception.change(changed(connect))));
            hooks.authenticator(login -> {
                logins.add(login);
                return Decision.allow();
            });
        });

        RawClient client =
                clients.open().send(Connect5.clean("").withKeepAlive(60).packed());
        Seen5 connack = client.next5(2);

        assertThat(connack.property(Props.ASSIGNED_CLIENT_IDENTIFIER)).isEqualTo("named");
        assertThat(connack.property(Props.SERVER_KEEP_ALIVE)).isEqualTo(30L);
        assertThat(connack.property(Props.SESSION_EXPIRY_INTERVAL)).isEqualTo(3_600L);
        assertThat(logins).singleElement().satisfies(login -> {
            assertThat(login.client().id()).isEqualTo("named");
            assertThat(login.client().userName()).isEqualTo("ann");
            assertThat(login.passwordText()).isEqualTo("secret");
            assertThat(login.userProperties()).containsExactly(new UserProperty("site", "7"));
        });
        client.subscribe5("named/#", 1).drop();
        Seen5 again = clients.open().send(Connect5.clean("").packed()).next5(2);
        assertThat(again.sessionPresent()).isTrue();
    }

    private static ConnectRequest changed(ConnectRequest connect) {
        return connect.withClientId("named")
                .withCredentials("ann", "secret".getBytes(UTF_8))
                .withKeepAliveSeconds(30)
                .withCleanStart(false)
                .withSessionExpiry(Duration.ofHours(1))
                .withLimits(5, connect.packetBytesMax(), 0)
                .withUserProperties(List.of(new UserProperty("site", "7")));
    }

    @Test
    void aSessionOfAnOlderClientOutlivesItsConnectionIfAnInterceptorSaysSo() {
        broker.hooks(hooks -> hooks.connectInterceptor(connect ->
                Interception.change(connect.withCleanStart(false).withSessionExpiry(Duration.ofMinutes(1)))));
        clients.connect("older").subscribe("older", 1).drop();
        clients.connect5("p").publishAcknowledged5(1, "older", "kept");
        RawClient back = clients.open().send(Connect.clean("older").packed()).expect(Packets.RESUMED);
        assertThat(back.nextDelivery().payload()).isEqualTo("kept");
    }

    @Test
    void aWillIsChangedOrTakenAwayAtConnect() {
        broker.hooks(hooks -> hooks.connectInterceptor(connect -> Interception.change(connect.withWill(
                connect.client().id().equals("quiet") || connect.will() == null
                        ? null
                        : connect.will().withPayload(UTF_8.encode("changed")).withExpirySeconds(50),
                0))));
        RawClient watcher = clients.connect5("watcher").subscribe5("wills/#", 1);

        clients.connect(Connect5.clean("quiet").will(1, false, "wills/quiet", "gone"))
                .drop();
        clients.connect(Connect5.clean("loud").will(1, false, "wills/loud", "gone"))
                .drop();

        Seen5 will = watcher.nextPublish5();
        assertThat(will.topic()).isEqualTo("wills/loud");
        assertThat(will.payload()).isEqualTo("changed");
        assertThat(will.property(Props.MESSAGE_EXPIRY_INTERVAL)).isIn(49L, 50L);
        watcher.expectSilence();
    }

    @Test
    void aDeniedPublishIsAnsweredWithReasonAndText() {
        broker.hooks(hooks ->
                hooks.publishInterceptor((client, publish) -> PublishAnswer.deny(ReasonCode.QUOTA_EXCEEDED, "full")));
        Seen5 puback = clients.connect5("p").send(publish(1, 1, "x", "x")).next5(4);
        assertThat(puback.reason()).isEqualTo(0x97);
        assertThat(puback.property(Props.REASON_STRING)).isEqualTo("full");
    }

    @Test
    void aDeniedFilterHasItsReasonInSubackAndTheOthersGoOn() {
        broker.hooks(hooks -> hooks.subscribeInterceptor((client, request) -> switch (request.topicFilter()) {
            case "sub/full" -> later(Interception.deny(ReasonCode.QUOTA_EXCEEDED, "enough"));
            case "sub/odd" -> Interception.deny(ReasonCode.BANNED, "a code that SUBACK has not");
            case "sub/less" -> Interception.change(request.withQos(Qos.AT_MOST_ONCE));
            case "sub/old" ->
                later(Interception.change(request.withTopicFilter("sub/new").withSubscriptionId(9)));
            default -> Interception.pass();
        }));
        RawClient client = clients.connect5("subscriber");
        client.send(packet(
                0x82,
                twoBytes(1),
                Props.of(),
                concat("sub/full", 1, "sub/odd", 1, "sub/less", 1, "sub/old", 1, "sub/x", 2)));

        Seen5 suback = client.next5(9);
        assertThat(suback.reasons()).containsExactly(0x97, 0x80, 0, 1, 2);
        assertThat(suback.property(Props.REASON_STRING)).isEqualTo("enough");
        RawClient sender = clients.connect5("p");
        sender.publishAcknowledged5(1, "sub/full", "no")
                .publishAcknowledged5(2, "sub/old", "no")
                .publishAcknowledged5(3, "sub/less", "less")
                .publishAcknowledged5(4, "sub/new", "new");
        assertThat(client.nextPublish5().payload()).isEqualTo("less");
        Seen5 last = client.nextPublish5();
        assertThat(last.payload()).isEqualTo("new");
        assertThat(last.property(Props.SUBSCRIPTION_IDENTIFIER)).isEqualTo(9L);
    }

    @Test
    void aSubscribeInterceptorWithATopicFilterIsAskedAboutFiltersThatReachIntoIt() {
        BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        broker.hooks(hooks -> hooks.subscribeInterceptor(
                (client, request) -> {
                    asked.add(request.topicFilter());
                    return Interception.pass();
                },
                HookOptions.DEFAULT.withTopicFilter("reach/secret/#")));
        RawClient client = clients.connect5("reacher");
        for (String filter :
                List.of("reach/open", "+/open", "reach/+", "#", "$share/g/reach/secret/x", "reach/secret")) {
            client.subscribe5(filter, 0);
        }
        assertThat(asked).containsExactly("reach/+", "#", "$share/g/reach/secret/x", "reach/secret");
    }

    @Test
    void aChangedFilterThatTheBrokerDoesNotTakeIsRefusedAlone() {
        broker.hooks(hooks -> hooks.subscribeInterceptor((client, request) ->
                Interception.change(new SubscribeRequest("a/".repeat(300), request.options(), 0, List.of()))));
        RawClient client = clients.connect5("deep");
        assertThat(client.send(subscribe(1, "deep", 0)).next5(9).reasons()).containsExactly(0x8F);
        client.expectSilence();
    }

    @Test
    void aDeniedUnsubscribeKeepsTheSubscription() {
        broker.hooks(hooks -> hooks.unsubscribeInterceptor((client, request) -> switch (request.topicFilter()) {
            case "un/kept" -> later(Interception.deny(ReasonCode.NOT_AUTHORIZED, "stay"));
            case "un/alias" -> Interception.change(request.withTopicFilter("un/real"));
            default -> Interception.pass();
        }));
        RawClient client = clients.connect5("leaver").subscribe5("un/kept", 0).subscribe5("un/real", 0);
        client.send(unsubscribe(1, "un/none", "un/kept", "un/alias"));

        Seen5 unsuback = client.next5(11);
        assertThat(unsuback.reasons()).containsExactly(0x11, 0x87, 0);
        assertThat(unsuback.property(Props.REASON_STRING)).isEqualTo("stay");
        clients.connect5("p").publishAcknowledged5(1, "un/real", "no").publishAcknowledged5(2, "un/kept", "yes");
        assertThat(client.nextPublish5().payload()).isEqualTo("yes");
    }

    @Test
    void theReasonAndTheExpiryOfADisconnectAreChanged() {
        broker.hooks(hooks -> hooks.disconnectInterceptor((client, request) -> {
            assertThat(request.userProperties()).containsExactly(new UserProperty("why", "x"));
            return request.withReason(ReasonCode.DISCONNECT_WITH_WILL_MESSAGE).withSessionExpirySeconds(0);
        }));
        RawClient watcher = clients.connect5("watcher").subscribe5("bye", 0);
        clients.connect(Connect5.persistent("goes").will(0, false, "bye", "will"))
                .send(disconnect(0, Props.user("why", "x")))
                .expectClosed();

        assertThat(watcher.nextPublish5().payload()).isEqualTo("will");
        RawClient back = clients.open().send(Connect5.persistent("goes").packed());
        assertThat(back.next5(2).sessionPresent()).isFalse();
    }
}
