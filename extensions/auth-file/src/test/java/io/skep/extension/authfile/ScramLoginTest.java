// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import io.skep.broker.Broker;
import io.skep.broker.config.ConfigLoader;
import io.skep.broker.config.SkepConfig;
import io.skep.broker.hook.ExtensionHooks;
import io.skep.broker.hook.HookChains;
import io.skep.broker.metrics.Metrics;
import io.skep.extension.account.Role;
import io.skep.sdk.auth.Permission;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real client of MQTT 5.0 logs in with SCRAM to a real broker. */
class ScramLoginTest {

    private static final byte[] SALT = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path home;

    private final ScramAuthenticator authenticator = new ScramAuthenticator();
    private final ScramMechanism mechanism = new ScramMechanism("anna", "secret");
    private Broker broker;
    private Mqtt5BlockingClient client;

    @BeforeEach
    void start() throws IOException {
        SkepConfig config = new ConfigLoader(home).load(null, Map.of(), Map.of("listeners[0].port", "0"));
        broker = Broker.start(config, home);
        ExtensionHooks hooks =
                new ExtensionHooks("auth-file", config.extensions(), Runnable::run, broker.get(Metrics.class));
        hooks.enhancedAuthenticator(authenticator);
        broker.get(HookChains.class).add(hooks);
        authenticator.use(directory("first/#"));
        client = Mqtt5Client.builder()
                .identifier("c")
                .serverHost("127.0.0.1")
                .serverPort(broker.addresses().get(0).getPort())
                .enhancedAuth(mechanism)
                .buildBlocking();
    }

    @AfterEach
    void stop() {
        broker.stop();
    }

    @Test
    void whoKnowsThePasswordIsLetInAndMayComeBackForOtherPermissions() {
        client.connect();
        publish("first/a");
        assertThatThrownBy(() -> publish("second/a")).isInstanceOf(Mqtt5PubAckException.class);

        authenticator.use(directory("second/#"));
        publish("first/a");
        client.reauth();
        publish("second/a");
        assertThatThrownBy(() -> publish("first/a")).isInstanceOf(Mqtt5PubAckException.class);
        client.disconnect();
    }

    @Test
    void whoDoesNotKnowThePasswordIsRefused() {
        mechanism.password = "Secret";

        assertThatThrownBy(client::connect)
                .asInstanceOf(type(Mqtt5ConnAckException.class))
                .extracting(refusal -> refusal.getMqttMessage().getReasonCode())
                .isEqualTo(Mqtt5ConnAckReasonCode.NOT_AUTHORIZED);
    }

    @Test
    void whoFailsToAuthenticateAgainIsDisconnected() {
        client.connect();
        mechanism.password = "Secret";

        assertThatThrownBy(() -> client.toAsync()
                        .reauth()
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .asInstanceOf(type(Mqtt5DisconnectException.class))
                .extracting(end -> end.getMqttMessage().getReasonCode())
                .isEqualTo(Mqtt5DisconnectReasonCode.NOT_AUTHORIZED);
    }

    private void publish(String topic) {
        client.publishWith().topic(topic).qos(MqttQos.AT_LEAST_ONCE).send();
    }

    private static Directory directory(String topic) {
        String scram = ScramClient.verifier("secret", SALT, 4096);
        Role role = new Role(List.of(new Role.Rule(topic, List.of(), Permission.Effect.ALLOW, null, null)));
        return new Directory(Map.of("anna", new User(null, scram, List.of("role"), null)), Map.of("role", role));
    }
}
