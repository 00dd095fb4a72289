// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import io.skep.crash.Event.Struck;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Strikes the broker at random moments, sometimes before it is ready again, and starts it anew. */
final class Nemesis implements AutoCloseable {

    private static final int PEACE_EVENTS_MAX = 2_000;
    private static final int PEACE_MILLIS_MAX = 2_000;
    private static final int START_MILLIS_MAX = 1_000;
    private static final int STOP_MILLIS_MAX = 1_500;
    private static final int[] SYNC_MILLIS = {0, 1, 5, 20};

    private final Campaign.Plan plan;
    private final int port;
    private final PowerCut power;
    private final History history;
    private final Random random;
    private BrokerProcess broker;

    private enum Strike {
        KILL,
        CUT,
        STOP,
        RESTART
    }

    Nemesis(Campaign.Plan plan, int port, PowerCut power, History history) throws Exception {
        this.plan = plan;
        this.port = port;
        this.power = power;
        this.history = history;
        random = new Random(plan.seed());
        broker = start().awaitReady();
    }

    BrokerProcess broker() {
        return broker;
    }

    /** All that the plan says, in any order; then the broker is ready. */
    void rage() throws Exception {
        List<Strike> strikes = new ArrayList<>();
        strikes.addAll(Collections.nCopies(plan.kills(), Strike.KILL));
        strikes.addAll(Collections.nCopies(plan.cuts(), Strike.CUT));
        strikes.addAll(Collections.nCopies(plan.stops(), Strike.STOP));
        strikes.addAll(Collections.nCopies(plan.restarts(), Strike.RESTART));
        Collections.shuffle(strikes, random);
        for (Strike strike : strikes) {
            awaitMoment();
            if (strike == Strike.STOP) {
                stopAndContinue();
            } else {
                end(strike);
                broker = start();
            }
        }
        broker.awaitReady();
    }

    /** Politely, so that what comes now was stored but kept back. */
    void restart() throws Exception {
        end(Strike.RESTART);
        broker = start().awaitReady();
    }

    /** One in five strikes hits a broker that starts, the others one that has done something. */
    private void awaitMoment() throws InterruptedException {
        if (random.nextInt(5) == 0) {
            broker.isReadyWithin(Duration.ofMillis(random.nextInt(START_MILLIS_MAX)));
        } else {
            broker.awaitReady();
            int size = history.size() + random.nextInt(PEACE_EVENTS_MAX);
            long deadlineNanos =
                    System.nanoTime() + Duration.ofMillis(PEACE_MILLIS_MAX).toNanos();
            while (history.size() < size && System.nanoTime() < deadlineNanos) {
                Thread.sleep(1);
            }
        }
        if (!broker.isAlive()) {
            throw new AssertionError("the broker has ended by itself:\n" + broker.output());
        }
    }

    private void end(Strike strike) throws Exception {
        history.add(new Struck(strike.toString()));
        if (strike == Strike.RESTART) {
            broker.awaitReady().signal("TERM");
            broker.awaitEnd();
        }
        broker.close();
        if (strike == Strike.CUT) {
            history.add(new Struck(power.cut(random)));
        }
    }

    private void stopAndContinue() throws Exception {
        history.add(new Struck("STOP"));
        broker.signal("STOP");
        Thread.sleep(random.nextInt(STOP_MILLIS_MAX));
        broker.signal("CONT");
    }

    private BrokerProcess start() throws IOException {
        Duration sync = Duration.ofMillis(SYNC_MILLIS[random.nextInt(SYNC_MILLIS.length)]);
        Map<String, String> environment = power.environment(sync);
        return BrokerProcess.start(port, power.folder(), environment, "storage.durability=" + plan.durability());
    }

    @Override
    public void close() {
        broker.close();
    }
}
