package ${package};

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.sdk.testkit.BrokerExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttSecurityException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ${className}Test {

    /** A real broker on a free port, with the extension and the configuration that its users begin with. */
    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create()
            .config("${artifactId}", Path.of("src/main/conf/${artifactId}.yaml"))
            .extension("${artifactId}", new ${className}());

    @Test
    void aUserTalksBelowItsOwnTopic() throws Exception {
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        MqttClient ann = connect("ann", "change-me");
        ann.subscribe("users/ann/+", 1, (topic, message) ->
                messages.add(topic + " " + new String(message.getPayload(), StandardCharsets.UTF_8)));
        ann.publish("users/ann/mood", "happy".getBytes(StandardCharsets.UTF_8), 1, false);
        assertThat(messages.poll(10, TimeUnit.SECONDS)).isEqualTo("users/ann/mood happy");
        ann.disconnect();
    }

    @Test
    void aUserDoesNotReadWhatIsNotItsOwn() throws Exception {
        MqttClient ann = connect("ann", "change-me");
        assertThatThrownBy(() -> ann.subscribe("users/ben/mood", 1)).isInstanceOf(MqttException.class);
        ann.disconnect();
    }

    @Test
    void aWrongPasswordIsRefused() {
        assertThatThrownBy(() -> connect("ann", "guess")).isInstanceOf(MqttSecurityException.class);
    }

    @Test
    void aChangeOfTheFileIsUsedWhileTheBrokerRuns() throws Exception {
        assertThatThrownBy(() -> connect("ben", "secret")).isInstanceOf(MqttSecurityException.class);
        broker.config("${artifactId}", "users: {ann: change-me, ben: secret}");
        connect("ben", "secret").disconnect();
    }

    private static MqttClient connect(String user, String password) throws MqttException {
        MqttClient client =
                new MqttClient("tcp://127.0.0.1:" + broker.port(), "test-" + user, new MemoryPersistence());
        MqttConnectOptions options = new MqttConnectOptions();
        options.setUserName(user);
        options.setPassword(password.toCharArray());
        client.connect(options);
        return client;
    }
}
