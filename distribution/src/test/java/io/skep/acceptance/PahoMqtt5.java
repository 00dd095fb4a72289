// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.skep.acceptance.Mqtt5Message.Properties;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.jspecify.annotations.Nullable;

/** Eclipse Paho for MQTT 5.0. */
record PahoMqtt5() implements Mqtt5Clients {

    private static final int WITH_WILL = 0x04;

    @Override
    public String name() {
        return "paho";
    }

    @Override
    public Mqtt5Connection connect(Connect how) throws MqttException {
        var client = new MqttAsyncClient("tcp://127.0.0.1:" + how.port(), how.clientId(), new MemoryPersistence());
        var events = new Events(new LinkedBlockingQueue<>(), new LinkedBlockingQueue<>());
        client.setCallback(events);
        client.setManualAcks(how.receiveMaximum() > 0);
        IMqttToken connAck = done(client.connect(options(how)));
        return new Connection(client, connAck, events, new LinkedBlockingQueue<>());
    }

    private static MqttConnectionOptions options(Connect how) {
        var options = new MqttConnectionOptions();
        options.setUserName(USER);
        options.setPassword(PASSWORD.getBytes(UTF_8));
        options.setCleanStart(how.cleanStart());
        options.setSessionExpiryInterval(how.sessionExpirySeconds());
        options.setReceiveMaximum(how.receiveMaximum() > 0 ? how.receiveMaximum() : null);
        options.setTopicAliasMaximum(how.topicAliasMaximum());
        Will will = how.will();
        if (will != null) {
            MqttMessage message = packet(will.message());
            message.getProperties().setWillDelayInterval((long) will.delaySeconds());
            options.setWill(will.message().topic(), message);
            options.setWillMessageProperties(message.getProperties());
        }
        return options;
    }

    private static IMqttToken done(IMqttToken token) throws MqttException {
        token.waitForCompletion(Program.DEADLINE.toMillis());
        return token;
    }

    private static MqttMessage packet(Mqtt5Message message) {
        Properties said = message.properties();
        var properties = new MqttProperties();
        properties.setMessageExpiryInterval(said.expirySeconds() > 0 ? said.expirySeconds() : null);
        properties.setContentType(said.contentType());
        properties.setResponseTopic(said.responseTopic());
        String correlationData = said.correlationData();
        properties.setCorrelationData(correlationData == null ? null : correlationData.getBytes(UTF_8));
        properties.setUserProperties(said.user().stream()
                .map(pair -> pair.split("=", 2))
                .map(pair -> new UserProperty(pair[0], pair[1]))
                .toList());
        return new MqttMessage(message.payload().getBytes(UTF_8), message.qos(), message.retain(), properties);
    }

    private static Mqtt5Message message(String topic, MqttMessage message) {
        MqttProperties said = message.getProperties();
        byte[] correlationData = said.getCorrelationData();
        var properties = new Properties(
                Objects.requireNonNullElse(said.getMessageExpiryInterval(), 0L),
                said.getContentType(),
                said.getResponseTopic(),
                correlationData == null ? null : new String(correlationData, UTF_8),
                said.getUserProperties().stream()
                        .map(pair -> pair.getKey() + "=" + pair.getValue())
                        .toList(),
                List.copyOf(said.getSubscriptionIdentifiers()),
                Objects.requireNonNullElse(said.getTopicAlias(), 0));
        return new Mqtt5Message(
                topic, new String(message.getPayload(), UTF_8), message.getQos(), message.isRetained(), properties);
    }

    /** The client, with what it is to acknowledge. */
    private record Connection(
            MqttAsyncClient client, IMqttToken connAck, Events events, BlockingQueue<MqttMessage> held)
            implements Mqtt5Connection {

        @Override
        public Announced announced() {
            MqttProperties properties = connAck.getResponseProperties();
            return new Announced(
                    connAck.getSessionPresent(),
                    properties.getReceiveMaximum(),
                    properties.getTopicAliasMaximum(),
                    properties.getMaximumPacketSize());
        }

        @Override
        public int subscribe(Subscribe what) throws MqttException {
            var subscription = new MqttSubscription(what.filter(), what.qos());
            subscription.setNoLocal(what.noLocal());
            subscription.setRetainAsPublished(what.retainAsPublished());
            subscription.setRetainHandling(what.retainHandling());
            var properties = new MqttProperties();
            if (what.identifier() > 0) {
                properties.setSubscriptionIdentifier(what.identifier());
            }
            return reason(client.subscribe(new MqttSubscription[] {subscription}, null, null, properties));
        }

        @Override
        public int publish(Mqtt5Message message) throws MqttException {
            IMqttToken token = client.publish(message.topic(), packet(message));
            return message.qos() == 0 ? 0 : reason(token);
        }

        private static int reason(IMqttToken token) throws MqttException {
            try {
                return done(token).getReasonCodes()[0];
            } catch (MqttException e) {
                if (token.getReasonCodes() == null) {
                    throw e;
                }
                return token.getReasonCodes()[0];
            }
        }

        @Override
        public Mqtt5Message next() throws InterruptedException {
            Arrival arrival = Arrivals.next(events.received());
            held.add(arrival.message());
            return message(arrival.topic(), arrival.message());
        }

        @Override
        public void acknowledge() throws MqttException, InterruptedException {
            MqttMessage message = Arrivals.next(held);
            client.messageArrivedComplete(message.getId(), message.getQos());
        }

        @Override
        public int disconnected() throws InterruptedException {
            return Arrivals.next(events.ends());
        }

        @Override
        public void leaveWithWill() throws MqttException {
            done(client.disconnect(0, null, null, WITH_WILL, new MqttProperties()));
            client.close();
        }

        @Override
        public void close() throws IOException {
            try {
                if (client.isConnected()) {
                    done(client.disconnect());
                    client.close();
                }
            } catch (MqttException e) {
                throw new IOException("DISCONNECT: failed (expected: a connected client)", e);
            }
        }
    }

    /** A message and where it was published. */
    private record Arrival(String topic, MqttMessage message) {}

    /** Keeps what happens. */
    private record Events(BlockingQueue<Arrival> received, BlockingQueue<Integer> ends) implements MqttCallback {

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            received.add(new Arrival(topic, message));
        }

        @Override
        public void disconnected(MqttDisconnectResponse disconnect) {
            ends.add(disconnect.getReturnCode());
        }

        @Override
        public void mqttErrorOccurred(MqttException exception) {}

        @Override
        public void deliveryComplete(@Nullable IMqttToken token) {}

        @Override
        public void connectComplete(boolean reconnect, String server) {}

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {}
    }
}
