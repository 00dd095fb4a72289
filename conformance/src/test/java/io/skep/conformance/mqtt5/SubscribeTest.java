// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.bytes;
import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.puback;
import static io.skep.conformance.wire.Packets.twoBytes;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.subscribe;
import static io.skep.conformance.wire.Packets5.unsubscribe;
import static io.skep.conformance.wire.Props.SUBSCRIPTION_IDENTIFIER;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SUBSCRIBE and SUBACK: options, identifiers, several filters, and overlapping ones. */
class SubscribeTest {

    private static final int NO_LOCAL = 4;

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create()
            .hooks(hooks -> hooks.authorizer((client, operation) ->
                    operation.action() == Action.SUBSCRIBE && operation.topic().startsWith("subscribe/secret")
                            ? Decision.deny()
                            : Decision.next()));

    @RegisterExtension
    final Clients clients = new Clients(broker);

    private static byte[] id(int identifier) {
        return Props.variable(SUBSCRIPTION_IDENTIFIER, identifier);
    }

    private static byte[] several(int id, byte[] properties, Object... filtersAndOptions) {
        return packet(0x82, twoBytes(id), properties, concat(filtersAndOptions));
    }

    private static Arguments refused(String what, byte[] packet, Integer... reasons) {
        return Arguments.of(what, packet, reasons);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                refused("flags 0", packet(0x80, twoBytes(1), 0, "a", 0), 0x81),
                refused("flags 3", packet(0x83, twoBytes(1), 0, "a", 0), 0x81),
                refused("flags 10", packet(0x8A, twoBytes(1), 0, "a", 0), 0x81),
                refused("ill-formed UTF-8", several(1, Props.of(), bytes(hex("61 C3 28")), 0), 0x81),
                refused("a surrogate", several(1, Props.of(), bytes(hex("ED B0 80")), 0), 0x81),
                refused("no filter", several(1, Props.of()), 0x82),
                refused("filter without options", several(1, Props.of(), "a"), 0x81),
                refused("option bit 6", subscribe(1, "a", 0x40), 0x81),
                refused("option bit 7", subscribe(1, "a", 0x80), 0x81),
                refused("the second filter's bit 7", several(1, Props.of(), "a", 0, "b", 0x81), 0x81),
                refused("Maximum QoS 3", subscribe(1, "a", 3), 0x82, 0x81),
                refused("Retain Handling 3", subscribe(1, "a", 0x30), 0x82, 0x81),
                refused("No Local on a shared one", subscribe(1, "$share/g/a", NO_LOCAL), 0x82),
                refused("identifier 0", subscribe(1, "a", 0, hex("0B 00")), 0x82),
                refused("identifier of five bytes", subscribe(1, "a", 0, hex("0B 80 80 80 80 01")), 0x81, 0x82),
                refused("two identifiers", subscribe(1, "a", 0, hex("0B 01 0B 02")), 0x82));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    @Normative(
            version = "5.0",
            value = {"MQTT-3.8.1-1", "MQTT-3.8.3-1", "MQTT-3.8.3-2", "MQTT-3.8.3-4", "MQTT-3.8.3-5"})
    @Normative(
            version = "extra",
            value = {"U5-3.8.2-1", "U5-3.8.3-1"})
    void whatIsNoSubscribeClosesTheConnectionWithoutSuback(String what, byte[] packet, Integer[] reasons) {
        clients.connect5("refused").send(packet).expectDisconnect(reasons);
    }

    @Test
    @Normative(
            version = "5.0",
            value = {
                "MQTT-3.8.4-1",
                "MQTT-3.8.4-2",
                "MQTT-3.8.4-5",
                "MQTT-3.8.4-6",
                "MQTT-3.8.4-7",
                "MQTT-3.9.3-1",
                "MQTT-3.9.3-2"
            })
    void aSubackHasTheIdentifierAndACodeForEachFilterInTheirOrder() {
        RawClient client = clients.connect5("codes");
        client.send(several(
                0xFFFE,
                Props.of(Props.user("a", "b")),
                concat("subscribe/codes/2", 2, "subscribe/secret/x", 2, "subscribe/codes/0", 0),
                concat("$share/g/subscribe/secret", 1, "$share/g/subscribe/codes", 1)));
        Seen5 suback = client.next5(9);
        assertThat(suback.id()).isEqualTo(0xFFFE);
        assertThat(suback.reasons()).containsExactly(2, 0x87, 0, 0x87, 1);
        client.send(subscribe(1, "subscribe/codes/1", 1)).next5(9);
        client.expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.8.4-5")
    void filtersOfOnePacketActAsIfSentOneByOne() {
        clients.connect5("sender").publishRetained5("subscribe/order/a", "kept");
        RawClient client = clients.connect5("one-by-one");
        client.send(several(1, Props.of(), concat("subscribe/order/a", 0x12, "subscribe/order/a", 0x10)));
        assertThat(client.next5(9).reasons()).containsExactly(2, 0);
        client.expectPayloads5("kept").expectSilence(); // the second finds the first there: Retain Handling 1
        clients.connect5("sender").send(publish(1, 1, "subscribe/order/a", "live"));
        assertThat(client.nextPublish5().qos()).isZero(); // and the second has replaced the first
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.8.3-3")
    void noLocalKeepsAClientsOwnPublicationsFromIt() {
        RawClient client = clients.connect5("local");
        client.subscribe5("subscribe/local/no", NO_LOCAL).subscribe5("subscribe/local/yes", 0);
        client.send(publish("subscribe/local/no", "own"), publish("subscribe/local/yes", "own"));
        assertThat(client.nextPublish5().topic()).isEqualTo("subscribe/local/yes");
        clients.connect5("other").send(publish("subscribe/local/no", "of another"));
        client.expectPayloads5("of another").expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.8.3-3")
    void noLocalIsThatOfEachOverlappingSubscription() {
        RawClient client = clients.connect5("local-overlap");
        client.subscribe5("subscribe/overlap/#", NO_LOCAL | 2, id(1)).subscribe5("subscribe/overlap/+", 1, id(2));
        client.send(publish(2, 1, "subscribe/overlap/x", "own")).expectTypes(3, 5);
        client.send(publish(2, 2, "subscribe/overlap/x/y", "own")).next5(5);
        clients.connect5("other").send(publish(2, 1, "subscribe/overlap/x", "of another"));
        Seen5 found = client.nextPublish5();
        assertThat(found.payload()).isEqualTo("of another");
        assertThat(found.all(SUBSCRIPTION_IDENTIFIER)).containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.8.4-3")
    @Normative(version = "extra", value = "U5-3.8.4-1")
    void aRepeatedSubscribeReplacesOptionsAndIdentifier() {
        RawClient sender = clients.connect5("sender");
        RawClient client = clients.connect5("repeat").subscribe5("subscribe/repeat", 2, id(7));
        sender.send(publish(2, 1, "subscribe/repeat", "first"));
        assertDelivery(client.nextPublish5(), 2, 7L);

        client.subscribe5("subscribe/repeat", 1, id(268_435_455));
        sender.send(publish(2, 2, "subscribe/repeat", "second"));
        assertDelivery(client.nextPublish5(), 1, 268_435_455L);

        client.subscribe5("subscribe/repeat", NO_LOCAL);
        sender.send(publish(2, 3, "subscribe/repeat", "third"));
        assertDelivery(client.nextPublish5(), 0);
        client.send(publish("subscribe/repeat", "own")).expectSilence();

        client.send(unsubscribe(2, "subscribe/repeat")).next5(11);
        client.subscribe5("subscribe/repeat/end", 0);
        sender.send(publish(2, 4, "subscribe/repeat", "fourth"), publish("subscribe/repeat/end", "end"));
        client.expectPayloads5("end"); // the one UNSUBSCRIBE has removed it
    }

    private static void assertDelivery(Seen5 found, int qos, Object... identifiers) {
        assertThat(found.qos()).isEqualTo(qos);
        assertThat(found.all(SUBSCRIPTION_IDENTIFIER)).containsExactlyInAnyOrder(identifiers);
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-3.8.4-4")
    void aRepeatedSubscribeBringsRetainedMessagesAgainAndMissesNoLiveOne() {
        RawClient sender = clients.connect5("sender").publishRetained5("subscribe/again/kept", "kept");
        RawClient client = clients.connect5("again").subscribe5("subscribe/again/#", 0);
        client.expectPayloads5("kept");
        int rounds = 20;
        for (int round = 1; round <= rounds; round++) {
            for (int i = 0; i < 10; i++) {
                sender.send(publish("subscribe/again/live", round + "/" + i));
            }
            client.send(subscribe(round, "subscribe/again/#", 0));
        }
        sender.send(publish("subscribe/again/live", "end"));
        List<String> live = new ArrayList<>();
        int kept = 0;
        int subacks = 0;
        while (subacks < rounds || kept < rounds || live.size() < rounds * 10 + 1) {
            Seen5 packet = client.next5();
            subacks += packet.type() == 9 ? 1 : 0;
            kept += packet.retain() ? 1 : 0;
            if (packet.type() == 3 && !packet.retain()) {
                live.add(packet.payload());
            }
        }
        assertThat(live).doesNotHaveDuplicates().last().isEqualTo("end");
        assertThat(kept).isEqualTo(rounds);
        client.expectSilence();
    }

    @Test
    @Normative(version = "extra", value = "U3-3.8.4-1")
    void theSubackComesFirstThenRetainedMessagesThenLiveOnes() {
        clients.connect5("sender").publishRetained5("subscribe/first/kept", "kept");
        RawClient client = clients.connect5("first");
        client.send(subscribe(1, "subscribe/first/+", 0), publish("subscribe/first/live", "live"));
        assertThat(client.next5().type()).isEqualTo(9);
        client.expectPayloads5("kept", "live");
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.3.4-2", "MQTT-3.3.4-3", "MQTT-3.3.4-4", "MQTT-3.3.4-5"})
    @Normative(version = "extra", value = "U5-3.3.4-4")
    void overlappingSubscriptionsBringOneCopyAtTheHighestQosWithAllIdentifiers() {
        RawClient client = clients.connect5("overlap");
        client.subscribe5("subscribe/copies/a/b", 0, id(1)).subscribe5("subscribe/copies/#", 2, id(300));
        client.subscribe5("subscribe/+/a/+", 1, id(300)).subscribe5("subscribe/copies/a/+", 1);
        RawClient sender = clients.connect5("sender");
        for (int qos = 1; qos <= 2; qos++) {
            sender.send(publish(qos, qos, "subscribe/copies/a/b", "x"));
            assertDelivery(client.nextPublish5(), qos, 1L, 300L, 300L);
        }
        sender.send(publish("subscribe/copies/a/b", "x"));
        assertDelivery(client.nextPublish5(), 0, 1L, 300L, 300L);
        sender.send(publish("subscribe/copies/c", "end"));
        assertDelivery(client.nextPublish5(), 0, 300L);
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-3.3.4-3", "MQTT-3.3.4-4"})
    void identifiersAreKeptWithTheSessionAndWithQueuedMessages() {
        RawClient client = clients.connect(Connect5.persistent("kept-ids"));
        client.subscribe5("subscribe/kept/a", 1, id(1))
                .subscribe5("subscribe/kept/+", 1, id(65_536))
                .drop();
        RawClient sender = clients.connect5("sender");
        sender.send(publish(1, 1, "subscribe/kept/a", "queued")).expect(puback(1));
        RawClient back = clients.connect(Connect5.persistent("kept-ids"));
        Seen5 queued = back.nextPublish5();
        assertDelivery(queued, 1, 1L, 65_536L);
        sender.send(publish(1, 2, "subscribe/kept/a", "live")).expect(puback(2));
        assertDelivery(back.nextPublish5(), 1, 1L, 65_536L);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "0,1", "0,2", "1,0", "1,1", "1,2", "2,0", "2,1", "2,2"})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.8.4-8", "MQTT-4.3.1-1", "MQTT-4.3.2-2", "MQTT-4.3.3-2", "MQTT-3.3.1-2"})
    void theQosIsThatOfThePublishAndOfTheGrantWhicheverIsLess(int published, int granted) {
        RawClient receiver = clients.connect5("qos").subscribe5("subscribe/qos", granted);
        RawClient sender = clients.connect5("sender");
        sender.send(
                published == 0 ? publish("subscribe/qos", "x") : publish(published, 77, "subscribe/qos", "x"),
                publish("subscribe/qos", "end"));
        int qos = Math.min(published, granted);
        Seen5 found = receiver.nextPublish5();
        assertThat(found.first()).isEqualTo(0x30 | qos << 1);
        assertThat(found.id() > 0).isEqualTo(qos > 0);
        receiver.expectPayloads5("end");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Normative(
            version = "5.0",
            value = {"MQTT-3.8.4-5", "MQTT-3.8.4-6", "MQTT-3.9.3-1"})
    void manyFiltersAreAnsweredByOneSuback(boolean durable) {
        RawClient client = clients.connect(durable ? Connect5.persistent("many-durable") : Connect5.clean("many"));
        int count = 50_000;
        Object[] filters = new Object[2 * count];
        for (int i = 0; i < count; i++) {
            filters[2 * i] = "subscribe/many/" + i;
            filters[2 * i + 1] = i % 3;
        }
        client.send(several(9, Props.of(), filters));
        List<Integer> codes = client.next5(9).reasons();
        assertThat(codes).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(codes.get(i)).isEqualTo(i % 3);
        }
        client.send(publish("subscribe/many/" + (count - 1), "x"))
                .expectPayloads5("x")
                .expectSilence();
    }
}
