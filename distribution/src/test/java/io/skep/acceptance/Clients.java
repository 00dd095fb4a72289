// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A client library or tool in the hands of its users, speaking one version of MQTT. */
interface Clients {

    /** How to connect and what to subscribe to. */
    record Plan(
            String clientId,
            boolean clean,
            String filter,
            int qos,
            @Nullable Message will) {

        static Plan watch(String filter) {
            return new Plan("w" + UUID.randomUUID().toString().substring(0, 8), true, filter, 2, null);
        }

        /** {@return a plan with a session that outlives its connection} */
        static Plan stay(String clientId, String filter) {
            return new Plan(clientId, false, filter, 2, null);
        }

        Plan with(Message lastWill) {
            return new Plan(clientId, clean, filter, qos, lastWill);
        }
    }

    /** {@return a short name, fit for topics and client ids} */
    String name();

    /** Connects, publishes, waits for the acknowledgement, and disconnects. */
    void publish(int port, Message message) throws Exception;

    /** Connects and subscribes; returns when the broker has acknowledged it. */
    Subscriber subscribe(int port, Plan plan) throws Exception;

    /** Does the same in a process of its own. */
    Program subscriberProcess(int port, Plan plan) throws Exception;

    /** {@return all that the tests know} */
    static List<Clients> all() {
        return Stream.concat(inProcesses().stream(), Stream.of(new PahoClients(), new HiveClients()))
                .toList();
    }

    private static List<Clients> inProcesses() {
        return List.of(
                new MosquittoClients("mqttv31"),
                new MosquittoClients("mqttv311"),
                new MosquittoClients("mqttv5"),
                new MqttJsClients(4),
                new MqttJsClients(5));
    }
}
