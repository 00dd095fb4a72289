// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.skep.acceptance.Clients.Plan;
import java.util.concurrent.BlockingQueue;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** Eclipse Paho, MQTT 3.1.1. */
record PahoClients() implements Clients {

    static MqttClient client(int port, String clientId) throws MqttException {
        var client = new MqttClient("tcp://127.0.0.1:" + port, clientId, new MemoryPersistence());
        client.setTimeToWait(Program.DEADLINE.toMillis());
        return client;
    }

    static MqttConnectOptions options(boolean clean) {
        var options = new MqttConnectOptions();
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        options.setCleanSession(clean);
        options.setMaxInflight(1_000);
        return options;
    }

    static void disconnect(MqttClient client) {
        try {
            client.disconnect();
            client.close();
        } catch (MqttException e) {
            throw new IllegalStateException("DISCONNECT: failed (expected: a connected client)", e);
        }
    }

    @Override
    public String name() {
        return "paho";
    }

    @Override
    public void publish(int port, Message message) throws Exception {
        MqttClient client = client(port, MqttClient.generateClientId());
        client.connect(options(true));
        client.publish(message.topic(), message.payload().getBytes(UTF_8), message.qos(), message.retain());
        disconnect(client);
    }

    @Override
    public Subscriber subscribe(int port, Plan plan) throws Exception {
        MqttClient client = client(port, plan.clientId());
        var subscriber = new QueueSubscriber(() -> disconnect(client));
        client.setCallback(new ToQueue(subscriber.received()));
        MqttConnectOptions options = options(plan.clean());
        Message will = plan.will();
        if (will != null) {
            options.setWill(will.topic(), will.payload().getBytes(UTF_8), will.qos(), will.retain());
        }
        client.connect(options);
        client.subscribe(plan.filter(), plan.qos());
        return subscriber;
    }

    @Override
    public Program subscriberProcess(int port, Plan plan) throws Exception {
        return SubscriberMain.start(this, port, plan);
    }

    /** Hands over what arrives. */
    record ToQueue(BlockingQueue<Message> received) implements MqttCallback {

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            received.add(new Message(
                    topic, new String(message.getPayload(), UTF_8), message.getQos(), message.isRetained()));
        }

        @Override
        public void connectionLost(Throwable cause) {}

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {}
    }
}
