// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets5.auth;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.AuthAnswer;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.EnhancedAuthenticator;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Permissions;
import io.skep.sdk.testkit.BrokerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients that are sent to another server. */
class ServerReferenceTest {

    private static final String ELSEWHERE = "a.example b.example:1884";
    private static final String UNAVAILABLE = "20 02 00 03";

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private void redirect(String occasion, String kind) {
        broker.stop();
        broker.set("mqtt.redirect.server-reference", ELSEWHERE).set("mqtt.redirect." + occasion, kind);
        broker.start();
    }

    private Seen5 refused(Connect5 connect) {
        RawClient client = clients.open().send(connect.packed());
        Seen5 connack = client.next5();
        assertThat(connack.type()).isEqualTo(2);
        client.expectClosed();
        return connack;
    }

    @Test
    @Normative(version = "extra", value = "U5-3.2.2-5")
    void whoConnectsIsToldToUseAnotherServer() {
        redirect("connect", "use-another-server");
        Seen5 connack = refused(Connect5.clean("elsewhere"));
        assertThat(connack.reason()).isEqualTo(0x9C);
        assertThat(connack.property(Props.SERVER_REFERENCE)).isEqualTo(ELSEWHERE);
    }

    @Test
    @Normative(version = "extra", value = "U5-3.2.2-5")
    void whoConnectsIsToldThatTheServerHasMoved() {
        redirect("connect", "server-moved");
        Seen5 connack = refused(Connect5.clean("elsewhere"));
        assertThat(connack.reason()).isEqualTo(0x9D);
        assertThat(connack.property(Props.SERVER_REFERENCE)).isEqualTo(ELSEWHERE);
    }

    @Test
    void anOlderClientHearsThatTheServerIsUnavailable() {
        redirect("connect", "server-moved");
        clients.open()
                .send(Connect.clean("elsewhere").packed())
                .expect(UNAVAILABLE)
                .expectClosed();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.2.2-19")
    void whatDoesNotFitTheClientIsLeftOutTheReasonStringFirst() {
        redirect("connect", "server-moved");
        int reference = 3 + ELSEWHERE.length();
        Seen5 connack = refused(Connect5.clean("narrow").with(Props.four(Props.MAXIMUM_PACKET_SIZE, 5 + reference)));
        assertThat(connack.properties()).containsOnlyKeys(Props.SERVER_REFERENCE);
        connack = refused(Connect5.clean("narrower").with(Props.four(Props.MAXIMUM_PACKET_SIZE, 4 + reference)));
        assertThat(connack.properties()).isEmpty();
        assertThat(connack.reason()).isEqualTo(0x9D);
        clients.open()
                .send(Connect5.clean("narrowest")
                        .with(Props.four(Props.MAXIMUM_PACKET_SIZE, 4))
                        .packed())
                .expectClosed();
    }

    @Test
    @Normative(version = "extra", value = "U5-3.2.2-5")
    void whoIsConnectedWhenTheBrokerStopsIsSentElsewhere() {
        redirect("stop", "use-another-server");
        RawClient client = clients.connect5("stays");
        RawClient older = clients.connect("older");
        broker.stop();
        assertThat(client.expectDisconnect(0x9C).property(Props.SERVER_REFERENCE))
                .isEqualTo(ELSEWHERE);
        older.expectClosed();
    }

    @Test
    @Normative(version = "extra", value = "U5-3.2.2-5")
    void withoutRedirectTheStopCarriesNoServerReference() {
        RawClient client = clients.connect5("stays");
        broker.stop();
        assertThat(client.expectDisconnect(0x8B).property(Props.SERVER_REFERENCE))
                .isNull();
    }

    @Test
    @Normative(version = "extra", value = "U5-3.2.2-5")
    void anAuthenticatorSendsAClientElsewhere() {
        broker.hooks(hooks ->
                hooks.authenticator(login -> switch (login.client().id()) {
                    case "moved" -> Decision.redirect(ReasonCode.SERVER_MOVED, ELSEWHERE);
                    case "banned" -> Decision.deny(ReasonCode.BANNED, "banned");
                    default -> Decision.allow();
                }));
        Seen5 connack = refused(Connect5.clean("moved"));
        assertThat(connack.reason()).isEqualTo(0x9D);
        assertThat(connack.property(Props.SERVER_REFERENCE)).isEqualTo(ELSEWHERE);
        connack = refused(Connect5.clean("banned"));
        assertThat(connack.reason()).isEqualTo(0x8A);
        assertThat(connack.property(Props.SERVER_REFERENCE)).isNull();
        clients.connect5("other").expectSilence();
        clients.open().send(Connect.clean("moved").packed()).expect(UNAVAILABLE).expectClosed();
    }

    /** Lets everyone in at first, and sends who comes back elsewhere. */
    private static final class Balancer implements EnhancedAuthenticator {

        private boolean full;

        @Override
        public String method() {
            return "BALANCE";
        }

        @Override
        public Exchange begin(Login login) {
            boolean first = !full;
            full = true;
            return data -> first
                    ? AuthAnswer.allow(Permissions.ALL)
                    : AuthAnswer.redirect(ReasonCode.USE_ANOTHER_SERVER, ELSEWHERE);
        }
    }

    @Test
    @Normative(version = "extra", value = "U5-3.2.2-5")
    void anEnhancedAuthenticatorSendsClientsElsewhereWithConnackAndDisconnect() {
        broker.hooks(hooks -> hooks.enhancedAuthenticator(new Balancer()));
        byte[] method = Props.text(Props.AUTHENTICATION_METHOD, "BALANCE");
        RawClient accepted = clients.connect(Connect5.clean("first").with(method));
        Seen5 connack = refused(Connect5.clean("second").with(method));
        assertThat(connack.reason()).isEqualTo(0x9C);
        assertThat(connack.property(Props.SERVER_REFERENCE)).isEqualTo(ELSEWHERE);
        accepted.send(auth(0x19, method));
        assertThat(accepted.expectDisconnect(0x9C).property(Props.SERVER_REFERENCE))
                .isEqualTo(ELSEWHERE);
    }
}
