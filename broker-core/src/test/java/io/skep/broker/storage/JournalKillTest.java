// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.sdk.storage.Durability;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was said to be durable is there, whenever the process is killed. */
final class JournalKillTest {

    private static final int KILLS = 5;
    private static final int NUMBERS_MAX = 5_000;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @ParameterizedTest
    @EnumSource(names = {"FSYNC", "OS"})
    void whatWasCommittedSurvivesTheProcess(Durability durability, @TempDir Path folder) throws Exception {
        List<Integer> said = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            int sayings = 1 + random.nextInt(NUMBERS_MAX);
            List<Integer> heard = writeUntilKilled(folder, durability, said.size(), sayings);
            assertThat(heard)
                    .as("seed %d", seed)
                    .hasSizeGreaterThanOrEqualTo(sayings)
                    .isSorted();
            said.addAll(heard);
            try (Storage storage = new RocksDbProvider().open(folder, durability)) {
                for (int number : said) {
                    assertThat(storage.get(Keyspace.QUEUE, KilledWriter.key(number)))
                            .as("number %d after kill %d, seed %d", number, kill, seed)
                            .isEqualTo(KilledWriter.value(number));
                }
            }
        }
    }

    private static List<Integer> writeUntilKilled(Path folder, Durability durability, int first, int sayings)
            throws IOException, InterruptedException {
        Process writer =
                ChildJvm.start(KilledWriter.class, folder.toString(), durability.name(), Integer.toString(first));
        List<Integer> heard = new ArrayList<>();
        try (BufferedReader lines = writer.inputReader()) {
            while (heard.size() < sayings) {
                heard.add(Integer.valueOf(lines.readLine()));
            }
            writer.toHandle().destroyForcibly(); // by its handle: what it said can still be read
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                heard.add(Integer.valueOf(line)); // said before the kill came
            }
        } finally {
            writer.destroyForcibly().waitFor();
        }
        return heard;
    }
}
