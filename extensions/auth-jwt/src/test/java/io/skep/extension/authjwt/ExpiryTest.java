// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authjwt;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5Disconnect;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import com.nimbusds.jwt.JWTClaimsSet;
import io.skep.sdk.testkit.BrokerExtension;
import io.skep.sdk.testkit.ManualTime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Date;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Connections that outlive their token, in a real broker and in a time that the test advances. */
class ExpiryTest {

    private static final Duration SKEW = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final ManualTime time = new ManualTime();

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create().time(time);

    @BeforeEach
    void writeKeys() throws Exception {
        Files.writeString(folder.resolve("jwks.json"), Tokens.set(Tokens.EC.toPublicJWK()));
    }

    private void start(String more) {
        broker.config(
                "auth-jwt",
                "keys: {file: '" + folder.resolve("jwks.json") + "'}\npermissions: [{topic: '#'}]\n" + more);
        broker.extension("auth-jwt", new AuthJwt());
    }

    /** A client, and how its connection ends. */
    private record Connected(Mqtt5BlockingClient client, CompletableFuture<Throwable> end) {

        Mqtt5Disconnect disconnect() throws Exception {
            Throwable cause = end.get(20, TimeUnit.SECONDS);
            assertThat(cause).isInstanceOf(Mqtt5DisconnectException.class);
            return ((Mqtt5DisconnectException) cause).getMqttMessage();
        }

        void assertServed() {
            client.publishWith().topic("t").qos(MqttQos.AT_LEAST_ONCE).send(); // throws if it is not acknowledged
        }
    }

    private Connected connect(String clientId, Duration tokenLife) {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Mqtt5BlockingClient client = MqttClient.builder()
                .useMqttVersion5()
                .identifier(clientId)
                .serverHost("127.0.0.1")
                .serverPort(broker.port())
                .addDisconnectedListener(context -> end.complete(context.getCause()))
                .buildBlocking();
        JWTClaimsSet claims = Tokens.claims()
                .expirationTime(Date.from(time.clock().instant().plus(tokenLife)))
                .build();
        client.connectWith()
                .simpleAuth()
                .password(Tokens.sign(Tokens.EC, "ES256", claims).getBytes(StandardCharsets.UTF_8))
                .applySimpleAuth()
                .send();
        return new Connected(client, end);
    }

    @Test
    void aClientIsDisconnectedWhenItsTokenExpiresAndToldWhy() throws Exception {
        start("");
        Connected brief = connect("brief", Duration.ofMinutes(10));
        Connected nameless = connect("", Duration.ofMinutes(10)); // the broker gives it a name
        Connected lasting = connect("lasting", Duration.ofHours(10));

        time.advance(Duration.ofMinutes(10)); // clocks may differ
        brief.assertServed();
        time.advance(SKEW.plusSeconds(2));

        Mqtt5Disconnect disconnect = brief.disconnect();
        assertThat(disconnect.getReasonCode()).isEqualTo(Mqtt5DisconnectReasonCode.MAXIMUM_CONNECT_TIME);
        assertThat(disconnect.getReasonString()).get().asString().startsWith("token: expired");
        assertThat(nameless.disconnect().getReasonCode()).isEqualTo(Mqtt5DisconnectReasonCode.MAXIMUM_CONNECT_TIME);
        lasting.assertServed();
        lasting.client().disconnect();
    }

    @Test
    void whoHasComeBackWithANewerTokenStays() throws Exception {
        start("");
        Connected first = connect("ann", Duration.ofMinutes(10));
        Connected witness = connect("witness", Duration.ofMinutes(10));
        time.advance(Duration.ofMinutes(9));
        Connected second = connect("ann", Duration.ofMinutes(10));
        assertThat(first.disconnect().getReasonCode()).isEqualTo(Mqtt5DisconnectReasonCode.SESSION_TAKEN_OVER);

        time.advance(Duration.ofMinutes(2));
        witness.disconnect();
        second.assertServed();
        time.advance(Duration.ofMinutes(9));
        assertThat(second.disconnect().getReasonCode()).isEqualTo(Mqtt5DisconnectReasonCode.MAXIMUM_CONNECT_TIME);
    }

    @Test
    void aConnectionOutlivesItsTokenIfTheConfigurationSaysSo() {
        start("disconnect-at-expiry: false\n");
        Connected ann = connect("ann", Duration.ofMinutes(10));
        time.advance(Duration.ofHours(1));
        ann.assertServed();
        assertThat(ann.end()).isNotDone();
        ann.client().disconnect();
    }
}
