package ${package};

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3ConnAckException;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3SubAckException;
import io.skep.sdk.testkit.BrokerExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ${className}Test {

    /** A real broker on a free port, with the extension and the configuration that its users begin with. */
    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create()
            .config("${artifactId}", Path.of("src/main/conf/${artifactId}.yaml"))
            .extension("${artifactId}", new ${className}());

    @Test
    void aUserTalksBelowItsOwnTopic() throws InterruptedException {
        Mqtt3BlockingClient ann = connect("ann", "change-me");
        try (var messages = ann.publishes(MqttGlobalPublishFilter.ALL)) {
            ann.subscribeWith().topicFilter("users/ann/+").send();
            ann.publishWith()
                    .topic("users/ann/mood")
                    .payload("happy".getBytes(StandardCharsets.UTF_8))
                    .send();
            assertThat(messages.receive(10, TimeUnit.SECONDS)).hasValueSatisfying(message -> assertThat(
                            new String(message.getPayloadAsBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("happy"));
        }
        ann.disconnect();
    }

    @Test
    void aUserDoesNotReadWhatIsNotItsOwn() {
        Mqtt3BlockingClient ann = connect("ann", "change-me");
        assertThatThrownBy(() -> ann.subscribeWith().topicFilter("users/ben/mood").send())
                .isInstanceOf(Mqtt3SubAckException.class);
        ann.disconnect();
    }

    @Test
    void aWrongPasswordIsRefused() {
        assertThatThrownBy(() -> connect("ann", "guess")).isInstanceOf(Mqtt3ConnAckException.class);
    }

    @Test
    void aChangeOfTheFileIsUsedWhileTheBrokerRuns() {
        assertThatThrownBy(() -> connect("ben", "secret")).isInstanceOf(Mqtt3ConnAckException.class);
        broker.config("${artifactId}", "users: {ann: change-me, ben: secret}");
        connect("ben", "secret").disconnect();
    }

    private static Mqtt3BlockingClient connect(String user, String password) {
        Mqtt3BlockingClient client = MqttClient.builder()
                .useMqttVersion3()
                .serverHost("127.0.0.1")
                .serverPort(broker.port())
                .buildBlocking();
        client.connectWith()
                .simpleAuth()
                .username(user)
                .password(password.getBytes(StandardCharsets.UTF_8))
                .applySimpleAuth()
                .send();
        return client;
    }
}
