// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.Client;
import io.skep.sdk.Qos;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.event.Event;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the broker relies on in an extension that listens to events. They come on a thread of the extension, one at a
 * time; it may wait, but not for so long that events get lost. Inherit it.
 */
public abstract class EventListenerContractTest extends ContractTest {

    private static final int EVENTS = 1_000;

    /** For subclasses. */
    protected EventListenerContractTest() {}

    /**
     * An event of a kind that the extension cannot know, as later versions of the broker have them.
     *
     * @param client someone
     */
    public record Novelty(Client client) implements Event {}

    @Override
    final List<?> answers() {
        tell(new Event.BrokerStarting());
        tell(new Event.BrokerReady(List.of(Given.ANN.address(), InetSocketAddress.createUnresolved("host", 1883))));
        Given.clients().forEach(client -> ofClient(client).forEach(this::tell));
        for (String topic : Given.TOPICS) {
            tell(new Event.MessageDropped("ann-1", topic, "DROPPED_QUEUE_FULL"));
            tell(new Event.MessageDropped("", topic, "DROPPED_EXPIRED", "$share/g/" + topic));
        }
        for (ReasonCode reason : ReasonCode.values()) {
            tell(new Event.ClientDisconnected(Given.ANN, reason, ""));
        }
        for (String filter : Given.filters(List.of())) {
            tell(new Event.ClientSubscribed(Given.ANN, filter, Qos.EXACTLY_ONCE));
            tell(new Event.ClientUnsubscribed(Given.ANN, filter));
        }
        tell(new Event.BrokerStopping());
        return List.of(); // there is nothing to answer
    }

    /** Everything that a client can cause, though not in this order. */
    private static Stream<Event> ofClient(Client client) {
        return Stream.of(
                new Event.ClientAuthenticated(client, false),
                new Event.ClientAuthenticated(client, true),
                new Event.ClientRefused(client, ReasonCode.NOT_AUTHORIZED),
                new Event.SessionCreated(client.id()),
                new Event.SessionResumed(client.id()),
                new Event.ClientConnected(client, true),
                new Event.ClientSubscribed(client, "a", Qos.AT_MOST_ONCE),
                new Event.ClientUnsubscribed(client, "a"),
                new Event.MessageDropped(client.id(), "a", "reason"),
                new Event.ClientDisconnected(client, ReasonCode.UNSPECIFIED_ERROR, Given.LONGEST),
                new Event.SessionEnded(client.id()));
    }

    private void tell(Event event) {
        started.context().tell(event);
    }

    @Test
    final void anEventOfAnUnknownKindIsNoFailure() {
        tell(new Novelty(Given.ANN));
    }

    @Test
    final void theEndOfWhatBeganBeforeItIsNoFailure() {
        Client client = Given.client("never-seen", null);
        tell(new Event.ClientUnsubscribed(client, "a"));
        tell(new Event.ClientDisconnected(client, ReasonCode.SUCCESS, ""));
        tell(new Event.SessionEnded(client.id()));
    }

    @Test
    final void itKeepsUpWithManyEvents() {
        long begin = System.nanoTime();
        int told = 0;
        while (told < EVENTS && System.nanoTime() - begin < patience.toNanos()) {
            tell(new Event.ClientConnected(Given.client("c" + told++, "ann"), false));
        }
        assertThat(told).as("events taken within " + patience).isEqualTo(EVENTS);
    }
}
