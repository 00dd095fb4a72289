// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** A client of MQTT 5.0 whose id is its user name. */
final class Person implements AutoCloseable, MqttCallback {

    final String name;
    final List<String> received = new CopyOnWriteArrayList<>();
    private final MqttAsyncClient client;

    Person(String name, int port) throws MqttException {
        this.name = name;
        this.client = new MqttAsyncClient("tcp://127.0.0.1:" + port, name, new MemoryPersistence());
        client.setCallback(this);
    }

    /** {@return the reason code of CONNACK} */
    int connect(String password) {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setUserName(name);
        options.setPassword(password.getBytes(StandardCharsets.UTF_8));
        return connect(options);
    }

    /** The same with an authentication method, and all that there is to say at once. */
    int authenticate(String method, String data) {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setAuthMethod(method);
        options.setAuthData(data.getBytes(StandardCharsets.UTF_8));
        return connect(options);
    }

    private int connect(MqttConnectionOptions options) {
        try {
            client.connect(options).waitForCompletion(Harness.DEADLINE_MILLIS);
            return 0;
        } catch (MqttException e) {
            return e.getReasonCode();
        }
    }

    /** {@return the reason code of SUBACK} */
    int subscribe(String filter) {
        try {
            return reason(client.subscribe(filter, 1));
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return the reason code of UNSUBACK} */
    int unsubscribe(String filter) {
        try {
            return reason(client.unsubscribe(filter));
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return the reason code of PUBACK} */
    int publish(String topic, String payload) {
        try {
            return reason(send(topic, payload));
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    IMqttToken send(String topic, String payload) throws MqttException {
        return client.publish(topic, payload.getBytes(StandardCharsets.UTF_8), 1, false);
    }

    private static int reason(IMqttToken token) throws MqttException {
        try {
            token.waitForCompletion(Harness.DEADLINE_MILLIS);
            return token.getReasonCodes()[0];
        } catch (MqttException e) {
            return e.getReasonCode();
        }
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        received.add(new String(message.getPayload(), StandardCharsets.UTF_8));
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {}

    @Override
    public void mqttErrorOccurred(MqttException exception) {}

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}

    @Override
    public void close() {
        try {
            client.disconnectForcibly(0, 100, false);
            client.close(true);
        } catch (MqttException e) {
            // it was not connected
        }
    }
}
