// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperties;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperty;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling;
import io.skep.acceptance.Mqtt5Message.Properties;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The HiveMQ client. It has topic aliases and subscription identifiers for itself only, and does not show them. */
record HiveMqtt5() implements Mqtt5Clients {

    @Override
    public String name() {
        return "hivemq";
    }

    @Override
    public Mqtt5Connection connect(Connect how) {
        BlockingQueue<Integer> ends = new LinkedBlockingQueue<>();
        Mqtt5BlockingClient client = HiveClients.builder(how.port())
                .identifier(how.clientId())
                .simpleAuth()
                .username(USER)
                .password(PASSWORD.getBytes(UTF_8))
                .applySimpleAuth()
                .addDisconnectedListener(context -> end(context, ends))
                .buildBlocking();
        BlockingQueue<Mqtt5Publish> received = new LinkedBlockingQueue<>();
        BlockingQueue<Mqtt5Publish> held = new LinkedBlockingQueue<>();
        Consumer<Mqtt5Publish> acknowledging = how.receiveMaximum() > 0 ? held::add : Mqtt5Publish::acknowledge;
        client.toAsync()
                .publishes(MqttGlobalPublishFilter.ALL, acknowledging.andThen(received::add), Runnable::run, true);
        return new Connection(client, client.connect(packet(how)), received, held, ends);
    }

    private static void end(MqttClientDisconnectedContext context, BlockingQueue<Integer> ends) {
        if (context.getCause() instanceof Mqtt5DisconnectException end) {
            ends.add(end.getMqttMessage().getReasonCode().getCode());
        }
    }

    private static Mqtt5Connect packet(Connect how) {
        var connect = Mqtt5Connect.builder()
                .cleanStart(how.cleanStart())
                .sessionExpiryInterval(how.sessionExpirySeconds())
                .restrictions()
                .receiveMaximum(how.receiveMaximum() > 0 ? how.receiveMaximum() : 65_535)
                .topicAliasMaximum(how.topicAliasMaximum())
                .applyRestrictions();
        Will will = how.will();
        return will == null ? connect.build() : connect.willPublish(will(will)).build();
    }

    private static Mqtt5Publish will(Will will) {
        return packet(will.message())
                .asWill()
                .extendAsWill()
                .delayInterval(will.delaySeconds())
                .build();
    }

    private static Mqtt5Publish packet(Mqtt5Message message) {
        Properties properties = message.properties();
        var publish = Mqtt5Publish.builder()
                .topic(message.topic())
                .payload(message.payload().getBytes(UTF_8))
                .qos(HiveClients.qos(message.qos()))
                .retain(message.retain())
                .contentType(properties.contentType())
                .responseTopic(properties.responseTopic())
                .correlationData(bytes(properties.correlationData()))
                .userProperties(Mqtt5UserProperties.of(properties.user().stream()
                        .map(pair -> pair.split("=", 2))
                        .map(pair -> Mqtt5UserProperty.of(pair[0], pair[1]))
                        .toList()));
        return properties.expirySeconds() > 0
                ? publish.messageExpiryInterval(properties.expirySeconds()).build()
                : publish.build();
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(UTF_8);
    }

    private static Mqtt5Message message(Mqtt5Publish publish) {
        var properties = new Properties(
                publish.getMessageExpiryInterval().orElse(0),
                text(publish.getContentType()),
                text(publish.getResponseTopic()),
                publish.getCorrelationData().map(HiveMqtt5::text).orElse(null),
                publish.getUserProperties().asList().stream()
                        .map(pair -> pair.getName() + "=" + pair.getValue())
                        .toList(),
                List.of(),
                0);
        Message plain = HiveClients.message(publish);
        return new Mqtt5Message(plain.topic(), plain.payload(), plain.qos(), plain.retain(), properties);
    }

    private static @Nullable String text(Optional<?> value) {
        return value.map(Objects::toString).orElse(null);
    }

    private static String text(ByteBuffer buffer) {
        return UTF_8.decode(buffer).toString();
    }

    /** The client, with what it has received, what it is to acknowledge and why it was disconnected. */
    private record Connection(
            Mqtt5BlockingClient client,
            Mqtt5ConnAck connAck,
            BlockingQueue<Mqtt5Publish> received,
            BlockingQueue<Mqtt5Publish> held,
            BlockingQueue<Integer> ends)
            implements Mqtt5Connection {

        @Override
        public Announced announced() {
            var limits = connAck.getRestrictions();
            return new Announced(
                    connAck.isSessionPresent(),
                    limits.getReceiveMaximum(),
                    limits.getTopicAliasMaximum(),
                    limits.getMaximumPacketSize());
        }

        @Override
        public int subscribe(Subscribe what) {
            var subscribe = client.subscribeWith()
                    .addSubscription()
                    .topicFilter(what.filter())
                    .qos(HiveClients.qos(what.qos()))
                    .noLocal(what.noLocal())
                    .retainAsPublished(what.retainAsPublished())
                    .retainHandling(Objects.requireNonNull(Mqtt5RetainHandling.fromCode(what.retainHandling())))
                    .applySubscription();
            try {
                return subscribe.send().getReasonCodes().get(0).getCode();
            } catch (Mqtt5SubAckException e) {
                return e.getMqttMessage().getReasonCodes().get(0).getCode();
            }
        }

        @Override
        public int publish(Mqtt5Message message) {
            try {
                client.publish(packet(message));
                return 0;
            } catch (Mqtt5PubAckException e) {
                return e.getMqttMessage().getReasonCode().getCode();
            }
        }

        @Override
        public Mqtt5Message next() throws InterruptedException {
            return message(Arrivals.next(received));
        }

        @Override
        public void acknowledge() throws InterruptedException {
            Arrivals.next(held).acknowledge();
        }

        @Override
        public int disconnected() throws InterruptedException {
            return Arrivals.next(ends);
        }

        @Override
        public void leaveWithWill() {
            client.disconnectWith()
                    .reasonCode(Mqtt5DisconnectReasonCode.DISCONNECT_WITH_WILL_MESSAGE)
                    .send();
        }

        @Override
        public void close() {
            if (client.getState().isConnected()) {
                client.disconnect();
            }
        }
    }
}
