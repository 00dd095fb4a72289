// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static io.skep.conformance.wire.Packets5.disconnect;
import static io.skep.conformance.wire.Packets5.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.packet.ConnectRequest;
import io.skep.sdk.packet.DisconnectRequest;
import io.skep.sdk.packet.Interception;
import io.skep.sdk.publish.PublishAnswer;
import io.skep.sdk.service.SessionFacts;
import io.skep.sdk.service.Sessions;
import io.skep.sdk.testkit.BrokerExtension;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits and times that extensions set in a CONNECT or a DISCONNECT hold for the client. */
class ChangedLimitsTest {

    private static final long UNLIMITED = 0xFFFF_FFFFL;

    private final CompletableFuture<Sessions> sessions = new CompletableFuture<>();

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create()
            .set("sessions.expiry-max", "10m")
            .extension("facts", context -> sessions.complete(context.sessions()));

    @RegisterExtension
    final Clients clients = new Clients(broker);

    /** Changes the CONNECT of the client that is called so. */
    private void changing(UnaryOperator<ConnectRequest> change) {
        broker.hooks(hooks ->
                hooks.connectInterceptor(connect -> connect.client().id().equals("changed")
                        ? Interception.change(change.apply(connect))
                        : Interception.pass()));
    }

    private Seen5 connack(Connect5 connect) {
        return clients.open().send(connect.packed()).next5(2);
    }

    private void publishMany(int qos) {
        RawClient sender = clients.connect("p");
        for (int id = 1; id <= 5; id++) {
            sender.send(Packets.publish(qos, id, "limits/x", "" + id)).expect(qos == 1 ? puback(id) : pubrec(id));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void noMoreMessagesAreUnacknowledgedThanTheReceiveMaximum(int qos) {
        changing(connect -> connect.withLimits(2, connect.packetBytesMax(), connect.topicAliasMaximum()));
        RawClient client = clients.connect(Connect5.clean("changed").with(Props.two(Props.RECEIVE_MAXIMUM, 4)))
                .subscribe5("limits/#", qos);
        RawClient other = clients.connect(Connect5.clean("other").with(Props.two(Props.RECEIVE_MAXIMUM, 4)))
                .subscribe5("limits/#", qos);
        publishMany(qos);

        client.expectPayloads5("1").expectPayloads5("2").expectSilence();
        other.expectPayloads5("1", "2", "3", "4").expectSilence();
        finish(client, qos, 1);
        client.expectPayloads5("3").expectSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theReceiveMaximumHoldsForAnOlderClientThatCannotSayOne(int qos) {
        changing(connect -> connect.withLimits(2, connect.packetBytesMax(), connect.topicAliasMaximum()));
        RawClient client = clients.connect("changed").subscribe("limits/#", qos);
        publishMany(qos);

        client.expect(Packets.publish(qos, 1, "limits/x", "1"), Packets.publish(qos, 2, "limits/x", "2"));
        client.expectSilence();
        finish(client, qos, 1);
        assertThat(client.nextDelivery().payload()).isEqualTo("3");
        client.expectSilence();
    }

    private static void finish(RawClient client, int qos, int id) {
        if (qos == 1) {
            client.send(puback(id));
        } else {
            client.send(pubrec(id)).expect(pubrel(id)).send(pubcomp(id));
        }
    }

    @Test
    void noPacketIsLargerThanTheMaximum() {
        broker.hooks(hooks ->
                hooks.publishInterceptor((client, publish) -> client.id().equals("p")
                        ? PublishAnswer.pass()
                        : PublishAnswer.deny(ReasonCode.QUOTA_EXCEEDED, "x".repeat(80))));
        changing(connect -> connect.withLimits(connect.receiveMaximum(), 60, connect.topicAliasMaximum()));
        RawClient client = clients.connect(Connect5.clean("changed").with(Props.four(Props.MAXIMUM_PACKET_SIZE, 5_000)))
                .subscribe5("limits/#", 1);
        RawClient older = clients.connect("older").subscribe("limits/#", 1);
        clients.connect5("p")
                .publishAcknowledged5(1, "limits/x", "x".repeat(100))
                .publishAcknowledged5(2, "limits/x", "small");

        client.expectPayloads5("small").expectSilence();
        assertThat(older.nextDelivery().payload()).hasSize(100);
        Seen5 puback = client.send(publish(1, 1, "limits/x", "x")).next5(4);
        assertThat(puback.reason()).isEqualTo(0x97);
        assertThat(puback.property(Props.REASON_STRING)).isNull();
        Seen5 whole =
                clients.connect5("other").send(publish(1, 1, "limits/x", "x")).next5(4);
        assertThat(whole.property(Props.REASON_STRING)).isEqualTo("x".repeat(80));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void noAliasIsAboveTheTopicAliasMaximum(int maximum) {
        changing(connect -> connect.withLimits(connect.receiveMaximum(), UNLIMITED, maximum));
        byte[] takesFive = Props.two(Props.TOPIC_ALIAS_MAXIMUM, 5);
        RawClient client =
                clients.connect(Connect5.clean("changed").with(takesFive)).subscribe5("limits/#", 0);
        RawClient other =
                clients.connect(Connect5.clean("other").with(takesFive)).subscribe5("limits/#", 0);
        RawClient sender = clients.connect5("p");
        for (int i = 0; i < 6; i++) {
            sender.publishAcknowledged5(1, "limits/" + i % 3, "x");
        }
        assertThat(aliases(client)).hasSize(maximum);
        assertThat(aliases(other)).hasSize(3);
    }

    private static Set<Object> aliases(RawClient client) {
        Set<Object> aliases = new HashSet<>();
        for (int i = 0; i < 6; i++) {
            aliases.addAll(client.nextPublish5().all(Props.TOPIC_ALIAS));
        }
        return aliases;
    }

    @ParameterizedTest
    @CsvSource({"0,100,0", "65536,100,0", "1,0,0", "1,4294967296,0", "1,100,-1", "1,100,65536"})
    void aClientWhoseLimitsCannotBeIsRefusedAlone(int receiveMaximum, long packetBytesMax, int topicAliasMaximum) {
        changing(connect -> connect.withLimits(receiveMaximum, packetBytesMax, topicAliasMaximum));
        clients.open().send(Connect5.clean("changed").packed()).expectRefusal(0x88);
        clients.connect5("other").expectSilence();
    }

    @Test
    void theKeepAliveIsWhatTheInterceptorSaysAndAnMqtt5ClientIsTold() {
        changing(connect -> connect.withKeepAliveSeconds(1));
        RawClient client =
                clients.open().send(Connect5.clean("changed").withKeepAlive(600).packed());
        assertThat(client.next5(2).property(Props.SERVER_KEEP_ALIVE)).isEqualTo(1L);
        client.expectDisconnect(0x8D);
    }

    @Test
    void theKeepAliveOfAnOlderClientIsWhatTheInterceptorSays() {
        changing(connect -> connect.withKeepAliveSeconds(1));
        clients.connect(Connect.clean("changed").withKeepAlive(600)).expectClosed();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 20", "20, 0"})
    void aKeepAliveIsTakenAwayGivenOrLeft(int asked, int changed) {
        changing(connect -> connect.withKeepAliveSeconds(changed));
        Object told = connack(Connect5.clean("changed").withKeepAlive(asked)).property(Props.SERVER_KEEP_ALIVE);
        assertThat(told).isEqualTo(asked == changed ? null : (long) changed);
    }

    @ParameterizedTest
    @CsvSource({"3600, 0, 0", "0, 60, 60", "60, 3600, 600", "60, 60,"})
    void theSessionExpiryIsWhatTheInterceptorAndTheConfigurationSay(int asked, int changed, @Nullable Long told) {
        changing(connect -> connect.withSessionExpiry(Duration.ofSeconds(changed)));
        Connect5 connect = Connect5.clean("changed").with(Props.four(Props.SESSION_EXPIRY_INTERVAL, asked));
        assertThat(connack(connect).property(Props.SESSION_EXPIRY_INTERVAL)).isEqualTo(told);
        assertThat(facts().expirySeconds()).isEqualTo(told == null ? changed : told);
    }

    private SessionFacts facts() {
        return sessions.thenCompose(all -> all.find("changed"))
                .orTimeout(RawClient.DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
                .join()
                .orElseThrow();
    }

    @Test
    void aCleanStartThatIsChangedEndsTheSessionOfBefore() {
        clients.connect(Connect5.persistent("changed"))
                .subscribe5("limits/#", 1)
                .disconnect();
        changing(connect -> connect.withCleanStart(true));
        RawClient back = clients.open().send(Connect5.persistent("changed").packed());
        assertThat(back.next5(2).sessionPresent()).isFalse();
        clients.connect5("p").publishAcknowledged5(1, "limits/x", "x");
        back.expectSilence();
    }

    private void disconnecting(UnaryOperator<DisconnectRequest> change) {
        broker.hooks(hooks -> hooks.disconnectInterceptor(
                (client, request) -> client.id().equals("changed") ? change.apply(request) : request));
    }

    @ParameterizedTest
    @CsvSource({"1, 60, 60", "1, 3600, 600", "60, 30, 30", "60, -1, 60"})
    void theSessionExpiryAtDisconnectIsWhatTheInterceptorAndTheConfigurationSay(int before, long changed, long after) {
        disconnecting(request -> request.withSessionExpirySeconds(changed));
        clients.connect(Connect5.clean("changed").with(Props.four(Props.SESSION_EXPIRY_INTERVAL, before)))
                .disconnect();
        SessionFacts facts = facts();
        assertThat(facts.connected()).isFalse();
        assertThat(facts.expirySeconds()).isEqualTo(after);
    }

    @Test
    void aSessionThatEndsWithItsConnectionDoesSoWhateverTheInterceptorSays() {
        disconnecting(request -> request.withSessionExpirySeconds(600));
        clients.connect5("changed").disconnect();
        assertThat(connack(Connect5.persistent("changed")).sessionPresent()).isFalse();
    }

    @Test
    void theSessionOfAnOlderClientEndsAtDisconnectIfTheInterceptorSaysSo() {
        disconnecting(request -> request.withSessionExpirySeconds(0));
        clients.connect(Connect.persistent("changed")).disconnect();
        clients.connect(Connect.persistent("other")).disconnect();
        clients.connect(Connect.persistent("changed"));
        clients.resume("other");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWillIsDiscardedIfTheReasonBecomesSuccess(boolean changed) {
        disconnecting(request -> changed ? request.withReason(ReasonCode.SUCCESS) : request);
        RawClient watcher = clients.connect5("watcher").subscribe5("limits/#", 0);
        RawClient client = clients.connect(Connect5.clean("changed").will(0, false, "limits/will", "will"));
        client.send(disconnect(0x04)).expectClosed();

        if (!changed) {
            watcher.expectPayloads5("will");
        }
        clients.connect5("p").publishAcknowledged5(1, "limits/x", "end");
        watcher.expectPayloads5("end").expectSilence();
    }
}
