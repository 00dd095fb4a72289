// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt3;

import static io.skep.conformance.wire.Packets.ACCEPTED;
import static io.skep.conformance.wire.Packets.again;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.pubcomp;
import static io.skep.conformance.wire.Packets.publish;
import static io.skep.conformance.wire.Packets.pubrec;
import static io.skep.conformance.wire.Packets.retained;
import static io.skep.conformance.wire.Packets.suback;
import static io.skep.conformance.wire.Packets.subscribe;
import static io.skep.conformance.wire.Packets.unsuback;
import static io.skep.conformance.wire.Packets.unsubscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect;
import io.skep.conformance.wire.Delivery;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.testkit.BrokerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MQTT 3.1, where it differs from 3.1.1, and bridges. {@link RefusalTest} has what is refused. */
class Mqtt31Test {

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private RawClient connect(Connect connect) {
        return clients.open().send(connect.v31().packed()).expect(ACCEPTED);
    }

    @Test
    void aConnectOf31IsAccepted() {
        clients.open()
                .send("10 0F 00 06 4D 51 49 73 64 70 03 02 00 3C 00 01 61")
                .expect("20 02 00 00")
                .expectSilence();
    }

    @Test
    void connackDoesNotTellOfASession() {
        connect(Connect.persistent("v31-session")).subscribe("v31/session", 1).disconnect();
        clients.connect("sender").publishAcknowledged(1, "v31/session", "queued");
        RawClient back = connect(Connect.persistent("v31-session"));
        Delivery queued = back.nextDelivery();
        assertThat(queued.payload()).isEqualTo("queued");
        back.send(puback(queued.id())).expectNothingQueued();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 5, 6})
    void anotherLevelUnderTheOldNameIsRefused(int level) {
        clients.open()
                .send(Connect.clean("v31-level").v31().withLevel(level).packed())
                .expect("20 02 00 01")
                .expectClosed();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void anEmptyIdIsRefused(int flags) {
        clients.open()
                .send(Connect.clean("").v31().withFlags(flags).packed())
                .expect("20 02 00 02")
                .expectClosed();
    }

    @Test
    void anIdBeyond23CharactersIsAccepted() {
        connect(Connect.clean(Packets.ofLength(100))).expectSilence();
    }

    @Test
    void aRequestMayBeMarkedAsRepeated() {
        RawClient client = connect(Connect.clean("v31-dup"));
        byte[] subscribe = subscribe(1, "v31/dup", 2);
        subscribe[0] = (byte) 0x8A;
        client.send(subscribe).expect(suback(1, 2)).send(subscribe).expect(suback(1, 2));
        client.send(publish(2, 7, "v31/dup", "x")).expectInAnyOrder(pubrec(7), publish(2, 1, "v31/dup", "x"));
        client.send("6A 02 00 07").expect(pubcomp(7)).send("6A 02 00 07").expect(pubcomp(7));
        byte[] unsubscribe = unsubscribe(2, "v31/dup");
        unsubscribe[0] = (byte) 0xAA;
        client.send(unsubscribe).expect(unsuback(2));
    }

    @Test
    void aMessageMayBeRepeatedOnAnOpenConnection() {
        RawClient watcher = clients.connect("watcher").subscribe("v31/repeat", 0);
        RawClient client = connect(Connect.clean("v31-repeat"));
        byte[] message = publish(2, 7, "v31/repeat", "once");
        client.send(message, again(message), again(message)).expect(pubrec(7), pubrec(7), pubrec(7));
        watcher.expect(publish("v31/repeat", "once")).expectSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x82, 0xC2})
    void aUserNameOrPasswordThatTheFlagsPromiseMayBeMissing(int flags) {
        connect(Connect.clean("v31-missing").withFlags(flags)).expectSilence();
        if (flags == 0xC2) {
            connect(Connect.clean("").withFlags(flags).withPayload("v31-missing", "user"))
                    .expectSilence();
        }
    }

    @Test
    void aClientIdNeedNotBeUtf8() {
        connect(Connect.clean("").withPayload(Packets.bytes(hex("61 C3 28 FF"))))
                .expectSilence();
    }

    @Test
    void subackHasTheGrantedQos() {
        RawClient client = connect(Connect.clean("v31-suback"));
        byte[] filters = Packets.concat("v31/a", 0, "v31/b", 1, "v31/c", 2);
        client.send(packet(0x82, Packets.twoBytes(3), filters)).expect(suback(3, 0, 1, 2));
    }

    @Test
    void wrongReservedBitsElsewhereCloseTheConnection() {
        for (String packet : new String[] {"C1 00", "41 02 00 01", "63 02 00 01", "84 06 00 01 00 01 61 00"}) {
            connect(Connect.clean("v31-nibble")).send(packet).expectClosed();
        }
    }

    @Test
    void theVersionsHearEachOther() {
        RawClient old = connect(Connect.clean("v31-old").will(0, false, "v31/will", "gone"))
                .subscribe("v31/new", 1);
        RawClient fresh = clients.connect("v311-new").subscribe("v31/#", 1);
        fresh.send(publish(1, 9, "v31/new", "x")).expectInAnyOrder(puback(9), publish(1, 1, "v31/new", "x"));
        old.expect(publish(1, 1, "v31/new", "x"));
        old.drop();
        fresh.expect(publish("v31/will", "gone"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x83, 0x84})
    void aBridgeDoesNotHearItselfAndSeesTheRetainFlag(int level) {
        Connect connect = Connect.clean("bridge" + level);
        connect = (level == 0x83 ? connect.v31() : connect).withLevel(level);
        RawClient bridge = clients.connect(connect).subscribe("bridge/" + level, 0);
        bridge.send(publish("bridge/" + level, "from here")).expectSilence();
        clients.connect("sender").send(retained("bridge/" + level, "from there"), publish("bridge/" + level, "live"));
        bridge.expect(retained("bridge/" + level, "from there"), publish("bridge/" + level, "live"));
    }
}
