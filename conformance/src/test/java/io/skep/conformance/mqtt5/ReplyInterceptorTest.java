// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.PINGREQ;
import static io.skep.conformance.wire.Packets.PINGRESP;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static io.skep.conformance.wire.Packets5.ack;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.subscribe;
import static io.skep.conformance.wire.Packets5.unsubscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.broker.metrics.Metric;
import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.UserProperty;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.packet.Reply;
import io.skep.sdk.testkit.BrokerExtension;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What extensions make of what the broker answers, and what they see of acknowledgements. */
class ReplyInterceptorTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static Reply explained(Reply reply) {
        return reply.withReasonString("this is " + reply.type())
                .withUserProperties(List.of(new UserProperty("id", String.valueOf(reply.packetId()))));
    }

    @Test
    void aTextAndUserPropertiesAreInEveryAnswer() {
        broker.hooks(hooks -> hooks.replyInterceptor((client, reply) -> explained(reply)));
        RawClient client = clients.open().send(Connect5.clean("all").packed());
        expect(client.next5(2), "CONNACK", 0);
        expect(client.send(subscribe(3, "reply", 2)).next5(9), "SUBACK", 3);
        expect(client.send(publish(1, 4, "elsewhere", "x")).next5(4), "PUBACK", 4);
        expect(client.send(publish(2, 5, "elsewhere", "x")).next5(5), "PUBREC", 5);
        expect(client.send(pubrel(5)).next5(7), "PUBCOMP", 5);
        client.send(publish(2, 6, "reply", "x"));
        Seen5 one = client.next5();
        Seen5 delivery = one.type() == 3 ? one : client.next5(3);
        client.send(pubrec(delivery.id()));
        Seen5 pubrel = client.next5();
        expect(pubrel.type() == 5 ? client.next5(6) : pubrel, "PUBREL", delivery.id());
        client.send(pubcomp(delivery.id()));
        expect(client.send(unsubscribe(7, "reply")).next5(11), "UNSUBACK", 7);
        client.send(PINGREQ).expect(PINGRESP);
        Seen5 end = client.send(subscribe(8, "a/#/b", 0)).next5(14);
        assertThat(end.reason()).isIn(0x81, 0x8F);
        expect(end, "DISCONNECT", 0);
    }

    private static void expect(Seen5 packet, String type, int id) {
        assertThat(packet.property(Props.REASON_STRING)).isEqualTo("this is " + type);
        assertThat(packet.all(Props.USER_PROPERTY)).containsExactly("id=" + id);
    }

    @Test
    void whatAClientDoesNotWantOrTakeIsLeftOut() {
        broker.hooks(hooks -> hooks.replyInterceptor((client, reply) -> explained(reply)));
        RawClient silent = clients.open()
                .send(Connect5.clean("silent")
                        .with(Props.one(Props.REQUEST_PROBLEM_INFORMATION, 0))
                        .packed());
        expect(silent.next5(2), "CONNACK", 0);
        silent.send(publish(1, 4, "elsewhere", "x")).expect(Packets.packet(0x40, Packets.twoBytes(4), 0x10));

        Connect5 small = Connect5.clean("small").with(Props.four(Props.MAXIMUM_PACKET_SIZE, 25));
        RawClient narrow = clients.connect(small);
        Seen5 answer = narrow.send(publish(1, 4, "elsewhere", "x")).next5(4);
        assertThat(answer.property(Props.REASON_STRING)).isEqualTo("this is PUBACK");
        assertThat(answer.all(Props.USER_PROPERTY)).isEmpty();
    }

    @Test
    void anErrorMayBecomeAnotherAndASuccessStays() {
        broker.hooks(hooks -> {
            hooks.authorizer((client, operation) -> operation.topic().startsWith("hide")
                    ? Decision.deny(ReasonCode.NOT_AUTHORIZED, "a secret")
                    : Decision.next());
            hooks.replyInterceptor((client, reply) -> reply.reason().isError()
                    ? reply.withReasonString(null).withReasons(List.of(ReasonCode.UNSPECIFIED_ERROR))
                    : reply.withReasons(List.of(ReasonCode.NOT_AUTHORIZED)));
        });
        RawClient client = clients.connect5("hidden");
        Seen5 hidden = client.send(publish(1, 1, "hide/x", "x")).next5(4);
        assertThat(hidden.reason()).isEqualTo(0x80);
        assertThat(hidden.property(Props.REASON_STRING)).isNull();
        assertThat(client.send(subscribe(2, "hide/x", 0)).next5(9).reasons()).containsExactly(0x80);
        assertThat(client.send(publish(1, 3, "open", "x")).next5(4).reason()).isEqualTo(0x10);
        assertThat(broker.metrics().get(Metric.HOOK_FAILURES)).isPositive();
    }

    @Test
    void answersToOlderClientsAreSeenAndStayAsTheyAre() {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        broker.hooks(hooks -> hooks.replyInterceptor((client, reply) -> {
            seen.add(reply.type() + " " + reply.packetId());
            return explained(reply);
        }));
        RawClient client = clients.connect(Connect.clean("older"));
        client.send(Packets.publish(1, 4, "x", "x")).expect(puback(4));
        client.send(Packets.publish(2, 5, "x", "x"))
                .expect(pubrec(5))
                .send(pubrel(5))
                .expect(pubcomp(5));
        assertThat(seen).containsExactly("CONNACK 0", "PUBACK 4", "PUBREC 5", "PUBCOMP 5");
    }

    @Test
    void acknowledgementsOfClientsAreSeen() {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        broker.hooks(hooks -> hooks.ackListener((client, ack) -> {
            seen.add(client.id() + " " + ack.type() + " " + ack.reason());
            throw new IllegalStateException("which changes nothing");
        }));
        RawClient client = clients.connect5("acks").subscribe5("acks/#", 2);
        client.send(publish(2, 9, "acks/2", "x"));
        int pubrecs = 0;
        int delivered = 0;
        for (int i = 0; i < 2; i++) {
            Seen5 next = client.next5();
            pubrecs += next.type() == 5 ? 1 : 0;
            delivered = next.type() == 3 ? next.id() : delivered;
        }
        assertThat(pubrecs).isEqualTo(1);
        client.send(pubrel(9)).next5(7);
        client.send(pubrec(delivered)).next5(6);
        client.send(pubcomp(delivered));
        clients.connect5("p").publishAcknowledged5(1, "acks/1", "x");
        client.send(ack(0x40, client.nextPublish5().id(), 0x97)).expectSilence();
        assertThat(seen)
                .containsExactly(
                        "acks PUBREL SUCCESS",
                        "acks PUBREC SUCCESS",
                        "acks PUBCOMP SUCCESS",
                        "acks PUBACK QUOTA_EXCEEDED");
    }

    @Test
    void whatClientsSayWithAnAcknowledgementIsSeen() {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        broker.hooks(hooks -> hooks.ackListener(
                (client, ack) -> seen.add(ack.reason() + " " + ack.reasonString() + " " + ack.userProperties())));
        RawClient client = clients.connect5("explains").subscribe5("explains/#", 1);
        RawClient publisher = clients.connect5("p");
        publisher.publishAcknowledged5(1, "explains/1", "x");
        client.send(pubackWith(client.nextPublish5().id(), "97 0e 1f 0004 66756c6c 26 0001 61 0001 62"));
        publisher.publishAcknowledged5(1, "explains/2", "x");
        client.send(pubackWith(client.nextPublish5().id(), "00 00"))
                .send(pubackWith(99, "10"))
                .expectSilence();
        assertThat(seen)
                .containsExactly(
                        "QUOTA_EXCEEDED full [UserProperty[name=a, value=b]]",
                        "SUCCESS null []",
                        "NO_MATCHING_SUBSCRIBERS null []");
    }

    private static byte[] pubackWith(int id, String rest) {
        byte[] tail = HexFormat.of().parseHex(rest.replace(" ", ""));
        return ByteBuffer.allocate(4 + tail.length)
                .put((byte) 0x40)
                .put((byte) (2 + tail.length))
                .putShort((short) id)
                .put(tail)
                .array();
    }
}
