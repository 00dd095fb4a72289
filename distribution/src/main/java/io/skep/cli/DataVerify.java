// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import io.skep.broker.config.StorageConfig;
import io.skep.broker.data.DataCheck;
import io.skep.broker.data.OfflineData;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Reads everything and says what is there, and what is broken; changes nothing. */
@Command(
        name = "verify",
        description = "Compare all checksums and decode every record; exit code 1 if something is broken.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  skep data verify", "  skep data verify --data /backup/skep-2030-01-31"})
final class DataVerify implements Callable<Integer> {

    private final Surroundings surroundings;

    @Mixin
    private final DataOptions options = new DataOptions();

    DataVerify(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        StorageConfig config = options.load(surroundings);
        PrintWriter out = surroundings.out();
        DataCheck check;
        try (OfflineData data = OfflineData.openExisting(config, options.folder(surroundings, config))) {
            check = data.verify(line -> out.println("broken: " + line));
        }
        check.counts()
                .forEach((keyspace, count) -> out.println(keyspace.name().toLowerCase(Locale.ROOT) + ": " + count));
        if (check.orphans() > 0) {
            out.println("of sessions that have ended, deleted at the next start: " + check.orphans());
        }
        out.println(
                check.isSound()
                        ? "The data is sound."
                        : "Broken: " + check.broken() + "; 'skep data repair' saves everything else.");
        return check.isSound() ? Skep.FINE : Skep.FAILED;
    }
}
