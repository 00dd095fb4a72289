// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.bytes;
import static io.skep.conformance.wire.Packets.hex;
import static io.skep.conformance.wire.Packets.packet;
import static io.skep.conformance.wire.Packets.twoBytes;
import static io.skep.conformance.wire.Packets5.publish;
import static io.skep.conformance.wire.Packets5.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets;
import io.skep.conformance.wire.RawClient;
import io.skep.conformance.wire.Seen5;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Topic names and filters: which are none, and which match. */
class TopicTest {

    private static final List<String> TOPICS = List.of(
            "a",
            "A",
            "/a",
            "a/",
            "/",
            "//",
            "a//b",
            "a/b",
            "a/B",
            "a/b/c",
            "b/b",
            "a b",
            "ä",
            "a\u0308",
            "\uFEFFa",
            "\uD83D\uDC1D/a");

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create();

    @RegisterExtension
    final Clients clients = new Clients(broker);

    @ParameterizedTest
    @ValueSource(strings = {"a#", "a/#/b", "#/", "/#a", "##", "a/##", "#/#", "$share/g/a#", "$share/g/#/a"})
    @Normative(version = "5.0", value = "MQTT-4.7.1-1")
    void aMultiLevelWildcardIsTheLastLevelAndAllOfIt(String filter) {
        clients.connect5("wrong").send(subscribe(1, filter, 0)).expectDisconnect(0x81, 0x82, 0x8F);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a+", "+a/b", "a/+b", "a/b+/c", "++", "a/++", "+#", "$share/g/a+"})
    @Normative(version = "5.0", value = "MQTT-4.7.1-2")
    void aSingleLevelWildcardIsAllOfItsLevel(String filter) {
        clients.connect5("wrong").send(subscribe(1, filter, 0)).expectDisconnect(0x81, 0x82, 0x8F);
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-4.7.3-1", "MQTT-4.7.3-2"})
    void aFilterIsNeitherEmptyNorHasItANullCharacter() {
        clients.connect5("empty").send(subscribe(1, "", 0)).expectDisconnect(0x81, 0x82);
        byte[] nul = packet(0x82, twoBytes(1), 0, bytes(hex("61 00 62")), 0);
        clients.connect5("nul").send(nul).expectDisconnect(0x81);
    }

    @ParameterizedTest
    @ValueSource(strings = {"will/+", "will/#", "#", "will/a+b"})
    @Normative(version = "5.0", value = "MQTT-4.7.0-1")
    void aWillTopicHasNoWildcards(String topic) {
        RawClient client = clients.open()
                .send(Connect5.clean("will").will(0, false, topic, "x").packed());
        if (client.isPacketNext()) {
            assertThat(client.next5(2).reason()).isIn(0x90, 0x81, 0x82);
            client.expectClosed();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "#         | a A /a a/ / // a//b a/b a/B a/b/c b/b a_b ä a\u0308 \uFEFFa \uD83D\uDC1D/a",
                "+         | a A a_b ä a\u0308 \uFEFFa",
                "/+        | /a /",
                "+/+       | /a a/ / a/b a/B b/b \uD83D\uDC1D/a",
                "+/b       | a/b b/b",
                "a/#       | a a/ a//b a/b a/B a/b/c",
                "a/+       | a/ a/b a/B",
                "a/+/b     | a//b",
                "+/a/#     | /a \uD83D\uDC1D/a",
                "/#        | /a / //",
                "a/b/#     | a/b a/b/c",
                "a/b/+     | a/b/c",
                "//+       | //",
                "b/+/+     | ",
                "+/+/+     | // a//b a/b/c",
                "a         | a",
                "A         | A",
                "/a        | /a",
                "a/        | a/",
                "ä         | ä",
                "a\u0308   | a\u0308",
                "\uFEFFa   | \uFEFFa",
                "a_b       | a_b",
                "\uD83D\uDC1D/a | \uD83D\uDC1D/a"
            })
    @Normative(
            version = "5.0",
            value = {"MQTT-3.3.2-3", "MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT-4.7.3-4", "MQTT-4.7.0-1"})
    void aFilterMatchesTheseTopicsAndNoOthers(String filter, String matching) {
        List<String> expected = new ArrayList<>();
        for (String topic : TOPICS) {
            if (matching != null && List.of(matching.split(" ")).contains(topic.replace(' ', '_'))) {
                expected.add(topic);
            }
        }
        String plain = filter.replace('_', ' ');
        RawClient receiver = clients.connect5("matches").subscribe5(plain, 0).subscribe5("$end", 0);
        RawClient shared = clients.connect5("shares").subscribe5("$share/g/" + plain, 0);
        shared.subscribe5("$end", 0);
        RawClient sender = clients.connect5("sender");
        TOPICS.forEach(topic -> sender.send(publish(topic, "x")));
        sender.send(publish("$end", "end"));
        assertThat(topicsUntilEnd(receiver)).isEqualTo(expected);
        assertThat(topicsUntilEnd(shared)).isEqualTo(expected);

        TOPICS.forEach(topic -> sender.publishRetained5(topic, "kept"));
        List<Seen5> kept = clients.connect5("late").subscribe5(plain, 0).drainQueue5();
        TOPICS.forEach(topic -> sender.publishRetained5(topic, ""));
        assertThat(kept).extracting(Seen5::topic).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static List<String> topicsUntilEnd(RawClient receiver) {
        List<String> found = new ArrayList<>();
        for (String topic = receiver.nextPublish5().topic();
                !topic.equals("$end");
                topic = receiver.nextPublish5().topic()) {
            found.add(topic);
        }
        return found;
    }

    @Test
    @Normative(
            version = "5.0",
            value = {"MQTT-4.7.2-1", "MQTT-3.3.2-3"})
    void aLeadingWildcardDoesNotMatchADollar() {
        List<RawClient> leading = new ArrayList<>();
        for (String filter : List.of("#", "+/dollar", "+/#", "+/+", "$share/g/#", "$share/h/+/dollar")) {
            leading.add(clients.connect5("leading " + leading.size()).subscribe5(filter, 0));
        }
        List<RawClient> named = new ArrayList<>();
        for (String filter : List.of("$own/#", "$own/+", "$own/dollar", "$share/g/$own/#", "$share/h/$own/+")) {
            named.add(clients.connect5("named " + named.size()).subscribe5(filter, 0));
        }
        RawClient sender = clients.connect5("sender");
        sender.send(publish("$own/dollar", "dollar"), publish("end/dollar", "end"));
        leading.forEach(client -> assertThat(client.nextPublish5().topic()).isEqualTo("end/dollar"));
        named.forEach(client -> client.expectPayloads5("dollar").expectSilence());
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-4.7.2-1")
    void aLeadingWildcardBringsNoRetainedMessageOfADollar() {
        RawClient sender = clients.connect5("sender").publishRetained5("$kept/dollar", "dollar");
        for (String filter : List.of("+/dollar", "+/#", "+/+", "#")) {
            List<String> found = clients.connect5("leading").subscribe5(filter, 0).drainQueue5().stream()
                    .map(Seen5::topic)
                    .toList();
            assertThat(found).as(filter).noneMatch(topic -> topic.startsWith("$"));
        }
        for (String filter : List.of("$kept/#", "$kept/+", "$kept/dollar")) {
            clients.connect5("named").subscribe5(filter, 0).expectPayloads5("dollar");
        }
        sender.publishRetained5("$kept/dollar", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"$SYS/broker/x", "$SYS/", "$share/g/t", "$share/g"})
    @Normative(version = "extra", value = "U3-4.7.2-1")
    void clientsDoNotPublishToTheTopicsOfTheBroker(String topic) {
        RawClient receiver = clients.connect5("listens").subscribe5("$SYS/#", 0);
        RawClient sender = clients.connect5("sender");
        assertThat(sender.send(publish(1, 1, topic, "x")).next5(4).reason()).isEqualTo(0x87);
        assertThat(sender.send(publish(2, 2, topic, "x")).next5(5).reason()).isEqualTo(0x87);
        sender.send(publish(topic, "x")).expectSilence();
        receiver.expectSilence();
    }

    @Test
    @Normative(version = "5.0", value = "MQTT-4.7.3-4")
    void aTopicMayBeAsLongAsAStringCanBe() {
        String longest = Packets.ofLength(65_535);
        RawClient receiver = clients.connect5("long").subscribe5(longest, 0);
        clients.connect5("sender").send(publish(longest.substring(1), "shorter"), publish(longest, "longest"));
        assertThat(receiver.nextPublish5().topic()).isEqualTo(longest);
    }
}
