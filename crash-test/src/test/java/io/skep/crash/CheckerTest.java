// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.crash.Event.Acknowledged;
import io.skep.crash.Event.Armed;
import io.skep.crash.Event.Asked;
import io.skep.crash.Event.Connected;
import io.skep.crash.Event.Received;
import io.skep.crash.Event.Refused;
import io.skep.crash.Event.Sent;
import io.skep.crash.Event.Subscribed;
import io.skep.crash.Event.Told;
import io.skep.crash.Event.Undecided;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The checker reports each kind of broken promise, and nothing else. */
class CheckerTest {

    private static final String TOPIC = "stream/0/2";

    private final List<Event> history = new ArrayList<>();

    @Test
    void aHistoryWithoutFaultsIsAccepted() {
        happened(new Connected("reader", false), new Subscribed("reader", "stream/+/2"));
        publish(0, 1);
        receive("reader", 0, 1);
        happened(new Connected("reader", true));
        assertThat(violations()).isEmpty();
    }

    @Test
    void anAcknowledgedMessageThatDoesNotComeIsLost() {
        happened(new Subscribed("reader", "stream/+/2"), new Subscribed("other", "stream/#"));
        publish(0, 1);
        receive("reader", 0, 1);
        receive("other", 0);
        assertThat(violations()).containsExactly("lost message: other did not get stream/0/2 number 1 of QoS 2");
    }

    @Test
    void whatWasNotAcknowledgedOrRefusedOrSentBeforeTheSubscriptionNeedNotCome() {
        publish(0);
        happened(new Subscribed("reader", "stream/+/2"), new Subscribed("other", "stream/+/1"));
        happened(new Sent(TOPIC, 1, 2, false), new Sent(TOPIC, 2, 2, false), new Refused(TOPIC, 2));
        assertThat(violations()).isEmpty();
    }

    @Test
    void atQosTwoNothingComesTwice() {
        publish(0);
        happened(new Received("reader", TOPIC, 0, 1, false), new Received("reader", TOPIC, 0, 1, false));
        assertThat(violations()).isEmpty();
        receive("other", 0, 0);
        assertThat(violations()).containsExactly("twice: other got stream/0/2 number 0");
    }

    @Test
    void messagesOfATopicComeInTheirOrder() {
        publish(0, 1, 2);
        receive("reader", 0, 2, 1);
        assertThat(violations()).containsExactly("order: reader got stream/0/2 number 1 after 2");
    }

    @Test
    void aRepetitionAtQosOneIsNoWrongOrder() {
        publish(0, 1);
        for (int number : new int[] {0, 1, 0, 1}) {
            happened(new Received("reader", TOPIC, number, 1, false));
        }
        assertThat(violations()).isEmpty();
    }

    @Test
    void whatWasNotSentIsInvented() {
        publish(0);
        receive("reader", 0, 1);
        assertThat(violations()).containsExactly("invented: reader got stream/0/2 number 1");
    }

    @Test
    void aSessionThatIsGoneIsLost() {
        happened(new Connected("reader", false), new Connected("reader", true), new Connected("reader", false));
        assertThat(violations()).containsExactly("lost session: reader (expected: Session Present)");
    }

    @Test
    void aGroupGetsEachMessageOnceWhicheverMemberTakesIt() {
        happened(new Subscribed("one", "$share/crew/stream/#"), new Subscribed("two", "$share/crew/stream/#"));
        publish(0, 1, 2);
        receive("one", 0, 2);
        assertThat(violations()).containsExactly("lost message: group crew did not get stream/0/2 number 1 of QoS 2");
        receive("two", 1);
        assertThat(violations()).isEmpty();
        receive("two", 2);
        assertThat(violations()).containsExactly("twice: two members of group crew got stream/0/2 number 2");
    }

    @Test
    void amongMembersOfAGroupNoOrderIsPromised() {
        happened(new Subscribed("one", "$share/crew/stream/#"));
        publish(0, 1);
        receive("one", 1, 0);
        assertThat(violations()).isEmpty();
    }

    @Test
    void aWillIsPublishedExactlyOnce() {
        String will = "wills/one";
        happened(new Subscribed("reader", "wills/#"), new Undecided(will), new Armed(will));
        assertThat(violations()).containsExactly("lost will: reader did not get wills/one");
        happened(new Received("reader", will, 0, 2, false));
        assertThat(violations()).isEmpty();
        happened(new Received("reader", will, 0, 2, false));
        assertThat(violations()).containsExactly("twice: reader got wills/one number 0");
    }

    @Test
    void aWillOfAClientThatLeavesMayBePublishedOrNot() {
        happened(new Subscribed("reader", "wills/#"), new Undecided("wills/refused"));
        happened(new Undecided("wills/left"), new Armed("wills/left"), new Undecided("wills/left"));
        happened(new Undecided("wills/both"), new Armed("wills/both"), new Undecided("wills/both"));
        happened(new Received("reader", "wills/both", 0, 2, false));
        assertThat(violations()).isEmpty();
    }

    @Test
    void theRetainedMessageIsTheLastAcknowledgedOneOrALaterOne() {
        happened(new Asked(0, TOPIC), new Told(0, TOPIC, Told.NONE));
        publish(0, 1);
        happened(new Asked(1, TOPIC), new Sent(TOPIC, 2, 2, false), new Told(1, TOPIC, 1), new Told(1, TOPIC, 2));
        assertThat(violations()).isEmpty();
        happened(new Told(1, TOPIC, 0), new Told(1, TOPIC, Told.NONE));
        assertThat(violations())
                .containsExactly(
                        "retained: stream/0/2 has number 0 (expected: 1 to 2)",
                        "retained: stream/0/2 has number -1 (expected: 1 to 2)");
    }

    @Test
    void aRetainedMessageThatWasClearedIsGoneAndThatIsNoLoss() {
        happened(new Subscribed("reader", "stream/#"));
        publish(0);
        receive("reader", 0);
        happened(new Sent(TOPIC, 1, 2, true), new Acknowledged(TOPIC, 1));
        happened(new Asked(0, TOPIC), new Told(0, TOPIC, Told.NONE));
        assertThat(violations()).isEmpty();
        happened(new Told(0, TOPIC, 0));
        assertThat(violations()).containsExactly("retained: stream/0/2 has number 0 (expected: 1 to 1)");
    }

    private void publish(int... numbers) {
        for (int number : numbers) {
            happened(new Sent(TOPIC, number, 2, false), new Acknowledged(TOPIC, number));
        }
    }

    private void receive(String client, int... numbers) {
        for (int number : numbers) {
            happened(new Received(client, TOPIC, number, 2, false));
        }
    }

    private void happened(Event... events) {
        history.addAll(List.of(events));
    }

    /** Without their places. */
    private List<String> violations() {
        return Checker.check(history).stream()
                .map(line -> line.substring(line.indexOf(": ") + 2))
                .toList();
    }
}
