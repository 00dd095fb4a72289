// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.suback;
import static io.skep.conformance.wire.Packets.subscribe;
import static io.skep.conformance.wire.Packets.twoBytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Payloads around the sizes at which the broker changes how it passes them on. Every byte is compared. */
class LargePayloadTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private final Random random = new Random(11);

    private byte[] payload(int bytes) {
        byte[] payload = new byte[bytes];
        random.nextBytes(payload);
        return payload;
    }

    private static byte[] qos0(String topic, byte[] payload) {
        return packet(0x30, topic, payload);
    }

    private static byte[] qos1(int id, String topic, byte[] payload) {
        return packet(0x32, topic, twoBytes(id), payload);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {100, 127, 128, 4_095, 4_096, 4_097, 16_383, 16_384, 65_535, 65_536, 65_537, 300_000, 1_900_000})
    void aPayloadOfAnySizeReachesOneAndMany(int bytes) {
        byte[] payload = payload(bytes);
        RawClient self = clients.connect("self").subscribe("large/self", 0);
        self.send(qos0("large/self", payload)).expect(qos0("large/self", payload));
        List<RawClient> receivers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            receivers.add(clients.connect("many" + i).subscribe("large/many", i % 2));
        }
        RawClient sender = clients.connect("sender");
        for (int id = 1; id <= 2; id++) {
            sender.send(qos1(id, "large/many", payload)).expect(puback(id));
            for (int i = 0; i < receivers.size(); i++) {
                receivers.get(i).expect(i % 2 == 0 ? qos0("large/many", payload) : qos1(id, "large/many", payload));
            }
        }
        receivers.forEach(RawClient::expectSilence);
    }

    @ParameterizedTest
    @ValueSource(ints = {5_000, 70_000, 1_000_000})
    void aPayloadIsKeptForWhoIsAway(int bytes) {
        String id = "away" + bytes;
        byte[] payload = payload(bytes);
        clients.connect(Connect.persistent(id)).subscribe("large/" + id, 1).disconnect();
        RawClient sender = clients.connect("sender");
        sender.send(qos1(1, "large/" + id, payload)).expect(puback(1));
        sender.send(packet(0x31, "large/" + id, payload)).expectSilence();
        RawClient back = clients.resume(id).expect(qos1(1, "large/" + id, payload));
        back.send(puback(1)).expectSilence();
        back.send(subscribe(2, "large/" + id, 1)).expect(suback(2, 1), packet(0x31, "large/" + id, payload));
    }

    @Test
    void smallAndLargePacketsOfOneSegmentStayWhole() {
        RawClient receiver = clients.connect("mixture").subscribe("large/mixture", 0);
        RawClient other = clients.connect("mixture-other").subscribe("large/mixture", 0);
        RawClient sender = clients.connect("sender");
        for (int round = 0; round < 10; round++) {
            byte[][] packets = new byte[40][];
            for (int i = 0; i < packets.length; i++) {
                packets[i] = qos0("large/mixture", payload(i % 4 == 0 ? 5_000 + random.nextInt(20_000) : 50));
            }
            sender.send(packets);
            receiver.expect(packets);
            other.expect(packets);
        }
    }

    @Test
    void aLargePacketInManyPiecesArrivesWhole() {
        RawClient receiver = clients.connect("pieces").subscribe("large/pieces", 0);
        RawClient sender = clients.connect("sender");
        byte[] all = concat(
                qos0("large/pieces", payload(150_000)),
                qos0("large/pieces", payload(10)),
                qos0("large/pieces", payload(150_000)));
        int at = 0;
        while (at < all.length) {
            int end = Math.min(all.length, at + 1 + random.nextInt(9_000));
            sender.send(Arrays.copyOfRange(all, at, end));
            at = end;
        }
        byte[] received = concat(receiver.next(), receiver.next(), receiver.next());
        assertThat(Arrays.equals(received, all)).isTrue();
        sender.expectSilence();
    }

    @Test
    void largeMessagesOfManyPublishersDoNotMix() {
        RawClient receiver = clients.connect("crossing").subscribe("large/crossing/+", 0);
        List<RawClient> senders = new ArrayList<>();
        byte[][] packets = new byte[6][];
        for (int i = 0; i < packets.length; i++) {
            senders.add(clients.connect("crossing" + i));
            packets[i] = qos0("large/crossing/" + i, payload(30_000 + i));
        }
        for (int half = 0; half < 2; half++) {
            for (int i = 0; i < packets.length; i++) {
                int middle = packets[i].length / 2;
                int from = half == 0 ? 0 : middle;
                int to = half == 0 ? middle : packets[i].length;
                senders.get(i).send(Arrays.copyOfRange(packets[i], from, to));
            }
        }
        receiver.expectInAnyOrder(packets);
    }
}
