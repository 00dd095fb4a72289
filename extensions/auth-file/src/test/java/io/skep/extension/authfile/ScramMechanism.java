// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authfile;

import com.hivemq.client.mqtt.datatypes.MqttUtf8String;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientConfig;
import com.hivemq.client.mqtt.mqtt5.auth.Mqtt5EnhancedAuthMechanism;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5Auth;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5AuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5EnhancedAuth;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5EnhancedAuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5Disconnect;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** SCRAM-SHA-256 for the HiveMQ client, which has enhanced authentication but no method. */
public final class ScramMechanism implements Mqtt5EnhancedAuthMechanism {

    /** What the client shall know of its password. */
    volatile String password;

    private final String user;
    private volatile ScramClient exchange = new ScramClient("", "", "");

    /** Begins nothing yet. */
    public ScramMechanism(String user, String password) {
        this.user = user;
        this.password = password;
    }

    @Override
    public MqttUtf8String getMethod() {
        return MqttUtf8String.of("SCRAM-SHA-256");
    }

    @Override
    public int getTimeout() {
        return 10;
    }

    @Override
    public CompletableFuture<Void> onAuth(
            Mqtt5ClientConfig config, Mqtt5Connect connect, Mqtt5EnhancedAuthBuilder answer) {
        answer.data(begin());
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> onReAuth(Mqtt5ClientConfig config, Mqtt5AuthBuilder answer) {
        answer.data(begin());
        return CompletableFuture.completedFuture(null);
    }

    private byte[] begin() {
        exchange = new ScramClient(user, password, UUID.randomUUID().toString());
        return exchange.first();
    }

    @Override
    public CompletableFuture<Boolean> onContinue(Mqtt5ClientConfig config, Mqtt5Auth auth, Mqtt5AuthBuilder answer) {
        answer.data(exchange.last(data(auth)));
        return CompletableFuture.completedFuture(true);
    }

    @Override
    public CompletableFuture<Boolean> onAuthSuccess(Mqtt5ClientConfig config, Mqtt5ConnAck connAck) {
        return CompletableFuture.completedFuture(
                exchange.trusts(data(connAck.getEnhancedAuth().orElseThrow())));
    }

    @Override
    public CompletableFuture<Boolean> onReAuthSuccess(Mqtt5ClientConfig config, Mqtt5Auth auth) {
        return CompletableFuture.completedFuture(exchange.trusts(data(auth)));
    }

    private static byte[] data(Mqtt5EnhancedAuth authentication) {
        ByteBuffer buffer = authentication.getData().orElse(ByteBuffer.allocate(0));
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @Override
    public void onAuthRejected(Mqtt5ClientConfig config, Mqtt5ConnAck connAck) {
        // connecting fails with it
    }

    @Override
    public void onReAuthRejected(Mqtt5ClientConfig config, Mqtt5Disconnect disconnect) {
        // authenticating again fails with it
    }

    @Override
    public void onAuthError(Mqtt5ClientConfig config, Throwable cause) {
        // connecting fails with it
    }

    @Override
    public void onReAuthError(Mqtt5ClientConfig config, Throwable cause) {
        // authenticating again fails with it
    }
}
