// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets5.unsubscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.event.Event;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What listeners hear of a client's life. */
class EventTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private final BlockingQueue<Event> heard = new LinkedBlockingQueue<>();

    private List<String> hear(int count) throws InterruptedException {
        List<String> kinds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Event event = heard.poll(30, TimeUnit.SECONDS);
            assertThat(event).as("event %d", i).isNotNull();
            kinds.add(event.getClass().getSimpleName());
        }
        return kinds;
    }

    @Test
    void aClientIsHeardOfFromItsLoginToTheEndOfItsSession() throws InterruptedException {
        broker.hooks(hooks -> hooks.listen(Event.class, heard::add));
        clients.connect(Connect5.persistent("life")).disconnect();
        assertThat(hear(4))
                .containsExactly("ClientAuthenticated", "SessionCreated", "ClientConnected", "ClientDisconnected");

        RawClient client = clients.connect(Connect5.persistent("life"));
        assertThat(hear(3)).containsExactly("ClientAuthenticated", "SessionResumed", "ClientConnected");
        client.subscribe5("$share/g/life/#", 1);
        assertThat(heard.poll(30, TimeUnit.SECONDS)).isInstanceOfSatisfying(Event.ClientSubscribed.class, event -> {
            assertThat(event.client().id()).isEqualTo("life");
            assertThat(event.topicFilter()).isEqualTo("$share/g/life/#");
            assertThat(event.qos().ordinal()).isEqualTo(1);
        });
        client.send(unsubscribe(2, "none", "$share/g/life/#")).next5(11);
        assertThat(heard.poll(30, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        Event.ClientUnsubscribed.class,
                        event -> assertThat(event.topicFilter()).isEqualTo("$share/g/life/#"));
        client.drop();
        assertThat(hear(1)).containsExactly("ClientDisconnected");
        clients.connect5("life");
        assertThat(hear(4)).containsExactly("ClientAuthenticated", "SessionEnded", "SessionCreated", "ClientConnected");
    }
}
