// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Packets5;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Until;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A shared group that ends, and one with the same filter that begins at once, do not touch each other's messages. */
class GroupEndTest {

    private static final int FILTERS = 40; // their queues live on all loops

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create().set("threads.loops", 4);

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static String filter(int number) {
        return "$share/g/end/" + number;
    }

    /** Counts the queues with a filter that a start would find. */
    private int recorded(String filter) {
        AtomicInteger records = new AtomicInteger();
        broker.broker().get(Storage.class).scan(Keyspace.SESSIONS, new byte[] {0}, new byte[] {1}, (key, value) -> {
            records.addAndGet(new String(key, UTF_8).startsWith("\0" + filter + "\0") ? 1 : 0);
            return true;
        });
        return records.get();
    }

    @Test
    void whatANewGroupTakesInTheTurnInWhichAnOldOneEndsIsKept() {
        Connect5 narrow = Connect5.persistent("member").with(Props.two(Props.RECEIVE_MAXIMUM, 1));
        RawClient member = clients.connect(narrow).subscribe5("busy", 1);
        RawClient sender = clients.connect5("sender").publishAcknowledged5(1, "busy", "holds the window");
        assertThat(member.next5().payload()).isEqualTo("holds the window");
        for (int i = 0; i < FILTERS; i++) {
            member.subscribe5(filter(i), 1);
            sender.publishAcknowledged5(1, "end/" + i, "of the group that ends");
            member.send(
                    Packets5.unsubscribe(2, filter(i)),
                    Packets5.subscribe(3, filter(i), 1),
                    Packets5.publish(1, 4, "end/" + i, "" + i));
            for (int answers = 0; answers < 3; answers++) {
                assertThat(member.next5().reason()).isLessThan(0x80);
            }
            sender.publishAcknowledged5(1, "busy", "stored after all that");
            String filter = filter(i);
            Until.holds(() -> recorded(filter) == 1); // that of the group that ended is deleted by another loop
        }
        member.drop();

        broker.restart();

        AtomicInteger kept = new AtomicInteger();
        clients.connect(Connect5.persistent("member")).drainQueue5().forEach(each -> {
            assertThat(each.payload()).isNotEqualTo("of the group that ends");
            kept.addAndGet(each.topic().startsWith("end/") ? 1 : 0);
        });
        assertThat(kept).hasValue(FILTERS);
    }
}
