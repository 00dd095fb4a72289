// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import io.skep.crash.Event.Asked;
import io.skep.crash.Event.Told;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks for all retained messages again and again, each time as somebody new. Once more when it settles. */
final class Prober extends Actor {

    private static final int PINGS = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final List<String> topics;
    private final int port;
    private final History history;

    Prober(List<String> topics, long seed, int port, History history) {
        super("prober", seed);
        this.topics = topics;
        this.port = port;
        this.history = history;
    }

    @Override
    void live() throws InterruptedException {
        boolean over = false;
        for (int question = 0; !over; question++) {
            boolean last = isSettling();
            try (Wire wire = new Wire(port, random.nextBoolean())) {
                wire.patience(PATIENCE);
                wire.connect(new Wire.Connect("prober-" + question, true, 0, null, 0));
                wire.await(Packet.CONNACK);
                ask(wire, question);
                over = last;
            } catch (IOException e) {
                pause(100);
            }
            if (!over) {
                pause(300);
            }
        }
    }

    private void ask(Wire wire, int question) throws IOException, InterruptedException {
        topics.forEach(topic -> history.add(new Asked(question, topic)));
        Map<String, Integer> told = new HashMap<>();
        wire.subscribe(1, "state/#", 0);
        wire.ping();
        for (int pings = 1; pings <= PINGS && told.size() < topics.size(); ) {
            Packet packet = wire.read();
            if (packet.type() == Packet.PUBLISH) {
                Packet.Publish publish = packet.publish();
                if (publish.retain()) {
                    told.put(publish.topic(), publish.number());
                }
            } else if (packet.type() == Packet.PINGRESP) {
                pause(20); // what is not there yet may come a little later, unless it was cleared
                wire.ping();
                pings++;
            }
        }
        topics.forEach(topic -> history.add(new Told(question, topic, told.getOrDefault(topic, Told.NONE))));
    }
}
