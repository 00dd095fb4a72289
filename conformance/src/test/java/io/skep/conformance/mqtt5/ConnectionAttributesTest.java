// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.Client;
import io.skep.sdk.ExtensionContext;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.event.Event;
import io.skep.sdk.packet.ConnectRequest;
import io.skep.sdk.packet.Interception;
import io.skep.sdk.publish.PublishAnswer;
import io.skep.sdk.service.ConnectionAttributes;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one hook remembers of a connection all later ones of it know, whatever becomes of the client's names. */
class ConnectionAttributesTest {

    private static final BlockingQueue<String> SEEN = new LinkedBlockingQueue<>();

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create().extension("memory", ConnectionAttributesTest::start);

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static void start(ExtensionContext context) {
        ConnectionAttributes attributes = context.connectionAttributes();
        context.hooks().connectInterceptor(connect -> {
            SEEN.add("CONNECT " + shown(attributes, connect.client()));
            attributes.put(connect.client(), "asked", connect.client().id().getBytes(UTF_8));
            return changed(connect);
        });
        context.hooks().authenticator(login -> {
            attributes.put(
                    login.client(),
                    "login",
                    String.valueOf(login.client().userName()).getBytes(UTF_8));
            return Decision.allow();
        });
        context.hooks().publishInterceptor((client, publish) -> {
            SEEN.add("PUBLISH " + shown(attributes, client));
            return PublishAnswer.pass();
        });
        context.hooks()
                .listen(Event.ClientDisconnected.class, event -> SEEN.add("gone " + shown(attributes, event.client())));
    }

    private static Interception<ConnectRequest> changed(ConnectRequest connect) {
        return switch (connect.client().id()) {
            case "renamed" -> Interception.change(connect.withClientId("named").withCredentials("ann", new byte[0]));
            case "slower" -> Interception.change(connect.withKeepAliveSeconds(600));
            default -> Interception.pass();
        };
    }

    private static String shown(ConnectionAttributes attributes, Client client) {
        byte[] asked = attributes.get(client, "asked");
        byte[] login = attributes.get(client, "login");
        return client.id() + " of " + client.connection().listenerType() + ": "
                + (asked == null ? "nothing" : new String(asked, UTF_8)) + ", "
                + (login == null ? "nothing" : new String(login, UTF_8));
    }

    private static String next() throws InterruptedException {
        return SEEN.poll(30, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"renamed", "slower", "same"})
    void theyLastAsLongAsTheConnectionAndNoLonger(String id) throws InterruptedException {
        SEEN.clear();
        String name = id.equals("renamed") ? "named" : id;
        String known = name + " of tcp: " + id + ", " + (id.equals("renamed") ? "ann" : "null");
        for (int round = 0; round < 2; round++) {
            RawClient client = clients.connect(Connect5.clean(id));
            assertThat(next()).isEqualTo("CONNECT " + id + " of tcp: nothing, nothing");
            client.publishAcknowledged5(1, "t", "x");
            assertThat(next()).isEqualTo("PUBLISH " + known);
            client.drop();
            assertThat(next()).isEqualTo("gone " + known);
        }
    }

    @Test
    void theyAreThereForAnIdThatTheBrokerHasGiven() throws InterruptedException {
        SEEN.clear();
        RawClient client = clients.connect(Connect5.clean(""));
        assertThat(next()).startsWith("CONNECT  of");
        client.publishAcknowledged5(1, "t", "x");
        assertThat(next()).matches("PUBLISH .{23} of tcp: , null");
    }
}
