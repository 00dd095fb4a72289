// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.skep.acceptance.Mqtt5Clients.Connect;
import io.skep.extension.authfile.ScramMechanism;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** One broker with the extension auth-file for all tests of a class, and all clients of MQTT 5.0. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class Mqtt5World {

    private static final String USERS = "conf/extensions/auth-file.yaml";

    final HiveMqtt5 hive = new HiveMqtt5();
    final PahoMqtt5 paho = new PahoMqtt5();
    final MosquittoMqtt5 mosquitto = new MosquittoMqtt5();
    MqttJsMqtt5 mqttJs;
    SkepProcess broker;

    /** Who is at the other end of most tests. */
    Mqtt5Connection other;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        Installation skep = new Installation(folder).enable("auth-file");
        skep.write(USERS, """
                roles:
                  all:
                    permissions:
                      - topic: denied/#
                        effect: deny
                      - topic: "#"
                users:
                  ann:
                    roles: [all]
                """);
        passwd(skep, "--iterations", "1000");
        passwd(skep, "--iterations", "4096", "--scram");
        broker = skep.start("--port", "0", "--set", "mqtt.packet-bytes-max=10KB", "--set", "mqtt.receive-maximum=20");
        mqttJs = new MqttJsMqtt5();
        other = hive.connect(Connect.as("other", broker.port()));
    }

    private static void passwd(Installation skep, String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("passwd", Mqtt5Clients.USER, "--file", USERS));
        arguments.add("--password-stdin");
        arguments.addAll(Arrays.asList(options));
        try (Program passwd = skep.skep(skep.home(), arguments).answer(Mqtt5Clients.PASSWORD)) {
            assertThat(passwd.exitCode()).as("%s", passwd.output()).isZero();
        }
    }

    @AfterAll
    void stop() {
        mqttJs.stop();
        broker.close();
    }

    List<Mqtt5Clients> all() {
        return List.of(hive, paho, mqttJs, mosquitto);
    }

    /** Who shows and lets one choose nearly everything. */
    List<Mqtt5Clients> libraries() {
        return List.of(hive, paho, mqttJs);
    }

    /** Who lets one choose subscription identifiers and see them. */
    List<Mqtt5Clients> identifying() {
        return List.of(paho, mqttJs, mosquitto);
    }

    /** Who can wait with its acknowledgements. */
    List<Mqtt5Clients> holding() {
        return List.of(hive, paho);
    }

    /** {@return how one of these clients connects in this role} */
    Connect as(Mqtt5Clients clients, String role) {
        return Connect.as(role + "-" + clients.name(), broker.port());
    }

    /** {@return a client that logs in with SCRAM-SHA-256} */
    Mqtt5BlockingClient scram(String password) {
        return HiveClients.builder(broker.port())
                .enhancedAuth(new ScramMechanism(Mqtt5Clients.USER, password))
                .buildBlocking();
    }
}
