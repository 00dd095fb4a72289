// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.puback;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.session.SessionRegistry;
import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Packets5;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.conformance.wire.Until;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A message for several durable sessions is on disk once. */
class SharedPayloadTest {

    private static final int SESSIONS = 5;
    private static final int MESSAGES = 40;
    private static final int BYTES = 10_000;

    @RegisterExtension
    final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @BeforeEach
    void messagesWaitForAbsentClients() {
        for (int i = 0; i < SESSIONS; i++) {
            clients.connect(Connect5.persistent("s" + i)).subscribe5("t", 1).disconnect();
        }
        RawClient sender = clients.connect5("sender");
        for (int i = 0; i < MESSAGES; i++) {
            sender.send(Packets5.publish(1, 1, "t", payload(i)));
            assertThat(sender.next5().reason()).isZero();
        }
    }

    private static String payload(int number) {
        return number + "x".repeat(BYTES);
    }

    private static List<String> payloads() {
        List<String> payloads = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            payloads.add(payload(i));
        }
        return payloads;
    }

    private List<String> take(String clientId) {
        RawClient client = clients.connect(Connect5.persistent(clientId));
        List<String> payloads = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            Seen5 delivery = client.next5();
            payloads.add(delivery.payload());
            client.send(puback(delivery.id()));
        }
        client.expectSilence().disconnect();
        return payloads;
    }

    private int rows(Keyspace keyspace) {
        AtomicInteger rows = new AtomicInteger();
        broker.broker().get(Storage.class).scan(keyspace, new byte[] {0}, null, (key, value) -> {
            rows.incrementAndGet();
            return true;
        });
        return rows.get();
    }

    @Test
    void itIsStoredOnceAndEachQueueRefersToIt() {
        AtomicLong queued = new AtomicLong();
        broker.broker().get(Storage.class).scan(Keyspace.QUEUE, new byte[] {0}, null, (key, value) -> {
            queued.addAndGet(value.length);
            return true;
        });
        assertThat(rows(Keyspace.QUEUE)).isEqualTo(SESSIONS * MESSAGES);
        assertThat(rows(Keyspace.PAYLOADS)).isEqualTo(MESSAGES);
        assertThat(queued.get()).isLessThan(SESSIONS * MESSAGES * 100);
    }

    @Test
    void eachSessionGetsItAlsoAfterARestart() {
        assertThat(take("s0")).isEqualTo(payloads());
        broker.restart();
        for (int i = 1; i < SESSIONS; i++) {
            assertThat(take("s" + i)).isEqualTo(payloads());
        }
        Until.holds(() -> rows(Keyspace.QUEUE) == 0);
    }

    @Test
    void whatNobodyNeedsAnyMoreIsSweptAway() {
        for (int i = 0; i < SESSIONS - 1; i++) {
            take("s" + i);
        }
        broker.broker().get(SessionRegistry.class).sweep();
        assertThat(take("s" + (SESSIONS - 1))).isEqualTo(payloads());
        Until.holds(() -> {
            broker.broker().get(SessionRegistry.class).sweep();
            return rows(Keyspace.PAYLOADS) == 0;
        });
    }

    @Test
    void whoTakesItAtOnceLeavesNothingOnDisk() {
        RawClient first = clients.connect(Connect5.persistent("quick0")).subscribe5("quick", 1);
        RawClient second = clients.connect(Connect5.persistent("quick1")).subscribe5("quick", 1);
        RawClient sender = clients.connect5("sender");
        for (int i = 0; i < MESSAGES; i++) {
            sender.send(Packets5.publish(1, 1, "quick", payload(i)));
            assertThat(sender.next5().reason()).isZero();
            first.send(puback(first.next5().id()));
            second.send(puback(second.next5().id()));
        }
        Until.holds(() -> rows(Keyspace.PAYLOADS) == MESSAGES); // those of the absent clients
    }
}
