// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.testkit.BrokerExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The example of the documentation, beside a real broker with real clients. */
class ExampleProgramTest {

    private static final int SUCCESS = 0;
    private static final int NO_SUBSCRIBERS = ReasonCode.NO_MATCHING_SUBSCRIBERS.code();

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create();

    private final List<Person> people = new ArrayList<>();
    private NodeProgram program;

    @BeforeEach
    void start() throws Exception {
        program = NodeProgram.start().awaitServing();
    }

    @AfterEach
    void stop() {
        people.forEach(Person::close);
        program.close();
    }

    private void install(String more) throws Exception {
        Harness.configure(broker, program.config() + more);
        broker.extension("extension-process", new ExtensionProcess());
    }

    private Person person(String name) throws Exception {
        Person person = new Person(name, broker.port());
        people.add(person);
        return person;
    }

    private Person connected(String name) throws Exception {
        Person person = person(name);
        Harness.await("let in, when the program is there", () -> person.connect("secret") == SUCCESS);
        return person;
    }

    @Test
    void itDecidesChangesAndListens() throws Exception {
        install("deadline: 20s\n");
        Person ann = connected("ann");
        assertThat(person("eve").connect("guess")).isEqualTo(ReasonCode.BAD_USER_NAME_OR_PASSWORD.code());
        program.awaitLine("connected: ann");
        assertThat(ann.subscribe("ann/#")).isEqualTo(1);
        assertThat(ann.subscribe("bob/#")).isEqualTo(ReasonCode.NOT_AUTHORIZED.code());
        assertThat(ann.subscribe("sensors/#")).isEqualTo(1);
        assertThat(ann.publish("ann/door/locked", "no")).isEqualTo(ReasonCode.NOT_AUTHORIZED.code());
        assertThat(ann.publish("sensors/roof", "hot"))
                .as("dropped, which its publisher need not know")
                .isIn(SUCCESS, NO_SUBSCRIBERS);
        assertThat(ann.publish("sensors/roof", "21.5")).isEqualTo(SUCCESS);
        assertThat(ann.publish("ann/door", "open")).isEqualTo(SUCCESS);
        Harness.await("two messages", () -> ann.received.size() == 2);
        assertThat(ann.received).containsExactly("{\"celsius\":21.5,\"from\":\"ann\"}", "open");
        Person bob = connected("bob");
        assertThat(bob.subscribe("me/#"))
                .as("what it may not have under this name")
                .isEqualTo(1);
        assertThat(bob.publish("bob/door", "closed")).isEqualTo(SUCCESS);
        Harness.await("a message of its own topics", () -> bob.received.contains("closed"));
        assertThat(program.output).doesNotContain("connected: eve");
    }

    @Test
    void whileItIsAwayNobodyGetsInAndNothingUncheckedGetsThrough() throws Exception {
        install("deadline: 20s\nlimits: {reconnect-max: 500ms}\n");
        Person ann = connected("ann");
        assertThat(ann.subscribe("sensors/#")).isEqualTo(1);
        assertThat(ann.publish("sensors/roof", "1")).isEqualTo(SUCCESS);
        program.kill();
        Harness.await("a refusal", () -> ann.publish("sensors/roof", "2") == ReasonCode.UNSPECIFIED_ERROR.code());
        assertThat(ann.publish("ann/door", "open")).isEqualTo(ReasonCode.NOT_AUTHORIZED.code());
        assertThat(person("bob").connect("secret")).isEqualTo(ReasonCode.SERVER_UNAVAILABLE.code());
        program.restart();
        Harness.await("it is asked again", () -> ann.publish("sensors/roof", "3") == SUCCESS);
        connected("bob");
        Harness.await("its message", () -> ann.received.size() == 2);
        assertThat(ann.received)
                .containsExactly("{\"celsius\":1,\"from\":\"ann\"}", "{\"celsius\":3,\"from\":\"ann\"}");
    }

    @Test
    void whatMayGoOnWithoutItGoesOnWithoutARest() throws Exception {
        install("deadline: 20s\non-failure: {authorize: next, publish: next}\nlimits: {reconnect-max: 500ms}\n");
        List<Person> crowd = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            crowd.add(connected("ann" + i));
        }
        Person listener = connected("bob");
        assertThat(listener.subscribe("sensors/#")).isEqualTo(1);
        List<IMqttToken> sent = new ArrayList<>();
        for (int round = 0; round < 200; round++) {
            if (round == 50) {
                program.kill();
            }
            if (round == 120) {
                program.restart();
            }
            for (Person person : crowd) {
                sent.add(person.send("sensors/" + person.name, Integer.toString(round)));
            }
            sent.get(sent.size() - 1).waitForCompletion(Harness.DEADLINE_MILLIS); // so that the kill comes between
        }
        for (IMqttToken token : sent) {
            token.waitForCompletion(Harness.DEADLINE_MILLIS);
            assertThat(token.getReasonCodes()).containsExactly(SUCCESS);
        }
        Harness.await("all messages", () -> listener.received.size() == sent.size());
        assertThat(listener.received).contains("60", "{\"celsius\":10,\"from\":\"ann0\"}");
        Harness.await("it changes messages again", () -> {
            crowd.get(0).publish("sensors/roof", "1000");
            return listener.received.contains("{\"celsius\":1000,\"from\":\"ann0\"}");
        });
    }

    @Test
    void aProgramThatHangsDelaysWhatConcernsItByTheDeadlineAndNothingElse() throws Exception {
        install("deadline: 300ms\non-failure: {publish: next, authorize: next}\n");
        Person ann = connected("ann");
        Person bob = connected("bob");
        for (String filter : List.of("sensors/#", "bob/#")) { // as often as it takes: the deadline is short
            Harness.await(filter, () -> bob.subscribe(filter) == 1);
        }
        program.freeze();
        try {
            long begin = System.nanoTime();
            IMqttToken slow = ann.send("sensors/roof", "5");
            assertThat(bob.publish("bob/door", "open"))
                    .as("asked for its permission, which takes its time, too")
                    .isEqualTo(SUCCESS);
            slow.waitForCompletion(Harness.DEADLINE_MILLIS);
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isBetween(Duration.ofMillis(300), Duration.ofSeconds(5));
            Harness.await("as they were", () -> bob.received.contains("5") && bob.received.contains("open"));
            assertThat(broker.metrics().get(Metric.HOOK_FAILURES)).isPositive();
        } finally {
            program.goOn();
        }
        Harness.await("it changes messages again", () -> {
            ann.publish("sensors/roof", "6");
            return bob.received.contains("{\"celsius\":6,\"from\":\"ann\"}");
        });
    }
}
