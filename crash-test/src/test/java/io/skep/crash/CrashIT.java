// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.crash.Campaign.Outcome;
import io.skep.crash.Campaign.Plan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The broker is killed, loses power, stands still and is restarted, and keeps its promises. How often is said by the
 * system properties {@code skep.crash.kills}, {@code skep.crash.cuts}, {@code skep.crash.stops} and
 * {@code skep.crash.restarts}; {@code skep.crash.seed} repeats what the dice have decided, if not what the scheduler
 * has.
 */
class CrashIT {

    /** A history has to fit into memory. */
    private static final int STRIKES_OF_A_CAMPAIGN = 25;

    @TempDir
    private Path folder;

    @Test
    void nothingAcknowledgedIsLostOrDoubled() throws Exception {
        int kills = Integer.getInteger("skep.crash.kills", 10);
        int cuts = Integer.getInteger("skep.crash.cuts", 3);
        int stops = Integer.getInteger("skep.crash.stops", 1);
        int restarts = Integer.getInteger("skep.crash.restarts", 1);
        long seed = Long.getLong("skep.crash.seed", System.nanoTime());
        int campaigns = (kills + cuts + stops + restarts) / STRIKES_OF_A_CAMPAIGN + 1;
        for (int i = 0; i < campaigns; i++) {
            Plan plan = new Plan(
                    part(kills, i, campaigns),
                    part(cuts, i, campaigns),
                    part(stops, i, campaigns),
                    part(restarts, i, campaigns),
                    "fsync",
                    seed + i);
            assertThat(violations(plan)).as(plan.toString()).isEmpty();
        }
    }

    /** The parts of a whole, none of which is much larger than another. */
    private static int part(int whole, int index, int parts) {
        return whole * (index + 1) / parts - whole * index / parts;
    }

    @Test
    void aBrokerThatDoesNotStoreIsFoundOut() throws Exception {
        assertThat(violations(new Plan(2, 0, 0, 0, "none", System.nanoTime())))
                .anyMatch(line -> line.contains("lost message"))
                .anyMatch(line -> line.contains("lost session"));
    }

    @Test
    void aBrokerThatDoesNotSyncIsFoundOut() throws Exception {
        assertThat(violations(new Plan(0, 5, 0, 0, "os", System.nanoTime()))).anyMatch(line -> line.contains("lost"));
    }

    private List<String> violations(Plan plan) throws Exception {
        System.out.println(plan);
        Outcome outcome = Campaign.run(plan, folder.resolve(Long.toString(plan.seed())));
        System.out.println(outcome.figures());
        return outcome.violations();
    }

    @Test
    void whatIsAcknowledgedInTheFirstSecondSurvivesAPowerCut() throws Exception {
        PowerCut power = PowerCut.prepare(folder);
        int port = Campaign.freePort(new Random());
        History history = new History();
        for (int start = 0; start < 2; start++) {
            try (BrokerProcess broker = BrokerProcess.start(port, power.folder(), power.environment(Duration.ZERO));
                    DurableClient client = new DurableClient("first", true, port, history)) {
                broker.awaitReady();
                assertThat(client.connect()).isTrue();
            }
            power.cut(PowerCut.Names.SYNCED, PowerCut.Tails.NOTHING, new Random());
        }
        assertThat(history.events())
                .containsExactly(new Event.Connected("first", false), new Event.Connected("first", true));
    }
}
