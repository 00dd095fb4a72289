// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import io.skep.broker.routing.Message;
import io.skep.broker.routing.PublishView;
import io.skep.sdk.Client;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.Qos;
import io.skep.sdk.UserProperty;
import io.skep.sdk.publish.Publish;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What extensions have to be prepared for, usual and strange. All of it is legal. */
final class Given {

    /** As long as a string of MQTT can be. */
    static final String LONGEST = "ä".repeat(32_767) + "x";

    static final List<String> NAMES = List.of("no such name", "+/#", "$SYS", "';--", "*)(uid=*", "\n", LONGEST);
    static final List<String> TOPICS = List.of("/", " ", "a//b", "$SYS/x", LONGEST);
    static final List<String> FILTERS = List.of("#", "+", "/", "+/+/#", "a//b", "$SYS/#", LONGEST);
    static final List<String> SHARED = List.of("$share/g/#", "$share/$/+/a", "$share/g//");

    /** Names repeat, and both parts may be empty or long. */
    static final List<UserProperty> PROPERTIES = IntStream.range(0, 1_000)
            .mapToObj(i -> new UserProperty(i % 3 == 0 ? "" : "a", i == 500 ? LONGEST : i % 2 == 0 ? "" : "v" + i))
            .toList();

    static final Client ANN = client("ann-1", "ann");

    private Given() {}

    static Client client(String id, @Nullable String userName) {
        return client(id, userName, ProtocolVersion.V5_0);
    }

    private static Client client(String id, @Nullable String userName, ProtocolVersion version) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
        return new Client(id, userName, address, version, "tcp", List.of());
    }

    /** {@return clients that are connected} */
    static List<Client> clients() {
        List<Client> clients = new ArrayList<>(List.of(ANN, client("ann-1", null), client("ann-1", "")));
        for (ProtocolVersion version : ProtocolVersion.values()) {
            clients.add(client("ann-1", "ann", version));
        }
        for (String name : NAMES) {
            clients.add(client(name, "ann"));
            clients.add(client("ann-1", name));
        }
        return clients;
    }

    /** {@return topic filters of SUBSCRIBE and UNSUBSCRIBE, some to begin with} */
    static List<String> filters(List<String> some) {
        List<String> filters = new ArrayList<>(some);
        filters.addAll(FILTERS);
        filters.addAll(SHARED);
        return filters;
    }

    static Publish message(String topic) {
        return PublishView.of(message()).withTopic(topic);
    }

    static Publish will(String topic) {
        return PublishView.ofWill(message()).withTopic(topic);
    }

    private static Message message() {
        return new Message(new byte[] {'t'}, new byte[0], null, 0, false, 0);
    }

    /** {@return messages of all shapes to a topic} */
    static List<Publish> messages(String topic) {
        Publish plain = message(topic);
        return List.of(
                plain,
                plain.withPayload(ByteBuffer.wrap("text ä".getBytes(StandardCharsets.UTF_8)))
                        .withQos(Qos.AT_LEAST_ONCE)
                        .withPayloadIsText(true)
                        .withUserProperties(List.of(new UserProperty("a", "1"), new UserProperty("a", "2"))),
                plain.withPayload(ByteBuffer.wrap(new byte[] {0, (byte) 0xC3, 0x28, -1}))
                        .withQos(Qos.EXACTLY_ONCE)
                        .withRetain(true)
                        .withContentType("x/y")
                        .withResponse("answer/here", ByteBuffer.wrap(new byte[] {1, 2}))
                        .withExpirySeconds(60));
    }
}
