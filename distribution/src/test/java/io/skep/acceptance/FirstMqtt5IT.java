// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperty;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MQTT 5.0 between three clients that do not know each other: what one puts into a message the others see. */
class FirstMqtt5IT {

    private static final String TOPIC = "five/one";

    @TempDir
    Path folder;

    @Test
    void userPropertiesTravelFromEachClientToEachOther() throws Exception {
        try (SkepProcess broker = new Installation(folder).start();
                Program mosquitto = MosquittoClients.subscriber(
                        broker.port(), "-V", "5", "-q", "1", "-t", TOPIC, "-F", "message %q %r %t %p %P");
                Program node = new MqttJsClients(5).subscriberProcess(broker.port(), Clients.Plan.watch(TOPIC))) {
            mosquitto.await(ProgramSubscriber.SUBSCRIBED);
            Mqtt5BlockingClient hive = HiveClients.builder(broker.port()).buildBlocking();
            try (Mqtt5BlockingClient.Mqtt5Publishes publishes = hive.publishes(MqttGlobalPublishFilter.ALL)) {
                hive.connect();
                hive.subscribeWith().topicFilter(TOPIC).send();

                publishFromHive(hive);
                publishFromMosquitto(broker.port());
                publishFromNode(broker.port());

                for (String sender : new String[] {"hive", "mosquitto", "node"}) {
                    mosquitto.await(Pattern.compile("message 1 0 five/one from " + sender + " sender:" + sender));
                    node.await(Pattern.compile("property sender=" + sender));
                    node.await(Pattern.compile("message 1 0 five/one from " + sender));
                    Mqtt5Publish publish = publishes
                            .receive(Program.DEADLINE.toSeconds(), TimeUnit.SECONDS)
                            .orElseThrow();
                    assertThat(publish.getPayloadAsBytes()).asString(UTF_8).isEqualTo("from " + sender);
                    assertThat(publish.getUserProperties().asList())
                            .satisfiesExactly(
                                    property -> assertThat(property).isEqualTo(Mqtt5UserProperty.of("sender", sender)));
                }
                hive.disconnect();
            }
        }
    }

    private static void publishFromHive(Mqtt5BlockingClient hive) {
        hive.publishWith()
                .topic(TOPIC)
                .qos(MqttQos.AT_LEAST_ONCE)
                .payload("from hive".getBytes(UTF_8))
                .userProperties()
                .add("sender", "hive")
                .applyUserProperties()
                .send();
    }

    private static void publishFromMosquitto(int port) throws Exception {
        try (Program program = MosquittoClients.publisher(
                port,
                "-V",
                "5",
                "-q",
                "1",
                "-t",
                TOPIC,
                "-m",
                "from mosquitto",
                "-D",
                "publish",
                "user-property",
                "sender",
                "mosquitto")) {
            assertThat(program.exitCode()).as("%s", program.output()).isZero();
        }
    }

    private static void publishFromNode(int port) throws Exception {
        Map<String, Object> what = Map.of(
                "url",
                "mqtt://127.0.0.1:" + port,
                "options",
                Map.of("protocolVersion", 5),
                "topic",
                TOPIC,
                "payload",
                "from node",
                "publish",
                Map.of("qos", 1, "properties", Map.of("userProperties", Map.of("sender", "node"))));
        try (Program program = MqttJsClients.script("publish.mjs", what)) {
            assertThat(program.output()).containsExactly("Published");
        }
    }
}
