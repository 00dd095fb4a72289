// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.extension.process.Wire.Answer;
import io.skep.extension.process.Wire.Call;
import io.skep.extension.process.Wire.Change;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** CONNECT, SUBSCRIBE and UNSUBSCRIBE of real clients, shown to a program and changed by it. */
class RequestsTest {

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create();

    private final List<Person> people = new ArrayList<>();
    private FakeProgram program;

    @BeforeEach
    void start() throws Exception {
        program = FakeProgram.answering((message, stream) -> message.getCallsList()
                .forEach(call -> FakeProgram.answer(stream, answer(call).setId(call.getId()))));
    }

    @AfterEach
    void stop() {
        people.forEach(Person::close);
        program.close();
    }

    private static Answer.Builder answer(Call call) {
        return switch (call.getCallCase()) {
            case LOGIN -> Answer.newBuilder().setAllow(Wire.Allow.newBuilder().setEverything(true));
            case CONNECT -> connect(call.getClient().getId());
            case SUBSCRIBE -> filter(call.getSubscribe().getTopicFilter());
            case UNSUBSCRIBE -> filter(call.getUnsubscribe().getTopicFilter());
            case OPERATION, PUBLISH, AUTHENTICATION, CALL_NOT_SET ->
                Answer.newBuilder().setNext(Wire.Next.getDefaultInstance());
        };
    }

    private static Answer.Builder connect(String clientId) {
        return clientId.equals("eve")
                ? deny(ReasonCode.BANNED)
                : change(Change.newBuilder().setClientId("tenant-" + clientId).setUserName("someone"));
    }

    private static Answer.Builder filter(String filter) {
        return switch (filter) {
            case "closed/#" -> deny(ReasonCode.TOPIC_FILTER_INVALID);
            case "mine/#" -> change(Change.newBuilder().setTopic("users/7/#").setQos(0));
            case "broken/#" -> change(Change.newBuilder().setTopic("a#"));
            default -> Answer.newBuilder().setNext(Wire.Next.getDefaultInstance());
        };
    }

    private static Answer.Builder change(Change.Builder change) {
        return Answer.newBuilder().setChange(change);
    }

    private static Answer.Builder deny(ReasonCode reason) {
        return Answer.newBuilder()
                .setDeny(Wire.Deny.newBuilder().setReasonCode(reason.code()).setText("by the program"));
    }

    private void install(String more) throws Exception {
        Harness.configure(broker, "address: " + program.address() + """

                hooks: [connect, authenticate, subscribe, unsubscribe, events]
                deadline: 20s
                """ + more);
        broker.extension("extension-process", new ExtensionProcess());
    }

    private Person connected(String name) throws Exception {
        Person person = new Person(name, broker.port());
        people.add(person);
        Harness.await("let in, when the program is there", () -> person.connect("secret") == 0);
        return person;
    }

    @Test
    void aConnectIsChangedBeforeItIsDecidedOn() throws Exception {
        install("");
        connected("ann");
        Call connect =
                program.calls().stream().filter(Call::hasConnect).findFirst().orElseThrow();
        assertThat(connect.getClient().getId()).isEqualTo("ann");
        assertThat(connect.getConnect().getPassword().toStringUtf8()).isEqualTo("secret");
        Call login = program.calls().stream().filter(Call::hasLogin).findFirst().orElseThrow();
        assertThat(login.getClient().getId()).isEqualTo("tenant-ann");
        assertThat(login.getClient().getUserName()).isEqualTo("someone");
        assertThat(login.getLogin().getPassword().toStringUtf8()).isEqualTo("secret");

        Person eve = new Person("eve", broker.port());
        people.add(eve);
        assertThat(eve.connect("secret")).isEqualTo(ReasonCode.BANNED.code());
    }

    @Test
    void aSubscriptionIsChangedOrRefusedAndEndsUnderTheNameThatItHas() throws Exception {
        install("");
        Person ann = connected("ann");
        assertThat(ann.subscribe("mine/#")).as("the QoS of the program").isZero();
        assertThat(ann.subscribe("closed/#")).isEqualTo(ReasonCode.TOPIC_FILTER_INVALID.code());
        assertThat(ann.subscribe("broken/#")).isEqualTo(ReasonCode.UNSPECIFIED_ERROR.code());
        assertThat(ann.subscribe("other/#")).isEqualTo(1);
        ann.publish("users/7/mood", "fine");
        Harness.await("a message of the other name", () -> ann.received.contains("fine"));
        assertThat(ann.unsubscribe("mine/#")).isZero();
        ann.publish("users/7/mood", "unheard");
        ann.publish("other/end", "end");
        Harness.await("what comes behind", () -> ann.received.contains("end"));
        assertThat(ann.received).containsExactly("fine", "end");
        Harness.await(
                "the event of the subscription",
                () -> program.received.stream()
                        .flatMap(message -> message.getEventsList().stream())
                        .anyMatch(event ->
                                event.getClientSubscribed().getTopicFilter().equals("users/7/#")
                                        && event.getClientSubscribed()
                                                .getClient()
                                                .getId()
                                                .equals("tenant-ann")));
    }

    @Test
    void whatIsNotAnsweredCountsAsTheConfigurationSays() throws Exception {
        install("on-failure: {unsubscribe: next}\n");
        Person ann = connected("ann");
        assertThat(ann.subscribe("other/#")).isEqualTo(1);
        program.close();
        Harness.await("a refusal", () -> ann.subscribe("new/#") == ReasonCode.UNSPECIFIED_ERROR.code());
        assertThat(ann.unsubscribe("other/#")).isZero();
        Person late = new Person("late", broker.port());
        people.add(late);
        assertThat(late.connect("secret")).isEqualTo(ReasonCode.SERVER_UNAVAILABLE.code());
    }
}
