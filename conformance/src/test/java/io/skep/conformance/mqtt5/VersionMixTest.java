// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.again;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.pubrel;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.Packets5;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.testkit.BrokerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of 3.1, 3.1.1 and 5.0 that talk to each other: properties do not reach 3.x, and all else does. */
class VersionMixTest {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private RawClient connect3(int level, String id) {
        Connect connect = Connect.clean(id);
        return clients.connect(level == 3 ? connect.v31() : connect);
    }

    private static byte[][] properties() {
        return new byte[][] {
            Props.user("a", "b"),
            Props.text(Props.CONTENT_TYPE, "text"),
            Props.text(Props.RESPONSE_TOPIC, "answers"),
            Props.binary(Props.CORRELATION_DATA, hex("01 02")),
            Props.one(Props.PAYLOAD_FORMAT_INDICATOR, 1),
            Props.four(Props.MESSAGE_EXPIRY_INTERVAL, 1_000),
            Props.two(Props.TOPIC_ALIAS, 1)
        };
    }

    @ParameterizedTest
    @CsvSource({"3,0,1", "3,1,1", "3,2,1", "4,0,1", "4,1,1", "4,2,1", "4,0,100000", "4,2,100000"})
    void a50PublisherReaches3xSubscribersWithoutProperties(int level, int qos, int length) {
        String topic = "mix/down/" + level + qos + length;
        String payload = Packets.ofLength(length);
        RawClient receiver = connect3(level, "down").subscribe(topic, qos);
        RawClient sender = clients.connect5("sender");
        if (qos == 0) {
            sender.send(Packets5.publish(topic, payload, properties()));
            receiver.expect(Packets.publish(topic, payload));
            return;
        }
        sender.send(Packets5.publish(qos, 9, topic, payload, properties())).expect(qos == 1 ? puback(9) : pubrec(9));
        receiver.expect(Packets.publish(qos, 1, topic, payload));
        if (qos == 1) {
            receiver.send(puback(1)).expectSilence();
        } else {
            receiver.send(pubrec(1)).expect(pubrel(1)).send(pubcomp(1)).expectSilence();
            sender.send(pubrel(9)).expect(pubcomp(9));
        }
    }

    @ParameterizedTest
    @CsvSource({"3,0,1", "3,1,1", "3,2,1", "4,0,1", "4,1,1", "4,2,1", "4,0,100000", "4,2,100000"})
    void a3xPublisherReaches50SubscribersWithoutProperties(int level, int qos, int length) {
        String topic = "mix/up/" + level + qos + length;
        String payload = Packets.ofLength(length);
        RawClient receiver = clients.connect5("up");
        receiver.subscribe5(topic, 2, Props.variable(Props.SUBSCRIPTION_IDENTIFIER, 8));
        RawClient sender = connect3(level, "sender");
        sender.send(qos == 0 ? Packets.publish(topic, payload) : Packets.publish(qos, 9, topic, payload));
        Seen5 found = receiver.nextPublish5();
        assertThat(found.first()).isEqualTo(0x30 | qos << 1);
        assertThat(found.payload()).isEqualTo(payload);
        assertThat(found.properties()).containsOnlyKeys(Props.SUBSCRIPTION_IDENTIFIER);
        if (qos > 0) {
            sender.expect(qos == 1 ? puback(9) : pubrec(9));
        }
    }

    @Test
    void aFanOutToAllVersionsGivesEachItsForm() {
        RawClient v31 = connect3(3, "all-31").subscribe("mix/all", 1);
        RawClient v311 = connect3(4, "all-311").subscribe("mix/all", 1);
        RawClient v5 = clients.connect5("all-5").subscribe5("mix/all", 1);
        clients.connect5("sender").send(Packets5.publish(1, 1, "mix/all", "x", properties()));
        v31.expect(Packets.publish(1, 1, "mix/all", "x"));
        v311.expect(Packets.publish(1, 1, "mix/all", "x"));
        Seen5 found = v5.nextPublish5();
        assertThat(found.properties()).hasSize(6).doesNotContainKey(Props.TOPIC_ALIAS);
    }

    @Test
    void retainedMessagesAreForAllVersions() {
        clients.connect5("sender").publishRetained5("mix/kept/5", "of 5.0", properties());
        connect3(4, "sender3").send(Packets.retained("mix/kept/3", "of 3.1.1")).expectSilence();
        connect3(3, "late3")
                .subscribe("mix/kept/+", 0)
                .expectInAnyOrder(Packets.retained("mix/kept/5", "of 5.0"), Packets.retained("mix/kept/3", "of 3.1.1"));
        RawClient late = clients.connect5("late5").subscribe5("mix/kept/3", 0);
        assertThat(late.nextPublish5().properties()).isEmpty();
        late.subscribe5("mix/kept/5", 0);
        assertThat(late.nextPublish5().property(Props.CONTENT_TYPE)).isEqualTo("text");
    }

    @Test
    void aSharedGroupHasMembersOfAllVersions() {
        RawClient v311 = connect3(4, "group-311").subscribe("$share/g/mix/group", 1);
        RawClient v5 = clients.connect5("group-5").subscribe5("$share/g/mix/group", 1);
        RawClient sender = clients.connect5("sender");
        for (int i = 1; i <= 4; i++) {
            sender.send(Packets5.publish(1, i, "mix/group", "x", properties())).expect(puback(i));
        }
        v311.expect(Packets.publish(1, 1, "mix/group", "x"), Packets.publish(1, 2, "mix/group", "x"));
        assertThat(v5.nextPublish5().property(Props.RESPONSE_TOPIC)).isEqualTo("answers");
        assertThat(v5.nextPublish5().property(Props.RESPONSE_TOPIC)).isEqualTo("answers");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aSessionGoesOnInAnotherVersion(int qos) {
        String id = "changes" + qos;
        String topic = "mix/changes/" + qos;
        clients.connect(Connect5.persistent(id))
                .subscribe5(topic, qos, Props.variable(Props.SUBSCRIPTION_IDENTIFIER, 3))
                .disconnect();
        RawClient sender = clients.connect5("sender");
        sender.send(Packets5.publish(qos, 1, topic, "x", properties())).expect(qos == 1 ? puback(1) : pubrec(1));

        RawClient as3 = clients.resume(id).expect(Packets.publish(qos, 1, topic, "x"));
        as3.drop();
        RawClient as5 = clients.connect(Connect5.persistent(id));
        Seen5 found = as5.nextPublish5();
        assertThat(found.first()).isEqualTo(0x38 | qos << 1);
        assertThat(found.id()).isEqualTo(1);
        assertThat(found.property(Props.SUBSCRIPTION_IDENTIFIER)).isEqualTo(3L);
        assertThat(found.all(Props.USER_PROPERTY)).containsExactly("a=b");
        as5.drop();
        clients.resume(id)
                .expect(again(Packets.publish(qos, 1, topic, "x")))
                .send(qos == 1 ? puback(1) : pubrec(1))
                .expect(qos == 1 ? new byte[0][] : new byte[][] {pubrel(1)})
                .expectSilence();
    }

    @Test
    void aForbiddenTopicIsAnsweredAsTheVersionWantsIt() {
        connect3(4, "forbidden3")
                .send(Packets.publish(1, 1, "$SYS/x", "x"), Packets.publish(2, 2, "$SYS/x", "x"))
                .expect(puback(1), pubrec(2))
                .send(pubrel(2))
                .expect(pubcomp(2));
        RawClient v5 = clients.connect5("forbidden5");
        v5.send(Packets5.publish(1, 1, "$SYS/x", "x"), Packets5.publish(2, 2, "$SYS/x", "x"));
        assertThat(v5.next5(4).reason()).isEqualTo(0x87);
        assertThat(v5.next5(5).reason()).isEqualTo(0x87);
    }
}
