// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.skep.sdk.testkit.BrokerExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Moments of a connection that no program can be made to hit. */
class LinkTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    /** The thread that connects may find out that nobody listens before this one has said hello. */
    @Test
    void aConnectionThatIsRefusedBeforeItsHelloHasEndedAndIsNoException() {
        ManagedChannel channel = OkHttpChannelBuilder.forTarget(
                        "dns:///127.0.0.1:1", InsecureChannelCredentials.create())
                .directExecutor()
                .build();
        channel.shutdownNow();
        List<String> ends = new ArrayList<>();
        broker.extension("link", context -> {
            EventFeed events = new EventFeed(1, context.meters().counter("events_lost", "of no program"));
            Calls calls = new Calls(Limits.DEFAULT, Duration.ofSeconds(1));
            Link link = new Link(channel, calls, events, Runnable::run, Limits.DEFAULT.silenceMax(), new Ends(ends));
            link.start(Wire.BrokerHello.getDefaultInstance());
            assertThat(link.isClosed()).isTrue();
        });
        assertThat(ends).singleElement().asString().startsWith("UNAVAILABLE");
    }

    /** Keeps why links have ended. */
    private record Ends(List<String> reasons) implements Link.Owner {

        @Override
        public void opened(Link link, Wire.ProgramHello hello) {
            throw new AssertionError(hello);
        }

        @Override
        public void closed(Link link, String why) {
            reasons.add(why);
        }

        @Override
        public void strayAnswer() {
            throw new AssertionError("nobody was asked");
        }
    }
}
