// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import io.skep.broker.Broker;
import io.skep.broker.config.SkepConfig;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * Does what a start does, and what a broker does for its first client, in a folder that {@code bin/skep} makes and
 * deletes. Meanwhile the JVM notes the classes, so that it has them ready at the next start.
 */
final class Rehearse implements Callable<Integer> {

    static final String NAME = "rehearse";

    private static final int PATIENCE_MILLIS = 30_000;

    private static final String CONNECT = "100d00044d5154540402003c000172"; // 3.1.1, clean session, client id r
    private static final String SUBSCRIBE = "82060001" + "000172" + "01"; // topic filter r, QoS 1
    private static final String PUBLISH = "3206" + "000172" + "0001" + "72"; // topic r, QoS 1
    private static final int ANSWERS_BYTES = 4 + 5 + 4 + 8; // CONNACK, SUBACK, PUBACK, PUBLISH
    private static final String PUBACK = "40020001";
    private static final String DISCONNECT = "e000";

    private final Surroundings surroundings;

    private final Path folder;

    Rehearse(Surroundings surroundings, Path folder) {
        this.surroundings = surroundings;
        this.folder = folder;
    }

    @Override
    public Integer call() throws Exception {
        Path file = Files.writeString(folder.resolve("skep.yaml"), "# as short as can be\nlisteners:\n  - port: 0\n");
        Files.writeString(Files.createDirectory(folder.resolve("extensions")).resolve("README.md"), "no extension\n");
        SkepConfig config = startOptions(file).load(nowhere());
        surroundings.log().join();
        try (Broker broker = Broker.start(config, folder)) {
            talk(broker.addresses().get(0));
        }
        return Skep.FINE;
    }

    /** As a start gets them. */
    private ConfigOptions startOptions(Path file) {
        List<String> arguments = List.of("start", "--config", file.toString());
        return Objects.requireNonNull(PlainStart.read(surroundings, arguments), file::toString).options;
    }

    /** {@return surroundings that do not bring the operator's configuration into the rehearsal} */
    private Surroundings nowhere() {
        return new Surroundings(
                folder,
                Map.of("SHOW", "first"),
                surroundings.in(),
                surroundings.out(),
                surroundings.err(),
                surroundings.log());
    }

    private static void talk(InetSocketAddress broker) throws IOException {
        try (Socket client = new Socket(broker.getAddress(), broker.getPort())) {
            client.setSoTimeout(PATIENCE_MILLIS);
            var in = new DataInputStream(client.getInputStream());
            client.getOutputStream().write(HexFormat.of().parseHex(CONNECT + SUBSCRIBE + PUBLISH));
            in.readFully(new byte[ANSWERS_BYTES]);
            client.getOutputStream().write(HexFormat.of().parseHex(PUBACK + DISCONNECT));
            in.readAllBytes();
        }
    }
}
