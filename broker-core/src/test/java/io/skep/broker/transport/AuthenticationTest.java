// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import static io.skep.broker.transport.AuthClient.AGAIN;
import static io.skep.broker.transport.AuthClient.CONTINUE;
import static io.skep.broker.transport.AuthClient.METHOD;
import static io.skep.broker.transport.AuthClient.auth;
import static io.skep.broker.transport.AuthClient.authentication;
import static io.skep.broker.transport.AuthClient.bytes;
import static io.skep.broker.transport.AuthClient.concat;
import static io.skep.broker.transport.AuthClient.connack;
import static io.skep.broker.transport.AuthClient.connect;
import static io.skep.broker.transport.AuthClient.publish;
import static io.skep.broker.transport.AuthClient.subscribe;

import io.skep.broker.Broker;
import io.skep.broker.config.ConfigLoader;
import io.skep.broker.config.SkepConfig;
import io.skep.broker.hook.ExtensionHooks;
import io.skep.broker.hook.HookChains;
import io.skep.broker.metrics.Metrics;
import io.skep.sdk.auth.AuthAnswer;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Permissions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Enhanced authentication, byte by byte, against a whole broker. */
class AuthenticationTest {

    private static final byte[] PINGREQ = bytes(0xC0, 0);
    private static final byte[] PINGRESP = bytes(0xD0, 0);
    private static final byte[] DISCONNECT = bytes(0xE0, 0);

    @TempDir
    Path home;

    private final TestMethod method = new TestMethod();
    private final List<AuthClient> clients = new ArrayList<>();
    private Broker broker;
    private ExtensionHooks hooks;

    @BeforeEach
    void start() throws IOException {
        SkepConfig config = new ConfigLoader(home)
                .load(null, Map.of(), Map.of("listeners[0].port", "0", "mqtt.connect-timeout", "4s"));
        broker = Broker.start(config, home);
        hooks = new ExtensionHooks("test", config.extensions(), Runnable::run, broker.get(Metrics.class));
        hooks.enhancedAuthenticator(method);
        broker.get(HookChains.class).add(hooks);
    }

    @AfterEach
    void stop() throws IOException {
        for (AuthClient client : clients) {
            client.close();
        }
        broker.stop();
    }

    @Test
    @Tag("v5:MQTT-4.12.0-1")
    void anUnknownMethodIsRefused() throws IOException {
        open().send(connect("c", "OTHER", "allow")).expectRefusal(0x8C);
        open().send(connect("c", "TEST2", null)).expectRefusal(0x8C);
    }

    @Test
    @Tag("v5:MQTT-4.12.0-2")
    @Tag("v5:MQTT-4.12.0-3")
    @Tag("v5:MQTT-4.12.0-5")
    @Tag("v5:MQTT-3.15.2-1")
    void theExchangeIsOverWithConnack() throws IOException {
        open().send(connect("c", METHOD, "ask"))
                .expect(auth(CONTINUE, METHOD, "prove"))
                .send(auth(CONTINUE, METHOD, "ask later"))
                .expect(auth(CONTINUE, METHOD, "prove"))
                .send(auth(CONTINUE, METHOD, "allow"))
                .expect(connack(false, authentication(METHOD, "welcome")))
                .send(PINGREQ)
                .expect(PINGRESP);
    }

    @Test
    @Tag("v5:MQTT-4.12.0-5")
    void connackNamesTheMethodAlsoWithoutData() throws IOException {
        open().send(connect("c", METHOD, null)).expect(connack(false, authentication(METHOD, null)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x19, 0x87})
    @Tag("v5:MQTT-4.12.0-3")
    @Tag("v5:MQTT-3.15.2-1")
    void anAnswerWithAnotherCodeIsRefused(int reasonCode) throws IOException {
        asked().send(auth(reasonCode, METHOD, "allow")).expectRefusal(0x82);
    }

    @Test
    @Tag("v5:MQTT-4.12.0-4")
    void whoFailsIsRefused() throws IOException {
        open().send(connect("c", METHOD, "deny")).expectRefusal(0x87);
        asked().send(auth(CONTINUE, METHOD, "deny")).expectRefusal(0x87);
        asked().send(auth(CONTINUE, METHOD, "ban")).expectRefusal(0x8A);
        asked().send(auth(CONTINUE, METHOD, "fail")).expectRefusal(0x88);
    }

    @Test
    @Tag("v5:MQTT-4.12.0-5")
    void anAnswerWithAnotherMethodOrNoneIsRefused() throws IOException {
        asked().send(auth(CONTINUE, "TEST2", "allow")).expectRefusal(0x82);
        asked().send(auth(CONTINUE, null, null)).expectRefusal(0x82);
        asked().send(auth(CONTINUE, null, "allow")).expectRefusal(0x82);
    }

    @Test
    @Tag("v5:MQTT-4.12.0-6")
    void whoNamesNoMethodIsNeverSentOne() throws IOException {
        allowPasswords();
        open().send(connect("c", null, null), PINGREQ)
                .expect(connack(false, bytes()))
                .expect(PINGRESP);
    }

    @ParameterizedTest
    @ValueSource(ints = {CONTINUE, AGAIN})
    @Tag("v5:MQTT-4.12.0-7")
    void whoNamedNoMethodMaySendNoAuth(int reasonCode) throws IOException {
        allowPasswords();
        open().send(connect("c", null, null))
                .expect(connack(false, bytes()))
                .send(auth(reasonCode, METHOD, "allow"))
                .expectDisconnect(0x82);
    }

    @Test
    void whoNamesNoMethodNeedsAnAuthenticatorToo() throws IOException {
        open().send(connect("c", null, null)).expectRefusal(0x86);
    }

    @Test
    @Tag("v5:MQTT-3.1.2-30")
    void nothingButAuthIsTakenBeforeConnack() throws IOException {
        asked().send(PINGREQ).expectRefusal(0x82);
        asked().send(subscribe("#", 1)).expectRefusal(0x82);
        asked().send(publish("t", 1)).expectRefusal(0x82);
        asked().send(bytes(0x40, 2, 0, 1)).expectRefusal(0x82);
        asked().send(connect("c", METHOD, "allow")).expectRefusal(0x82);
    }

    @Test
    @Tag("v5:MQTT-3.1.2-30")
    void disconnectBeforeConnackEndsTheExchange() throws IOException {
        asked().send(DISCONNECT).expectEnd();
    }

    @Test
    @Tag("v5:MQTT-3.1.4-6")
    @Tag("v5:MQTT-3.1.2-30")
    void whatIsSentBehindARefusedConnectHasNoEffect() throws IOException {
        AuthClient witness = connected("witness", "allow");
        witness.send(subscribe("t", 1)).expect(bytes(0x90, 4, 0, 1, 0, 1));

        open().send(connect("c", METHOD, "deny"), publish("t", 1)).expectRefusal(0x87);
        asked().send(publish("t", 1), auth(CONTINUE, METHOD, "allow")).expectRefusal(0x82);

        witness.send(PINGREQ).expect(PINGRESP);
    }

    @Test
    @Tag("v5:MQTT-3.2.0-1")
    void whatWaitsForTheClientWaitsForConnack() throws IOException {
        byte[] expiry = bytes(0x11, 0, 0, 0, 60);
        byte[] durable = connect("durable", concat(expiry, authentication(METHOD, "ask")), 0);
        open().send(durable)
                .expect(auth(CONTINUE, METHOD, "prove"))
                .send(auth(CONTINUE, METHOD, "allow"))
                .expect(connack(false, authentication(METHOD, "welcome")))
                .send(subscribe("t", 1))
                .expect(bytes(0x90, 4, 0, 1, 0, 1))
                .send(DISCONNECT)
                .expectEnd();
        connected("sender", "allow").send(publish("t", 1)).expect(bytes(0x40, 2, 0, 1));

        open().send(durable)
                .expect(auth(CONTINUE, METHOD, "prove"))
                .send(auth(CONTINUE, METHOD, "allow"))
                .expect(connack(true, authentication(METHOD, "welcome")))
                .expect(publish("t", 1));
    }

    @Test
    @Tag("v5:MQTT-3.15.1-1")
    void authWithFlagsIsMalformed() throws IOException {
        byte[] flagged = auth(CONTINUE, METHOD, "allow");
        flagged[0] = (byte) 0xF1;
        asked().send(flagged).expectRefusal(0x81);

        byte[] again = auth(AGAIN, METHOD, "allow");
        again[0] = (byte) 0xF2;
        connected("c", "allow").send(again).expectDisconnect(0x81);
    }

    @Test
    @Tag("v5:MQTT-3.15.2-2")
    @Tag("v5:MQTT-3.15.2-3")
    void authIsAsSmallAsItsDataAllowsAndNeverLargerThanTheClientTakes() throws IOException {
        byte[] expected = auth(CONTINUE, METHOD, "prove");
        open().send(smallConnect(expected.length)).expect(expected);
        open().send(smallConnect(expected.length - 1)).expectRefusal(0x95);
    }

    @Test
    void anExchangeOnALiveConnectionGivesItOtherPermissions() throws IOException {
        AuthClient client = connected("c", "allow a");
        client.send(publish("a", 1)).expect(bytes(0x40, 3, 0, 1, 0x10));
        client.send(publish("b", 2)).expect(bytes(0x40, 3, 0, 2, 0x87));

        client.send(auth(AGAIN, METHOD, "ask")).expect(auth(CONTINUE, METHOD, "prove"));
        client.send(publish("b", 3)).expect(bytes(0x40, 3, 0, 3, 0x87));
        client.send(auth(CONTINUE, METHOD, "allow")).expect(auth(0, METHOD, "welcome"));
        client.send(publish("b", 4)).expect(bytes(0x40, 3, 0, 4, 0x10));

        client.send(auth(AGAIN, METHOD, "allow a")).expect(auth(0, METHOD, null));
        client.send(publish("a", 5)).expect(bytes(0x40, 3, 0, 5, 0x10));
        client.send(publish("b", 6)).expect(bytes(0x40, 3, 0, 6, 0x87));
    }

    @Test
    void otherPacketsGoOnWhileTheExtensionThinks() throws IOException {
        AuthClient client = connected("c", "allow a");
        client.send(auth(AGAIN, METHOD, "hang"), PINGREQ).expect(PINGRESP);
        client.send(publish("a", 1)).expect(bytes(0x40, 3, 0, 1, 0x10));

        method.hanging.complete(AuthAnswer.allow(Permissions.ALL));
        client.expect(auth(0, METHOD, null));
    }

    @Test
    @Tag("v5:MQTT-4.12.1-1")
    void anotherMethodOnALiveConnectionEndsIt() throws IOException {
        connected("c", "allow").send(auth(AGAIN, "TEST2", "allow")).expectDisconnect(0x82);
        connected("c", "allow").send(auth(AGAIN, null, null)).expectDisconnect(0x82);
    }

    @Test
    @Tag("v5:MQTT-4.12.1-2")
    void whoFailsOnALiveConnectionIsDisconnected() throws IOException {
        connected("c", "allow").send(auth(AGAIN, METHOD, "deny")).expectDisconnect(0x87);
        connected("c", "allow").send(auth(AGAIN, METHOD, "ban")).expectDisconnect(0x87);
        connected("c", "allow").send(auth(AGAIN, METHOD, "fail")).expectDisconnect(0x89);
        connected("c", "allow")
                .send(auth(AGAIN, METHOD, "ask"))
                .expect(auth(CONTINUE, METHOD, "prove"))
                .send(auth(CONTINUE, METHOD, "deny"))
                .expectDisconnect(0x87);
    }

    @Test
    void authOutOfTurnIsAProtocolError() throws IOException {
        connected("c", "allow").send(auth(CONTINUE, METHOD, "allow")).expectDisconnect(0x82);
        connected("c", "allow")
                .send(auth(AGAIN, METHOD, "ask"))
                .expect(auth(CONTINUE, METHOD, "prove"))
                .send(auth(AGAIN, METHOD, "allow"))
                .expectDisconnect(0x82);
        connected("c", "allow")
                .send(auth(AGAIN, METHOD, "hang"), auth(CONTINUE, METHOD, "allow"))
                .expectDisconnect(0x82);
    }

    @Test
    void whoLetsTheBrokerWaitIsDisconnected() throws IOException {
        AuthClient connecting = asked();
        AuthClient live =
                connected("c", "allow").send(auth(AGAIN, METHOD, "ask")).expect(auth(CONTINUE, METHOD, "prove"));

        connecting.expectRefusal(0x87);
        live.expectDisconnect(0x87);
    }

    @Test
    void aMethodThatIsGoneFailsWhoComesBackToIt() throws IOException {
        AuthClient client = connected("c", "allow");
        broker.get(HookChains.class).remove(hooks);

        client.send(auth(AGAIN, METHOD, "allow")).expectDisconnect(0x8C);
    }

    @Test
    void anAnswerThatComesAfterTheClientIsGoneChangesNothing() throws IOException {
        AuthClient gone = open().send(connect("c", METHOD, "hang"));
        gone.close();
        connected("c", "allow").send(PINGREQ).expect(PINGRESP);
        method.hanging.complete(AuthAnswer.allow(Permissions.ALL));

        connected("d", "allow").send(PINGREQ).expect(PINGRESP);
    }

    private static byte[] smallConnect(int packetBytesMax) {
        return connect("c", concat(bytes(0x27, 0, 0, 0, packetBytesMax), authentication(METHOD, "ask")), 2);
    }

    /** A client that is to answer before it gets a CONNACK. */
    private AuthClient asked() throws IOException {
        return open().send(connect("c", METHOD, "ask")).expect(auth(CONTINUE, METHOD, "prove"));
    }

    private AuthClient connected(String id, String wish) throws IOException {
        @Nullable String last = wish.equals("allow") ? "welcome" : null;
        return open().send(connect(id, METHOD, wish)).expect(connack(false, authentication(METHOD, last)));
    }

    private AuthClient open() throws IOException {
        AuthClient client = new AuthClient(broker.addresses().get(0));
        clients.add(client);
        return client;
    }

    private void allowPasswords() {
        SkepConfig config = broker.get(SkepConfig.class);
        ExtensionHooks more = new ExtensionHooks("p", config.extensions(), Runnable::run, broker.get(Metrics.class));
        more.authenticator(login -> Decision.allow());
        broker.get(HookChains.class).add(more);
    }
}
