// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a decision and an intercepted message cost with the program of the documentation; run by hand, with
 * {@code -Dtest=Cost}. Decisions are asked for at the hook, messages are published with QoS 1 by a client, and also
 * where nothing intercepts them.
 */
final class Cost {

    private static final int ROUNDS = 5;
    private static final int ALONE = 5_000;
    private static final int MANY = 200_000;
    private static final int AT_A_TIME = 1_000;

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create();

    @Test
    void ofDecisions() throws Exception {
        try (NodeProgram program = NodeProgram.start().awaitServing();
                Harness harness = Harness.start(broker, program.address(), "limits: {in-flight-max: 100000}\n")) {
            for (int round = 0; round < ROUNDS; round++) {
                say("logins, one at a time", ALONE, () -> {
                    for (int i = 0; i < ALONE; i++) {
                        harness.login("ann").join();
                    }
                });
                say("logins, " + AT_A_TIME + " at a time", MANY, () -> many(() -> harness.login("ann")));
            }
        }
    }

    private static void many(Supplier<CompletableFuture<?>> call) {
        Semaphore places = new Semaphore(AT_A_TIME);
        CountDownLatch left = new CountDownLatch(MANY);
        for (int i = 0; i < MANY; i++) {
            places.acquireUninterruptibly();
            call.get().whenComplete((answer, failure) -> {
                places.release();
                left.countDown();
            });
        }
        try {
            left.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void ofMessages() throws Exception {
        try (NodeProgram program = NodeProgram.start().awaitServing()) {
            Harness.configure(broker, program.config());
            messages();
        }
    }

    private void messages() throws Exception {
        broker.extension("extension-process", new ExtensionProcess());
        List<Person> people = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Person person = new Person("ann" + i, broker.port());
            person.connect("secret");
            people.add(person);
        }
        Person ann = people.get(0);
        for (int round = 0; round < ROUNDS; round++) {
            say("messages, not intercepted, one at a time", ALONE, () -> alone(ann, ann.name + "/roof"));
            say("messages, intercepted, one at a time", ALONE, () -> alone(ann, "sensors/roof"));
            say("messages, not intercepted, 20 clients", ALONE * 20, () -> together(people, ""));
            say("messages, intercepted, 20 clients", ALONE * 20, () -> together(people, "sensors/"));
        }
        people.forEach(Person::close);
    }

    private static void alone(Person person, String topic) {
        for (int i = 0; i < ALONE; i++) {
            person.publish(topic, "21.5");
        }
    }

    private static void together(List<Person> people, String prefix) {
        try {
            for (int i = 0; i < ALONE; i++) {
                List<IMqttToken> sent = new ArrayList<>();
                for (Person person : people) {
                    sent.add(person.send(prefix + person.name + "/roof", "21.5"));
                }
                for (IMqttToken token : sent) {
                    token.waitForCompletion(Harness.DEADLINE_MILLIS);
                }
            }
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void say(String what, int count, Runnable work) {
        long begin = System.nanoTime();
        work.run();
        double micros = (System.nanoTime() - begin) / 1_000.0;
        System.out.printf("%-45s %8.1f us each, %8.0f/s%n", what, micros / count, count / micros * 1_000_000);
    }
}
