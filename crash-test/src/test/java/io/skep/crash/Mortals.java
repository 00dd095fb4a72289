// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import io.skep.crash.Event.Armed;
import io.skep.crash.Event.Undecided;
import java.io.IOException;
import java.time.Duration;

/** One client after the other, each with a will; most die, some say goodbye. */
final class Mortals extends Actor {

    private static final int LIFE_MILLIS_MAX = 400;
    private static final int EXPIRY_SECONDS = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final int port;
    private final History history;

    Mortals(int index, long seed, int port, History history) {
        super("mortal-" + index, seed);
        this.port = port;
        this.history = history;
    }

    @Override
    void live() throws InterruptedException {
        for (int i = 0; !isSettling(); i++) {
            boolean v5 = random.nextBoolean();
            try (Wire wire = new Wire(port, v5)) {
                liveAndDie(wire, getName() + "-" + i);
            } catch (IOException e) {
                pause(LIFE_MILLIS_MAX / 4);
            }
        }
    }

    private void liveAndDie(Wire wire, String name) throws IOException, InterruptedException {
        String topic = "wills/" + name;
        boolean clean = random.nextBoolean();
        Wire.Message will = Wire.Message.of(topic, 0, random.nextInt(100), 1 + random.nextInt(2));
        history.add(new Undecided(topic));
        wire.patience(PATIENCE);
        wire.connect(new Wire.Connect(name, clean, clean ? 0 : EXPIRY_SECONDS, will, random.nextInt(2)));
        if (wire.await(Packet.CONNACK).connectCode() == 0) {
            history.add(new Armed(topic));
            pause(LIFE_MILLIS_MAX);
            if (oneOf(4)) {
                history.add(new Undecided(topic));
                wire.disconnect();
            }
        }
    }
}
