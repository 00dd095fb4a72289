// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Publishes one number after the other to {@code numbers} until it is told to end, whatever becomes of the broker. */
final class NumberStream extends Thread {

    private final Mqtt5AsyncClient client;
    private final MqttQos qos;
    private final int unansweredMax;
    private final Semaphore unanswered;
    private volatile boolean ending;
    private int published;

    NumberStream(Mqtt5AsyncClient client, MqttQos qos, int unansweredMax) {
        super("stream");
        this.client = client;
        this.qos = qos;
        this.unansweredMax = unansweredMax;
        unanswered = new Semaphore(unansweredMax);
    }

    @Override
    public void run() {
        while (!ending) {
            unanswered.acquireUninterruptibly();
            client.publishWith()
                    .topic("numbers")
                    .qos(qos)
                    .payload(Integer.toString(published).getBytes(UTF_8))
                    .send()
                    .thenRun(unanswered::release);
            published++;
        }
    }

    /** {@return how many numbers were published, once all are acknowledged} */
    int end() throws InterruptedException {
        ending = true;
        join(Program.DEADLINE.toMillis());
        assertThat(unanswered.tryAcquire(unansweredMax, Program.DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .as("all are acknowledged")
                .isTrue();
        return published;
    }
}
