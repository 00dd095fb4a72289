// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import io.skep.broker.config.StorageConfig;
import io.skep.broker.data.OfflineData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts a backup into the data folder. */
@Command(
        name = "restore",
        description = "Put a backup into the data folder of a broker that does not run, after checking all of it.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  skep restore /backup/skep-2030-01-31",
            "  skep restore --force --data /var/lib/skep /backup/before-the-upgrade"
        })
final class Restore implements Callable<Integer> {

    private final Surroundings surroundings;

    @Parameters(paramLabel = "DIR", description = "The backup.")
    Path backup = Path.of("");

    @Option(names = "--force", description = "Also if there is data already; that is moved aside.")
    boolean force;

    @Mixin
    private final DataOptions options = new DataOptions();

    Restore(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        StorageConfig config = options.load(surroundings);
        Path folder = options.folder(surroundings, config);
        try (OfflineData data = OfflineData.open(config, folder)) {
            Path replaced = data.restore(backup.toAbsolutePath(), force);
            surroundings.out().println("restored: " + folder);
            if (replaced != null) {
                surroundings.out().println("what was there before: " + replaced);
            }
        }
        return Skep.FINE;
    }
}
