// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static io.skep.acceptance.RawClient.PINGRESP;
import static io.skep.acceptance.RawClient.PUBCOMP;
import static io.skep.acceptance.RawClient.PUBLISH;
import static io.skep.acceptance.RawClient.PUBREC;
import static io.skep.acceptance.RawClient.PUBREL;
import static io.skep.acceptance.RawClient.SUBACK;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.acceptance.RawClient.Packet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * QoS 2 across {@code kill -9} of the broker: exchanges are stopped at each of their steps, and go on after the restart
 * as MQTT lets the client continue.
 */
class ExactlyOnceIT {

    private static final String TOPIC = "payments/eu";
    private static final String LAST = "no more payments";

    @TempDir
    Path folder;

    private Installation skep;

    @BeforeEach
    void install() throws Exception {
        skep = new Installation(folder);
    }

    /** The steps of the exchange that the client may repeat: it cannot know whether the broker got the last one. */
    @RepeatedTest(4)
    void whatAClientPublishesIsRoutedOnce(RepetitionInfo repetition) throws Exception {
        try (SkepProcess broker = skep.start()) {
            subscribeOnce(broker);
            try (RawClient client = new RawClient(broker.port())) {
                assertThat(client.connect("sender", false)).isFalse();
                for (int id = 1; id <= 4; id++) {
                    send(client, id, false);
                    receive(client, PUBREC, id);
                }
                client.acknowledge(PUBREL, 1);
                receive(client, PUBCOMP, 1);
                client.acknowledge(PUBREL, 2);
                send(client, 5, false);
                if (repetition.getCurrentRepetition() % 2 == 0) {
                    receive(client, PUBCOMP, 2); // so that the kill comes a little later
                }
                broker.kill9();
            }
        }
        try (SkepProcess broker = skep.start()) {
            try (RawClient client = new RawClient(broker.port())) {
                assertThat(client.connect("sender", false)).isTrue();
                client.acknowledge(PUBREL, 2); // PUBCOMP is not known to have come
                receive(client, PUBCOMP, 2);
                client.acknowledge(PUBREL, 3);
                receive(client, PUBCOMP, 3);
                send(client, 4, true); // as if PUBREC had been lost
                receive(client, PUBREC, 4);
                client.acknowledge(PUBREL, 4);
                receive(client, PUBCOMP, 4);
                send(client, 5, true);
                receive(client, PUBREC, 5);
                client.acknowledge(PUBREL, 5);
                receive(client, PUBCOMP, 5);
                client.publish(TOPIC, new Packet(PUBLISH, false, 1, "payment 6")); // the identifier is free again
                receive(client, PUBREC, 1);
                client.acknowledge(PUBREL, 1);
                receive(client, PUBCOMP, 1);
            }
            var payments = new Receiver();
            payments.receiveAll(broker);
            assertThat(payments.delivered)
                    .containsExactlyInAnyOrder(
                            "payment 1", "payment 2", "payment 3", "payment 4", "payment 5", "payment 6");
            assertThat(payments.delivered.subList(0, 4))
                    .containsExactly("payment 1", "payment 2", "payment 3", "payment 4");
        }
    }

    private static void send(RawClient client, int id, boolean dup) throws IOException {
        client.publish(TOPIC, new Packet(PUBLISH, dup, id, "payment " + id));
    }

    private static void receive(RawClient client, int type, int id) throws IOException {
        assertThat(client.receive()).isEqualTo(Packet.of(type, id));
    }

    private static void subscribeOnce(SkepProcess broker) throws IOException {
        try (RawClient client = new RawClient(broker.port())) {
            assertThat(client.connect("receiver", false)).isFalse();
            client.subscribe(TOPIC);
            assertThat(client.receive().type()).isEqualTo(SUBACK);
            client.disconnect();
        }
    }

    @RepeatedTest(4)
    void whatAClientReceivesIsDeliveredOnce(RepetitionInfo repetition) throws Exception {
        var payments = new Receiver();
        try (SkepProcess broker = skep.start()) {
            subscribeOnce(broker);
            try (RawClient sender = new RawClient(broker.port())) {
                sender.connect("sender", true);
                for (int id = 1; id <= 5; id++) {
                    send(sender, id, false);
                    receive(sender, PUBREC, id);
                }
            }
            try (RawClient client = new RawClient(broker.port())) {
                assertThat(client.connect("receiver", false)).isTrue();
                payments.stopAtEachStep(client, repetition.getCurrentRepetition() % 2 == 0);
                broker.kill9();
            }
        }
        try (SkepProcess broker = skep.start()) {
            payments.receiveAll(broker);
            assertThat(payments.delivered)
                    .containsExactlyInAnyOrder("payment 1", "payment 2", "payment 3", "payment 4", "payment 5");
            payments.receiveAll(broker);
            assertThat(payments.delivered).as("once all is acknowledged").hasSize(5);
        }
    }

    @Test
    void whatTheClientMayHaveSeenIsMarkedAsRepeatedAfterAKill() throws Exception {
        int messages = 1_200;
        try (SkepProcess broker = skep.start()) {
            subscribeOnce(broker);
            try (RawClient client = new RawClient(broker.port())) {
                client.connect("receiver", false);
                var publisher = HiveClients.builder(broker.port()).buildAsync();
                publisher.connect().join();
                for (int i = 0; i < messages; i++) {
                    publisher.publish(HiveClients.publish(new Message(TOPIC, "payment " + i, 2, false)));
                }
                Packet first = client.receive(); // never answered: those behind it go on
                Packet last = answerUntil(client, "payment " + (messages - 1), messages - 2);
                broker.kill9();
                assertRepeated(first, last);
            }
        }
    }

    @Test
    void whatTheClientMayHaveSeenIsMarkedAsRepeatedAfterAStop() throws Exception {
        Packet seen;
        try (SkepProcess broker = skep.start()) {
            subscribeOnce(broker);
            new MosquittoClients("mqttv311").publish(broker.port(), new Message(TOPIC, "payment 1", 2, false));
            try (RawClient client = new RawClient(broker.port())) {
                client.connect("receiver", false);
                seen = client.receive();
                client.disconnect();
            }
            new MosquittoClients("mqttv311").publish(broker.port(), new Message(TOPIC, "payment 2", 2, false));
            broker.terminate();
        }
        try (SkepProcess broker = skep.start();
                RawClient client = new RawClient(broker.port())) {
            client.connect("receiver", false);
            assertThat(client.receive()).isEqualTo(new Packet(PUBLISH, true, seen.id(), "payment 1"));
            Packet unseen = client.receive();
            assertThat(unseen).isEqualTo(new Packet(PUBLISH, false, unseen.id(), "payment 2"));
        }
    }

    /** Answers exchanges to their end, until so many are over and one more message has come, which it returns. */
    private static Packet answerUntil(RawClient client, String payload, int exchanges) throws IOException {
        Packet last = null;
        int over = 0;
        while (last == null || over < exchanges) {
            Packet packet = client.receive();
            if (packet.payload().equals(payload)) {
                last = packet;
            } else if (packet.type() == PUBLISH) {
                client.acknowledge(PUBREC, packet.id());
            } else {
                client.acknowledge(PUBCOMP, packet.id());
                over++;
            }
        }
        return last;
    }

    private void assertRepeated(Packet... seen) throws Exception {
        try (SkepProcess broker = skep.start();
                RawClient client = new RawClient(broker.port())) {
            client.connect("receiver", false);
            for (Packet each : seen) {
                Packet repeated = await(client, PUBLISH);
                assertThat(repeated).isEqualTo(new Packet(PUBLISH, true, each.id(), each.payload()));
            }
        }
    }

    /** Skips packets of other types: PUBREL may come again for exchanges whose end was not stored. */
    private static Packet await(RawClient client, int type) throws IOException {
        Packet packet = client.receive();
        while (packet.type() != type) {
            packet = client.receive();
        }
        return packet;
    }

    /** A client that keeps which identifiers it has received and not seen released, as MQTT asks of it. */
    private static final class Receiver {

        private final Map<Integer, String> unreleased = new HashMap<>();
        private final List<String> delivered = new ArrayList<>();

        /**
         * Leaves five exchanges at five steps; at the last ones the broker may be ahead of what the client has seen.
         */
        void stopAtEachStep(RawClient client, boolean waits) throws IOException {
            List<Packet> publishes = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                Packet publish = client.receive();
                take(publish);
                publishes.add(publish);
            }
            assertThat(publishes).allMatch(packet -> packet.type() == PUBLISH && !packet.dup());
            for (int i = 0; i < 3; i++) {
                client.acknowledge(PUBREC, publishes.get(i).id());
            }
            for (int i = 0; i < 3; i++) {
                Packet pubrel = client.receive();
                assertThat(pubrel).isEqualTo(Packet.of(PUBREL, publishes.get(i).id()));
                unreleased.remove(pubrel.id());
            }
            client.acknowledge(PUBCOMP, publishes.get(0).id());
            client.ping();
            assertThat(client.receive().type()).isEqualTo(PINGRESP);
            client.acknowledge(PUBCOMP, publishes.get(1).id());
            client.acknowledge(PUBREC, publishes.get(3).id());
            if (waits) {
                client.ping();
                client.receive(); // PINGRESP, or PUBREL which the client forgets
            }
        }

        /** Connects again and answers everything, until a last message has come and nothing is left open. */
        void receiveAll(SkepProcess broker) throws Exception {
            new MosquittoClients("mqttv311").publish(broker.port(), new Message(TOPIC, LAST, 2, false));
            try (RawClient client = new RawClient(broker.port())) {
                assertThat(client.connect("receiver", false)).isTrue();
                while (!delivered.contains(LAST) || !unreleased.isEmpty()) {
                    answer(client, client.receive());
                }
                client.disconnect();
            }
            delivered.remove(LAST);
        }

        private void answer(RawClient client, Packet packet) throws IOException {
            if (packet.type() == PUBLISH) {
                take(packet);
                client.acknowledge(PUBREC, packet.id());
            } else {
                assertThat(packet.type()).isEqualTo(PUBREL);
                unreleased.remove(packet.id());
                client.acknowledge(PUBCOMP, packet.id());
            }
        }

        private void take(Packet publish) {
            String before = unreleased.put(publish.id(), publish.payload());
            if (before == null) {
                delivered.add(publish.payload());
            } else {
                assertThat(publish.dup()).as("DUP of %s", publish).isTrue();
                assertThat(publish.payload()).isEqualTo(before);
            }
        }
    }
}
