// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.skep.acceptance.Clients.Plan;
import java.util.Objects;

/** The HiveMQ client, MQTT 5.0. */
record HiveClients() implements Clients {

    static Mqtt5ClientBuilder builder(int port) {
        return Mqtt5Client.builder().serverHost("127.0.0.1").serverPort(port);
    }

    static MqttQos qos(int qos) {
        return Objects.requireNonNull(MqttQos.fromCode(qos));
    }

    static Message message(Mqtt5Publish publish) {
        return new Message(
                publish.getTopic().toString(),
                new String(publish.getPayloadAsBytes(), UTF_8),
                publish.getQos().getCode(),
                publish.isRetain());
    }

    static Mqtt5Publish publish(Message message) {
        return Mqtt5Publish.builder()
                .topic(message.topic())
                .payload(message.payload().getBytes(UTF_8))
                .qos(qos(message.qos()))
                .retain(message.retain())
                .build();
    }

    @Override
    public String name() {
        return "hivemq";
    }

    @Override
    public void publish(int port, Message message) throws Exception {
        var client = builder(port).buildBlocking();
        client.connect();
        client.publish(publish(message));
        client.disconnect();
    }

    @Override
    public Subscriber subscribe(int port, Plan plan) throws Exception {
        var client = builder(port).identifier(plan.clientId()).buildBlocking();
        var subscriber = new QueueSubscriber(client::disconnect);
        client.toAsync()
                .publishes(
                        MqttGlobalPublishFilter.ALL,
                        publish -> subscriber.received().add(message(publish)));
        var connect = Mqtt5Connect.builder().cleanStart(plan.clean()).sessionExpiryInterval(plan.clean() ? 0 : 3600);
        if (plan.will() != null) {
            connect = connect.willPublish(publish(plan.will()));
        }
        client.connect(connect.build());
        client.subscribeWith().topicFilter(plan.filter()).qos(qos(plan.qos())).send();
        return subscriber;
    }

    @Override
    public Program subscriberProcess(int port, Plan plan) throws Exception {
        return SubscriberMain.start(this, port, plan);
    }
}
