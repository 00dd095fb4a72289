// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientBuilder;
import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.MqttClientSslConfigBuilder;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.exceptions.ConnectionClosedException;
import com.hivemq.client.mqtt.exceptions.ConnectionFailedException;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Listeners with TLS and WebSocket, their keys in PEM and PKCS12 files. */
@TestInstance(Lifecycle.PER_CLASS)
class SecureListenersIT {

    private static final String CONFIGURATION = """
            listeners:
              - name: pem
                type: tls
                port: 0
                tls:
                  certificate: FOLDER/server.pem
                  key: FOLDER/server.key
              - name: p12
                type: tls
                port: 0
                tls:
                  keystore: FOLDER/server.p12
                  password: ${KEYSTORE_PASSWORD:changeit}
              - name: mutual
                type: tls
                port: 0
                tls:
                  keystore: FOLDER/server.p12
                  password: changeit
                  client-certificate: required
                  trust: FOLDER/ca.pem
              - name: optional
                type: tls
                port: 0
                tls:
                  certificate: FOLDER/server.pem
                  key: FOLDER/server.key
                  client-certificate: optional
                  trust: FOLDER/ca.pem
              - name: ws
                type: ws
                port: 0
              - name: wss
                type: wss
                port: 0
                path: /mqtt
                tls:
                  certificate: FOLDER/server.pem
                  key: FOLDER/server.key
            """;

    private Certificates certificates;
    private SkepProcess broker;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        Path keys = folder.resolve("keys");
        certificates = new Certificates(keys);
        var skep = new Installation(folder);
        skep.write("conf/skep.yaml", CONFIGURATION.replace("FOLDER", keys.toString()));
        broker = skep.start(new String[0]);
    }

    @AfterAll
    void stop() {
        broker.close();
    }

    @ParameterizedTest
    @CsvSource({"pem,false", "p12,false", "optional,false", "optional,true", "mutual,true"})
    void mosquittoPublishesAndSubscribes(String listener, boolean withKey) throws Exception {
        List<String> tls = tls(withKey);
        try (Program subscriber = mosquitto(listener, tls, "-t", "tls/#", "-q", "1")) {
            subscriber.await(ProgramSubscriber.SUBSCRIBED);
            List<String> arguments = new ArrayList<>(tls);
            Collections.addAll(arguments, "-t", "tls/" + listener, "-m", "hidden", "-q", "1");
            try (Program publisher =
                    MosquittoClients.publisher(broker.port(listener), arguments.toArray(String[]::new))) {
                assertThat(publisher.exitCode()).as("%s", publisher.output()).isZero();
            }
            assertThat(new ProgramSubscriber(subscriber).next())
                    .isEqualTo(new Message("tls/" + listener, "hidden", 1, false));
        }
    }

    @Test
    void withoutTheCertificateThatIsRequiredNobodyConnects() throws Exception {
        List<String> arguments = new ArrayList<>(tls(false));
        Collections.addAll(arguments, "-t", "tls/x", "-m", "x");
        try (Program publisher = MosquittoClients.publisher(broker.port("mutual"), arguments.toArray(String[]::new))) {
            assertThat(publisher.exitCode()).as("%s", publisher.output()).isNotZero();
        }
        Mqtt3BlockingClient client =
                hive("mutual").sslConfig(ssl().build()).useMqttVersion3().buildBlocking();
        assertThatThrownBy(client::connect)
                .isInstanceOfAny(ConnectionFailedException.class, ConnectionClosedException.class);
    }

    @Test
    void whoSpeaksPlainMqttToTlsIsClosed() throws Exception {
        try (Program publisher = MosquittoClients.publisher(broker.port("pem"), "-t", "x", "-m", "x")) {
            assertThat(publisher.exitCode()).as("%s", publisher.output()).isNotZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pem", "p12", "optional", "mutual"})
    void hivePublishesAndSubscribesOverTls(String listener) throws Exception {
        exchange(hive(listener)
                .sslConfig(ssl().keyManagerFactory(certificates.clientKey()).build()));
    }

    @Test
    void hivePublishesAndSubscribesOverWebSocket() throws Exception {
        exchange(hive("ws").webSocketConfig().serverPath("mqtt").applyWebSocketConfig());
        exchange(hive("wss")
                .sslConfig(ssl().build())
                .webSocketConfig()
                .serverPath("mqtt")
                .applyWebSocketConfig());
    }

    @ParameterizedTest
    @CsvSource({"ws,4", "ws,5", "wss,4", "wss,5"})
    void mqttJsPublishesAndSubscribesOverWebSocket(String listener, int version) throws Exception {
        String url = listener + "://localhost:" + broker.port(listener) + "/mqtt";
        Map<String, Object> options =
                Map.of("protocolVersion", version, "ca", Files.readString(Path.of(certificates.file("ca.pem"))));
        Message message = new Message("web/" + listener + version, "from a browser", 1, false);
        try (Program subscriber = MqttJsClients.script(
                "subscribe.mjs", Map.of("url", url, "options", options, "filter", "web/#", "qos", 1))) {
            subscriber.await(ProgramSubscriber.SUBSCRIBED);
            try (Program publisher = MqttJsClients.script(
                    "publish.mjs",
                    Map.of(
                            "url", url,
                            "options", options,
                            "topic", message.topic(),
                            "payload", message.payload(),
                            "publish", Map.of("qos", 1)))) {
                assertThat(publisher.output()).containsExactly("Published");
            }
            assertThat(new ProgramSubscriber(subscriber).next()).isEqualTo(message);
        }
    }

    private List<String> tls(boolean withKey) {
        List<String> arguments = new ArrayList<>(List.of("--cafile", certificates.file("ca.pem")));
        if (withKey) {
            arguments.addAll(
                    List.of("--cert", certificates.file("client.pem"), "--key", certificates.file("client.key")));
        }
        return arguments;
    }

    private Program mosquitto(String listener, List<String> tls, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(tls);
        Collections.addAll(all, arguments);
        return MosquittoClients.subscriber(broker.port(listener), all.toArray(String[]::new));
    }

    private MqttClientBuilder hive(String listener) {
        return MqttClient.builder().serverHost("localhost").serverPort(broker.port(listener));
    }

    private MqttClientSslConfigBuilder ssl() throws Exception {
        return MqttClientSslConfig.builder().trustManagerFactory(certificates.trust());
    }

    private static void exchange(MqttClientBuilder builder) throws Exception {
        Mqtt3BlockingClient client = builder.useMqttVersion3().buildBlocking();
        try (Mqtt3BlockingClient.Mqtt3Publishes publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
            client.connect();
            client.subscribeWith().topicFilter("hive").send();
            client.publishWith()
                    .topic("hive")
                    .qos(MqttQos.EXACTLY_ONCE)
                    .payload("honey".getBytes(UTF_8))
                    .send();
            assertThat(publishes.receive(Program.DEADLINE.toSeconds(), TimeUnit.SECONDS))
                    .hasValueSatisfying(publish -> assertThat(publish.getPayloadAsBytes())
                            .asString(UTF_8)
                            .isEqualTo("honey"));
            client.disconnect();
        }
    }
}
