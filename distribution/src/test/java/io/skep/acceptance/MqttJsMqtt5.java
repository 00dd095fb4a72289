// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** mqtt.js: all its connections in one process, the script {@code mqtt5.mjs}, which gets a line for each step. */
final class MqttJsMqtt5 implements Mqtt5Clients {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Program node;
    private final AtomicInteger ids = new AtomicInteger();

    MqttJsMqtt5() throws Exception {
        node = MqttJsClients.script("mqtt5.mjs", Map.of("user", USER, "password", PASSWORD));
    }

    @Override
    public String name() {
        return "mqttjs";
    }

    @Override
    public Mqtt5Connection connect(Connect how) throws Exception {
        int id = ids.incrementAndGet();
        JsonNode connack = answer(id, "connect", how);
        JsonNode properties = connack.get("properties");
        var announced = new Announced(
                connack.get("sessionPresent").asBoolean(),
                properties.get("receiveMaximum").asInt(),
                properties.get("topicAliasMaximum").asInt(),
                properties.get("maximumPacketSize").asLong());
        return new Connection(id, announced);
    }

    /** Ends the process. */
    void stop() {
        node.close();
    }

    @Override
    public String toString() {
        return name();
    }

    private JsonNode answer(int id, String command, Object argument) throws IOException, InterruptedException {
        node.tell(JSON.writeValueAsString(Map.of("id", id, "command", command, "argument", argument)));
        return JSON.readTree(await(id, "answer"));
    }

    private String await(int id, String event) throws InterruptedException {
        return node.await(Pattern.compile(id + " " + event + " (.*)")).group(1);
    }

    /** One of the clients of the process. */
    private final class Connection implements Mqtt5Connection {

        private final int id;
        private final Announced announced;

        private Connection(int id, Announced announced) {
            this.id = id;
            this.announced = announced;
        }

        @Override
        public Announced announced() {
            return announced;
        }

        @Override
        public int subscribe(Subscribe what) throws Exception {
            return answer(id, "subscribe", what).asInt();
        }

        @Override
        public int publish(Mqtt5Message message) throws Exception {
            return answer(id, "publish", message).asInt();
        }

        @Override
        public Mqtt5Message next() throws Exception {
            return JSON.readValue(await(id, "message"), Mqtt5Message.class);
        }

        @Override
        public void acknowledge() {
            throw new UnsupportedOperationException("mqtt.js reads nothing while it does not acknowledge");
        }

        @Override
        public int disconnected() throws InterruptedException {
            return Integer.parseInt(await(id, "disconnect"));
        }

        @Override
        public void leaveWithWill() throws Exception {
            answer(id, "end", 0x04);
        }

        @Override
        public void close() throws IOException {
            try {
                answer(id, "end", 0);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
