// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import io.skep.broker.config.StorageConfig;
import io.skep.broker.data.Backup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Copies all data, also while the broker runs. */
@Command(
        name = "backup",
        description = "Copy all data as it is now to a new folder; a running broker goes on meanwhile.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  skep backup /backup/skep-$(date +%%F)",
            "  skep backup --data /var/lib/skep /backup/before-the-upgrade"
        })
final class MakeBackup implements Callable<Integer> {

    private final Surroundings surroundings;

    @Parameters(paramLabel = "DIR", description = "The folder for the backup: empty, or not there yet.")
    Path target = Path.of("");

    @Mixin
    private final DataOptions options = new DataOptions();

    MakeBackup(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        StorageConfig config = options.load(surroundings);
        Path folder = options.folder(surroundings, config);
        boolean online = Backup.make(config, folder, target.toAbsolutePath());
        surroundings.out().println("backup of " + (online ? "the running broker" : folder) + ": " + target);
        return Skep.FINE;
    }
}
